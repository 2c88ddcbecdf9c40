/**
 * `npm run bench:intake`: how fast `enqueue` (or the HTTP API) takes a list, and whether its memory is flat. The built
 * program, a real Postgres of our own, lists of two lengths in one run: what grows with the list
 * shows as the difference between them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { table } from '../../src/cli/screen/table.ts';
import { count } from '../../src/telemetry/words.ts';
import { startPostgres } from '../chaos/postgres-store.ts';
import { plainEnvironment, runToEnd } from '../chaos/process.ts';

const USAGE = `npm run bench:intake [-- options]

Takes lists of two lengths with \`enqueue\` and prints lines a second and peak memory (maximum resident
set). Exit code 0 only if the memory is flat and low, and the lists are taken fast enough.

  --lines A,B       the two lengths (100000,1000000)
  --over WAY        file: a CSV by \`enqueue\` (the default); http: NDJSON to the API, as a stream
  --json            one JSON object on standard output`;

/** The peaks of both lists lie so close together, in MB ... */
const MOST_APART_MB = 20;
/** ... and neither is above this, in MB. */
const MOST_MB = 200;
/** Lines a second of the longer list, from the start of the program to its end. */
const LEAST_PER_SECOND = 40_000;

/** Compiled, this file is in `dist/scripts/bench`. */
const DIST = fileURLToPath(new URL('../../', import.meta.url));

interface Measured {
  readonly lines: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly peakMb: number;
}

/** A CSV of so many people, each with another number of Germany's mobile plan. */
function* csv(lines: number): Generator<string> {
  yield 'to,reference,1\n';
  for (let i = 0; i < lines; i += 1)
    yield `+49151${String(10_000_000 + i)},order-${i},Person ${i}\n`;
}

async function measure(dir: string, databaseUrl: string, lines: number): Promise<Measured> {
  const list = join(dir, `${lines}.csv`);
  await pipeline(Readable.from(csv(lines)), createWriteStream(list));
  const peak = join(dir, 'peak');
  const env = {
    ...plainEnvironment(),
    DATABASE_URL: databaseUrl,
    WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
    WHATSAPP_ACCESS_TOKEN: 'none-is-used',
    NODE_OPTIONS: `--import=${new URL('peak-memory.js', import.meta.url).href}`,
    BENCH_PEAK_FILE: peak,
  };
  const args = ['enqueue', list, '-t', 't', '-l', 'en', '--skip-preflight', '--no-start'];
  const began = performance.now();
  const ended = await runToEnd({
    command: process.execPath,
    args: [join(DIST, 'src/cli/main.js'), ...args],
    cwd: dir,
    env,
    log: join(dir, 'enqueue.log'),
  });
  const seconds = (performance.now() - began) / 1_000;
  await rm(list);
  if (ended.code !== 0) throw new Error(await readFile(join(dir, 'enqueue.log'), 'utf8'));
  const peakMb = (Number(await readFile(peak, 'utf8')) * 1_024) / 1e6;
  return { lines, seconds, perSecond: lines / seconds, peakMb };
}

/** NDJSON of the same people. */
function* ndjson(lines: number): Generator<string> {
  let piece = '';
  for (let i = 0; i < lines; i += 1) {
    piece += `{"to":"+49151${10_000_000 + i}","reference":"order-${i}","1":"Person ${i}"}\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function measureHttp(dir: string, databaseUrl: string, lines: number): Promise<Measured> {
  const peak = join(dir, 'peak');
  const key = 'bench';
  const child = spawn(process.execPath, [join(DIST, 'scripts/bench/intake-api.js')], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...plainEnvironment(),
      DATABASE_URL: databaseUrl,
      WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
      API_KEYS: key,
      NODE_OPTIONS: `--import=${new URL('peak-memory.js', import.meta.url).href}`,
      BENCH_PEAK_FILE: peak,
    },
  });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const post = async (path: string, type: string, body: Readable) => {
    const sent = request(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
    });
    const answered = once(sent, 'response');
    await pipeline(body, sent);
    const [response] = (await answered) as [IncomingMessage];
    return json(response) as Promise<{ readonly id: string; readonly added?: number }>;
  };
  const spec = { template: 't', language: 'en', skipPreflight: true };
  const made = await post(
    '/v1/campaigns',
    'application/json',
    Readable.from([JSON.stringify(spec)]),
  );
  const began = performance.now();
  const path = `/v1/campaigns/${made.id}/recipients`;
  const { added } = await post(path, 'application/x-ndjson', Readable.from(ndjson(lines)));
  const seconds = (performance.now() - began) / 1_000;
  child.kill('SIGTERM');
  await once(child, 'exit');
  if (added !== lines) throw new Error(`${added} of ${lines} people were added`);
  const peakMb = (Number(await readFile(peak, 'utf8')) * 1_024) / 1e6;
  return { lines, seconds, perSecond: lines / seconds, peakMb };
}

async function onGround(
  lengths: readonly number[],
  over: 'file' | 'http',
): Promise<readonly Measured[]> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-intake-'));
  const postgres = await startPostgres(dir, '18');
  try {
    const measured: Measured[] = [];
    for (const [i, lines] of lengths.entries()) {
      const url = await database(postgres.adminUrl, `intake_${i}`);
      const run = over === 'http' ? measureHttp : measure;
      measured.push(await run(dir, url, lines));
    }
    return measured;
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function database(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const own = new URL(server);
  own.pathname = `/${name}`;
  return own.href;
}

function faults(measured: readonly Measured[]): readonly string[] {
  const peaks = measured.map(({ peakMb }) => peakMb);
  const apart = Math.max(...peaks) - Math.min(...peaks);
  const slowest = measured.at(-1)?.perSecond ?? 0;
  return [
    ...(apart > MOST_APART_MB ? [`peaks ${apart.toFixed(0)} MB apart, over ${MOST_APART_MB}`] : []),
    ...(Math.max(...peaks) > MOST_MB ? [`more than ${MOST_MB} MB`] : []),
    ...(slowest < LEAST_PER_SECOND ? [`less than ${count(LEAST_PER_SECOND)} lines/s`] : []),
  ];
}

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '100000,1000000' },
    over: { type: 'string', default: 'file' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const lengths = values.lines.split(',').map(Number);
if (values.help) console.log(USAGE);
else if (lengths.some((n) => !(Number.isInteger(n) && n > 0 && n < 80_000_000))) {
  console.error(`--lines ${values.lines}: expected whole numbers.\n\n${USAGE}`);
  process.exitCode = 1;
} else if (values.over !== 'file' && values.over !== 'http') {
  console.error(`--over ${values.over}: expected file or http.\n\n${USAGE}`);
  process.exitCode = 1;
} else {
  const measured = await onGround(lengths, values.over);
  const wrong = faults(measured);
  const rows = measured.map((m) => [
    count(m.lines),
    m.seconds.toFixed(1),
    count(Math.round(m.perSecond)),
    m.peakMb.toFixed(0),
  ]);
  if (values.json) console.log(JSON.stringify({ ok: wrong.length === 0, measured, wrong }));
  else {
    const right = ['right', 'right', 'right', 'right'] as const;
    console.log(table([['lines', 'seconds', 'lines/s', 'peak MB'], ...rows], right));
    console.log(wrong.length === 0 ? 'ok' : wrong.join(', '));
  }
  if (wrong.length > 0) process.exitCode = 1;
}
