/** `npm run bench:ledger`: what each statement costs on a ledger of two million requests. */
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { table } from '../../src/cli/screen/table.ts';
import { openDatabase, PEOPLE_CONNECTIONS } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { count } from '../../src/telemetry/words.ts';
import { APP, asAdmin, type PostgresStore, startPostgres } from '../chaos/postgres-store.ts';
import { type Act, actsOf, type Scene } from './ledger-acts.ts';
import { type Bytes, bytesOf } from './ledger-bytes.ts';
import { type Beside, claimBesideReaders, quantile } from './ledger-consoles.ts';
import { fillLedger } from './ledger-fill.ts';
import {
  type LedgerOptions,
  type Mode,
  modeName,
  readLedgerOptions,
  USAGE,
} from './ledger-options.ts';

const SETTINGS = { pairLimit: { perDay: 1, perWeek: 2 } };
/** Of a claim beside ten readers, ms. */
const BESIDE_MS = 50;
/** Unmeasured first: a connection's first run parses and plans. */
const WARM_UP = 2;

interface Line {
  readonly name: string;
  readonly mode: string;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly mostMs: number | null;
  readonly isGood: boolean;
}

const print = (text: string) => process.stderr.write(`${text}\n`);

async function measure(act: Act, mode: Mode, runs: number): Promise<Line> {
  const times: number[] = [];
  const warmUp = act.runs === undefined ? WARM_UP : 0;
  for (let n = -warmUp; n < (act.runs ?? runs); n += 1) {
    const run = await act.ready();
    const began = performance.now();
    await run();
    if (n >= 0) times.push(performance.now() - began);
  }
  const medianMs = quantile(times, 0.5);
  const { name, mostMs = null } = act;
  const isGood = mostMs === null || medianMs <= mostMs;
  return { name, mode: modeName(mode), medianMs, worstMs: Math.max(...times), mostMs, isGood };
}

/** With a connection of its own, on which the statements are planned as the mode says. */
async function inMode(
  url: string,
  mode: Mode,
  options: LedgerOptions,
  aside: Scene['aside'],
): Promise<readonly Line[]> {
  const planned = new URL(url);
  if (mode.generic) planned.searchParams.set('options', '-c plan_cache_mode=force_generic_plan');
  const database = openDatabase(planned.href, { max: 1 });
  try {
    const ledger = createLedger(database, SETTINGS);
    const lines: Line[] = [];
    for (const act of actsOf({ ledger, rows: options.rows, aside })) {
      if (!act.name.includes(options.only)) continue;
      const line = await measure(act, mode, options.runs);
      lines.push(line);
      print(
        `${line.mode}: ${line.name} ${line.medianMs.toFixed(1)} ms${line.isGood ? '' : '  <-'}`,
      );
    }
    return lines;
  } finally {
    await database.close();
  }
}

async function beside(url: string, options: LedgerOptions, aside: Scene['aside']): Promise<Beside> {
  const database = openDatabase(url);
  // As a process has them.
  const people = openDatabase(url, { max: PEOPLE_CONNECTIONS });
  try {
    const ledger = createLedger(database, SETTINGS, { people });
    return await claimBesideReaders({ ledger, rows: options.rows, aside }, options.seconds);
  } finally {
    await Promise.all([database.close(), people.close()]);
  }
}

/** In a database of their own; with whole pages each page is written whole after each twentieth of the list. */
async function bytes(
  postgres: PostgresStore,
  people: number,
  hasWholePages: boolean,
): Promise<Bytes> {
  const name = `bytes_${hasWholePages ? 'whole' : 'bare'}`;
  const asked = (sql: string) =>
    asAdmin(postgres.adminUrl, async (admin) => {
      await admin.query(sql);
    });
  await asked(`create database ${name} owner ${APP.role}`);
  await asked(`alter system set full_page_writes = ${hasWholePages ? 'on' : 'off'}`);
  await asked('select pg_reload_conf()');
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const ledger = createLedger(database, SETTINGS);
    await ledger.migrate();
    const aside: Scene['aside'] = (sql) => client.query(sql);
    return await bytesOf({ ledger, aside }, people, () =>
      hasWholePages ? asked('checkpoint') : Promise.resolve(),
    );
  } finally {
    await client.end();
    await database.close();
    await asked('alter system reset full_page_writes');
    await asked('select pg_reload_conf()');
  }
}

interface Measured {
  readonly lines: readonly Line[];
  readonly claims: Beside;
  readonly bare: Bytes | undefined;
  readonly whole: Bytes | undefined;
}

