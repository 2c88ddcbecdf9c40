/** The start: how much several processes send in the first second after their first POST. */
import { setTimeout as sleep } from 'node:timers/promises';
import { countWithin } from '../arrivals.ts';
import { endAll } from '../ground.ts';
import { enqueue, firstArrival, MAIN, toldIn } from '../senders.ts';
import { LATENCY_MS, type StartCase } from './cases.ts';
import { type CostGround, keepArrivals } from './measure.ts';

/** What the starts came to. */
export interface Started {
  /** POSTs in the second that begins at the first one / allowed, of each start in turn. */
  readonly firstSeconds: readonly number[];
  /** The middle one. */
  readonly middle: number;
  readonly complaints: readonly string[];
}

/** One start says little: whatever else the machine does in that second counts in full. */
const STARTS = 3;
/** Past the first second, so that it is whole. */
const RUN_MS = 1_500;

/** Runs them, each with a list and a database of its own. */
export async function runStart(c: StartCase, n: number, at: CostGround): Promise<Started> {
  const { ground, signal } = at;
  const firstSeconds: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    await ground.dropDatabase(`case_${n}`);
    await ground.redis.flush();
    await ground.server.begin(LATENCY_MS);
    const { surroundings } = await enqueue(ground, { ...c, queue: 'redis', n, forMs: RUN_MS });
    signal.throwIfAborted();
    const senders = Array.from({ length: c.processes }, () =>
      ground.start(MAIN, ['sender'], surroundings),
    );
    try {
      await firstArrival(ground, senders, signal);
      await sleep(RUN_MS, undefined, { signal });
    } finally {
      await endAll(senders);
    }
    const arrivals = await keepArrivals(ground, n);
    const [first = 0] = arrivals;
    firstSeconds.push(countWithin(arrivals, first, first + 1_000) / c.rate);
  }
  const { complaints } = await toldIn(ground, n);
  const middle = firstSeconds.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
  return { firstSeconds, middle, complaints };
}
