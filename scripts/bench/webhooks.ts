/** `npm run bench:webhooks`: statuses arrive while a sender is at work. What it measured last stands in docs/benchmarks.md. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { dieBy, listenForShutdown } from '../../src/cli/run/shutdown.ts';
import { table } from '../../src/cli/screen/table.ts';
import type { Child } from '../chaos/process.ts';
import { judge } from './arrivals.ts';
import { endAll, type Ground, layGround } from './ground.ts';
import { secondsOf } from './options.ts';
import { enqueue, firstArrival, MAIN } from './senders.ts';
import { type Load, type LoadCase, loadWebhooks } from './webhook-load.ts';

const USAGE = `npm run bench:webhooks [-- options]

A sender sends 1,000 a second while a receiver takes deliveries of statuses: of one at 1,000/s, of 50 and of
1,000 at 3,000 statuses/s. Prints how long answers took, how soon after the end all was applied, which part of
the rate was held meanwhile, and the memory of both processes.

  --seconds N       how long each case lasts (60)
  --rate N          messages a second (1,000)
  --only N          only the case with so many statuses a delivery
  --up              one process (callpermit up) instead of a sender and a receiver
  --json            one JSON object on standard output`;

const SECRET = 'bench';
const CASES: readonly LoadCase[] = [
  { statuses: 1, perSecond: 1_000 },
  { statuses: 50, perSecond: 3_000 },
  { statuses: 1_000, perSecond: 3_000 },
];
// All have compiled by then what runs often: before, they take twice the processor.
const WARM_UP_MS = 10_000;
const APPLIED_LIMIT_MS = 120_000;

interface Measured extends Load {
  readonly statusesADelivery: number;
  readonly appliedAfterS: number;
  readonly held: number;
  readonly worstSecond: number;
  readonly peakMb: readonly number[];
}

const print = (text: string) => process.stderr.write(`${text}\n`);

async function runCase(
  c: LoadCase,
  n: number,
  p: {
    readonly ground: Ground;
    readonly forMs: number;
    readonly rate: number;
    readonly up: boolean;
    readonly signal: AbortSignal;
  },
): Promise<Measured> {
  const { ground, signal, forMs, rate } = p;
  await ground.redis.flush();
  await ground.server.begin(100);
  const { surroundings } = await enqueue(ground, {
    ...{ queue: 'redis', rate, n, forMs: WARM_UP_MS + forMs },
    env: { WHATSAPP_APP_SECRET: SECRET, PORT: '0', API_KEYS: 'bench' },
  });
  const kinds = p.up ? ['up'] : ['receiver', 'sender'];
  const children = kinds.map((kind) => ground.start(MAIN, [kind, '--json'], surroundings));
  const client = new pg.Client({ connectionString: surroundings.env.DATABASE_URL });
  await client.connect();
  try {
    const { url } = JSON.parse((await children[0]?.firstLine) ?? '') as { url: string };
    await firstArrival(ground, children, signal);
    let known = 0;
    const next = async () => {
      const people = await ground.server.people(known);
      known += people.length;
      return people;
    };
    const load = await loadWebhooks(c, {
      ...{
        url: `${url}/webhooks/whatsapp`,
        secret: SECRET,
        warmUpMs: WARM_UP_MS,
        forMs,
        next,
        signal,
      },
    });
    const ended = performance.now();
    const { held, worstSecond } = judge(await ground.server.arrivals(), {
      ...{ rate, warmUpMs: WARM_UP_MS, windowMs: forMs },
    });
    await untilApplied(client);
    const appliedAfterS = (performance.now() - ended) / 1_000;
    return {
      ...load,
      ...{ statusesADelivery: c.statuses, appliedAfterS, held, worstSecond },
      peakMb: children.map(peakMb),
    };
  } finally {
    await client.end();
    await endAll(children);
  }
}

async function untilApplied(client: pg.Client): Promise<void> {
  const deadline = performance.now() + APPLIED_LIMIT_MS;
  const left = 'select (exists (select from webhook_queue)) as some';
  while ((await client.query<{ some: boolean }>(left)).rows[0]?.some) {
    if (performance.now() > deadline) throw new Error('deliveries are still not applied');
    await sleep(50);
  }
}

function peakMb({ pid }: Child): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

function reportText(lines: readonly Measured[]): string {
  const head = [
    'statuses',
    'deliveries',
    'refused',
    'median',
    'p99',
    'applied after',
    'held',
    'worst second',
    'peak',
  ];
  const rows = lines.map((line) => [
    String(line.statusesADelivery),
    String(line.deliveries),
    String(line.refused),
    `${line.medianMs.toFixed(0)} ms`,
    `${line.p99Ms.toFixed(0)} ms`,
    `${line.appliedAfterS.toFixed(1)} s`,
    line.held.toFixed(3),
    line.worstSecond.toFixed(3),
    line.peakMb.map((mb) => `${mb.toFixed(0)} MB`).join(' + '),
  ]);
  return table(
    [head, ...rows],
    head.map(() => 'right'),
  );
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '1000' },
    only: { type: 'string' },
    up: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else {
  const shutdown = listenForShutdown(() => print('\nStopping everything.'));
  const ground = await layGround();
  const lines: Measured[] = [];
  try {
    const cases = CASES.filter(
      ({ statuses }) => values.only === undefined || String(statuses) === values.only,
    );
    for (const [i, c] of cases.entries()) {
      shutdown.signal.throwIfAborted();
      const p = { ground, rate: Number(values.rate), up: values.up, signal: shutdown.signal };
      lines.push(await runCase(c, i + 1, { ...p, forMs: secondsOf(values.seconds) }));
      print(reportText(lines.slice(-1)));
    }
    console.log(values.json ? JSON.stringify({ lines }) : `\n${reportText(lines)}`);
  } catch (error) {
    if (!shutdown.signal.aborted) {
      print(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      process.exitCode = 1;
    }
  } finally {
    await ground.close({ keepFolder: false });
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}
