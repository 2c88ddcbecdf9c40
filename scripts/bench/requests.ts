/** `npm run bench:requests`: single requests over HTTP beside a bulk run. What it measured last stands in docs/benchmarks.md. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { dieBy, listenForShutdown } from '../../src/cli/run/shutdown.ts';
import { table } from '../../src/cli/screen/table.ts';
import { endAll, type Ground, layGround } from './ground.ts';
import { secondsOf } from './options.ts';
import { enqueue, firstArrival, MAIN } from './senders.ts';

const USAGE = `npm run bench:requests [-- options]

A sender works through a list while a service posts single requests to the API, each for another person. Prints how
long answers took, and whether everybody was asked once. Exit code 0 only if 99 of 100 answers took less than 250 ms,
and nobody was lost or asked twice.

  --seconds N       how long (30)
  --per-second N    requests a second (300)
  --rate N          messages a second, single requests and the list together (400)
  --queue NAME      redis (the default) or postgres
  --json            one JSON object on standard output`;

const KEY = 'bench';
const WARM_UP_MS = 5_000;
const P99_LIMIT_MS = 250;
const ASKED_LIMIT_MS = 60_000;
// More than are due while one waits for a slow answer.
const CONNECTIONS = 64;

interface Measured {
  readonly posted: number;
  readonly refused: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** From the last answer until everybody was asked. */
  readonly askedAfterS: number;
  readonly lost: number;
  readonly twice: number;
}

const print = (text: string) => process.stderr.write(`${text}\n`);

const numberOf = (i: number) => `+49160${String(i).padStart(8, '0')}`;

/** Posts by when each is due, and not by when the last one was answered. */
async function post(
  url: string,
  p: { readonly perSecond: number; readonly forMs: number; readonly signal: AbortSignal },
): Promise<{
  readonly taken: readonly number[];
  readonly posted: number;
  readonly refused: number;
}> {
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
  const taken: number[] = [];
  let refused = 0;
  async function one(i: number, due: number): Promise<void> {
    const answer = await request(`${url}/v1/requests`, {
      ...{ method: 'POST', dispatcher: agent },
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ to: numberOf(i), template: 'bench', language: 'en', parameters: ['Ann'] },
        ...{ reference: `bench-${i}`, skipPreflight: true },
      }),
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) refused += 1;
    if (due >= began + WARM_UP_MS) taken.push(performance.now() - due);
  }
  const underWay: Promise<void>[] = [];
  const began = performance.now();
  const n = Math.floor((p.perSecond * (WARM_UP_MS + p.forMs)) / 1_000);
  for (let i = 0; i < n; i += 1) {
    const due = began + (i * 1_000) / p.perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: p.signal });
    underWay.push(one(i, due));
  }
  await Promise.all(underWay);
  await agent.close();
  return { taken: taken.sort((a, b) => a - b), posted: n, refused };
}

async function measure(
  ground: Ground,
  p: {
    readonly queue: 'redis' | 'postgres';
    readonly rate: number;
    readonly perSecond: number;
    readonly forMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Measured> {
  const { queue, rate, perSecond, forMs, signal } = p;
  await ground.server.begin(100);
  const { surroundings } = await enqueue(ground, {
    ...{ queue, rate, n: 1, forMs: WARM_UP_MS + forMs },
    env: { PORT: '0', API_KEYS: KEY },
  });
  const children = ['api', 'sender'].map((kind) =>
    ground.start(MAIN, [kind, '--json'], surroundings),
  );
  try {
    const { url } = JSON.parse((await children[0]?.firstLine) ?? '') as { url: string };
    await firstArrival(ground, children, signal);
    const { taken, posted, refused } = await post(url, { perSecond, forMs, signal });
    const ended = performance.now();
    const times = new Map<string, number>();
    let known = 0;
    const missing = () => posted - refused - times.size;
    while (missing() > 0 && performance.now() - ended < ASKED_LIMIT_MS) {
      const people = await ground.server.people(known);
      known += people.length;
      for (const one of people)
        if (one.startsWith('49160')) times.set(one, (times.get(one) ?? 0) + 1);
      await sleep(50, undefined, { signal });
    }
    const at = (share: number) => taken[Math.floor(share * (taken.length - 1))] ?? 0;
    return {
      ...{ posted, refused, medianMs: at(0.5), p99Ms: at(0.99) },
      askedAfterS: (performance.now() - ended) / 1_000,
      lost: missing(),
      twice: [...times.values()].filter((n) => n > 1).length,
    };
  } finally {
    await endAll(children);
  }
}

function reportText(line: Measured): string {
  const head = ['posted', 'refused', 'median', 'p99', 'all asked after', 'lost', 'asked twice'];
  const row = [
    String(line.posted),
    String(line.refused),
    `${line.medianMs.toFixed(0)} ms`,
    `${line.p99Ms.toFixed(0)} ms`,
    `${line.askedAfterS.toFixed(1)} s`,
    String(line.lost),
    String(line.twice),
  ];
  return table(
    [head, row],
    head.map(() => 'right'),
  );
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    'per-second': { type: 'string', default: '300' },
    rate: { type: 'string', default: '400' },
    queue: { type: 'string', default: 'redis' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else {
  const shutdown = listenForShutdown(() => print('\nStopping everything.'));
  const ground = await layGround();
  try {
    const line = await measure(ground, {
      queue: values.queue === 'postgres' ? 'postgres' : 'redis',
      rate: Number(values.rate),
      perSecond: Number(values['per-second']),
      forMs: secondsOf(values.seconds),
      signal: shutdown.signal,
    });
    console.log(values.json ? JSON.stringify(line) : reportText(line));
    const holds = line.p99Ms < P99_LIMIT_MS && line.refused + line.lost + line.twice === 0;
    process.exitCode = holds ? 0 : 1;
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
