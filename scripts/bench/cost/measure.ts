/** The window of a case: CPU time taken in it, over the POSTs that arrived in it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../chaos/process.ts';
import { countWithin, mostWithin } from '../arrivals.ts';
import { monotonicMs } from '../clock.ts';
import type { Ground } from '../ground.ts';
import { firstArrival } from '../senders.ts';
import type { CostTimes } from './cases.ts';
import { cpuOf, peakMbOf } from './cpu.ts';

/** Where a case is run. */
export interface CostGround {
  readonly ground: Ground;
  readonly times: CostTimes;
  readonly signal: AbortSignal;
}

/** What a message cost, and how well it was sent. */
export interface Cost {
  /** CPU time a message, us: of all senders (or of the one worker), of Redis, of Postgres. */
  readonly sender: number;
  readonly redis: number;
  readonly postgres: number;
  /** POSTs that arrived in the window, what all of this is divided by. */
  readonly posts: number;
  /** The window, ms. */
  readonly windowMs: number;
  /** POSTs in the window / allowed. */
  readonly held: number;
  /** Most POSTs in any sliding second since the first one / allowed. */
  readonly worstSecond: number;
  /** The most memory one of the senders had (resident set, since it began), MB. */
  readonly peakMb: number;
}

/**
 * Waits for the first POST, for the warm-up, and measures.
 * @param p.senders who makes the POSTs; who puts jobs in is not among them
 * @param p.n of the case, for the file of its arrivals
 */
export async function measureCost(
  at: CostGround,
  p: { readonly senders: readonly Child[]; readonly rate: number; readonly n: number },
): Promise<Cost> {
  const { ground, times, signal } = at;
  await firstArrival(ground, p.senders, signal);
  await sleep(times.warmUpMs, undefined, { signal });
  const from = takeStock(ground, p.senders);
  await sleep(times.windowMs, undefined, { signal });
  const to = takeStock(ground, p.senders);
  const peakMb = Math.max(...p.senders.map(({ pid }) => peakMbOf(pid)));
  const arrivals = await keepArrivals(ground, p.n);
  const { zeroMs } = ground.server;
  const posts = countWithin(arrivals, from.atMs - zeroMs, to.atMs - zeroMs);
  const windowMs = to.atMs - from.atMs;
  const each = (part: 'sender' | 'redis' | 'postgres') => ((to[part] - from[part]) * 1_000) / posts;
  return {
    sender: each('sender'),
    redis: each('redis'),
    postgres: each('postgres'),
    posts,
    windowMs,
    held: posts / ((p.rate * windowMs) / 1_000),
    worstSecond: mostWithin(arrivals, 1_000) / p.rate,
    peakMb,
  };
}

/** Reads the arrivals of case `n` and writes them beside its log, ms, one a line. */
export async function keepArrivals(ground: Ground, n: number): Promise<Float64Array> {
  const arrivals = await ground.server.arrivals();
  await writeFile(join(ground.dir, `case-${n}.arrivals`), `${[...arrivals].join('\n')}\n`);
  return arrivals;
}

/** CPU time so far, ms, and when that was (`monotonicMs`). */
interface Stock {
  readonly atMs: number;
  readonly sender: number;
  readonly redis: number;
  readonly postgres: number;
}

function takeStock({ redis, postgres }: Ground, senders: readonly Child[]): Stock {
  const before = monotonicMs();
  const [ofRedis = 0, ofPostgres = 0, ...ofSenders] = cpuOf([
    redis.pid(),
    postgres.pid(),
    ...senders.map(({ pid }) => pid),
  ]);
  return {
    // A look takes some 10 ms, the same at both ends of the window.
    atMs: (before + monotonicMs()) / 2,
    sender: ofSenders.reduce((sum, ms) => sum + ms, 0),
    redis: ofRedis,
    postgres: ofPostgres,
  };
}