async function run(options: LedgerOptions): Promise<Measured> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-ledger-'));
  // Programs of a package manager walk down to the database as another account.
  await chmod(dir, 0o711);
  const postgres = await startPostgres(dir, options.postgres);
  try {
    // Statistics are there when this run says so.
    await asAdmin(postgres.adminUrl, async (admin) => {
      await admin.query('alter system set autovacuum = off');
      await admin.query(`alter system set max_wal_size = '4GB'`);
      await admin.query('select pg_reload_conf()');
    });
    const isAsked = 'bytes'.includes(options.only);
    const bare = isAsked ? await bytes(postgres, options.people, false) : undefined;
    const whole = isAsked ? await bytes(postgres, options.people, true) : undefined;
    const database = openDatabase(postgres.url);
    await createLedger(database, SETTINGS).migrate();
    await database.close();
    const began = performance.now();
    await fillLedger(postgres.url, options.rows);
    print(`filled in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    const client = new pg.Client({ connectionString: postgres.url });
    // Heard by the statement under way.
    client.on('error', () => undefined);
    await client.connect();
    const aside: Scene['aside'] = (sql) => client.query(sql);
    const lines: Line[] = [];
    let isAnalysed = false;
    for (const mode of options.modes) {
      if (mode.analysed && !isAnalysed) await aside('vacuum analyze');
      isAnalysed = mode.analysed;
      lines.push(...(await inMode(postgres.url, mode, options, aside)));
    }
    const claims = await beside(postgres.url, options, aside);
    await client.end();
    return { lines, claims, bare, whole };
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function report(lines: readonly Line[]): string {
  const modes = [...new Set(lines.map(({ mode }) => mode))];
  const names = [...new Set(lines.map(({ name }) => name))];
  const rows = names.map((name) => {
    const own = modes.map((mode) => lines.find((one) => one.name === name && one.mode === mode));
    const most = own[0]?.mostMs ?? null;
    return [
      name,
      ...own.map((one) => (one ? `${one.medianMs.toFixed(1)} (${one.worstMs.toFixed(0)})` : '')),
      most === null ? '' : count(most),
      own.every((one) => one?.isGood !== false) ? '' : 'too long',
    ];
  });
  const head = ['ms, median (worst)', ...modes, 'at most', ''];
  return table([head, ...rows], ['left', ...modes.map(() => 'right' as const), 'right', 'left']);
}

/** Bytes a request: what is there afterwards, then what went through the log. */
function bytesReport(bare: Bytes, whole: Bytes): string {
  const size = Object.entries(bare.size).filter(([, n]) => n >= 1);
  const sum = (wal: Bytes['wal']) => Object.values(wal).reduce((a, b) => a + b, 0);
  const rows = (Object.keys(bare.wal) as (keyof Bytes['wal'])[]).map((phase) => [
    `WAL, ${phase}`,
    count(Math.round(bare.wal[phase])),
    count(Math.round(whole.wal[phase])),
  ]);
  return table(
    [
      ['bytes a request', 'no whole pages', 'whole pages'],
      ...size.map(([name, n]) => [name, count(Math.round(n)), '']),
      ...rows,
      ['WAL', count(Math.round(sum(bare.wal))), count(Math.round(sum(whole.wal)))],
      ['updates in place (HOT), %', count(Math.round(bare.hot * 100)), ''],
    ],
    ['left', 'right', 'right'],
  );
}

const args = process.argv.slice(2);
const options = readLedgerOptions(args);
if (args.includes('--help')) console.log(USAGE);
else if (typeof options === 'string') {
  print(`${options}\n\n${USAGE}`);
  process.exitCode = 1;
} else {
  const { lines, claims, bare, whole } = await run(options);
  const ok = lines.every(({ isGood }) => isGood) && claims.p99Ms <= BESIDE_MS;
  if (options.json)
    console.log(JSON.stringify({ ok, rows: options.rows, lines, claims, bare, whole }));
  else {
    console.log(`\n${report(lines)}\n`);
    if (bare !== undefined && whole !== undefined) console.log(`${bytesReport(bare, whole)}\n`);
    const { p99Ms, worstMs, lookMs, looks } = claims;
    console.log(
      `${claims.claims} claims beside ten readers (${looks} looks of ${lookMs.toFixed(0)} ms): p99 ${p99Ms.toFixed(0)} ms, worst ${worstMs.toFixed(0)} ms, at most ${BESIDE_MS}`,
    );
    console.log(ok ? 'ok' : 'not reached');
  }
  if (!ok) process.exitCode = 1;
}
