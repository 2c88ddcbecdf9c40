/** One case of ours: the list goes in by the command line, real senders work on it, arrivals count. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../chaos/process.ts';
import { type Judged, judge } from './arrivals.ts';
import { FROZEN_MS, type PaceCase, type Times } from './cases.ts';
import { endAll, type Ground } from './ground.ts';
import { enqueue, firstArrival, MAIN, type Told, toldIn } from './senders.ts';

/** What a case came to. */
export interface Measured extends Judged, Told {}

/** Runs a case of ours. */
export async function runPaceCase(
  c: PaceCase,
  n: number,
  p: { readonly ground: Ground; readonly times: Times; readonly signal: AbortSignal },
): Promise<Measured> {
  const { ground, signal } = p;
  const windowMs = c.fault === undefined ? p.times.windowMs : p.times.faultWindowMs;
  const times = { ...p.times, windowMs };
  await ground.redis.flush();
  await ground.server.begin(c.latencyMs);
  const { surroundings } = await enqueue(ground, {
    ...c,
    n,
    forMs: times.warmUpMs + windowMs,
    // The count of missed send times is told at this level.
    env: { LOG_LEVEL: 'debug' },
  });
  signal.throwIfAborted();

  const senders = Array.from({ length: c.processes }, () =>
    ground.start(MAIN, ['sender'], surroundings),
  );
  try {
    await firstArrival(ground, senders, signal);
    const wait = (ms: number) => sleep(ms, undefined, { signal });
    if (c.fault === undefined) await wait(times.warmUpMs + times.windowMs);
    else {
      const before = times.warmUpMs + times.windowMs / 3;
      await wait(before);
      const lasted = await strike(c.fault, senders, ground);
      await wait(Math.max(0, times.warmUpMs + times.windowMs - before - lasted));
    }
  } finally {
    await endAll(senders);
  }
  const arrivals = await ground.server.arrivals();
  await writeFile(join(ground.dir, `case-${n}.arrivals`), `${[...arrivals].join('\n')}\n`);
  return { ...judge(arrivals, { rate: c.rate, ...times }), ...(await toldIn(ground, n)) };
}

/** Does what befalls the case; gives how long that took, ms. */
async function strike(
  fault: 'FLUSHALL' | 'SIGSTOP',
  senders: readonly Child[],
  ground: Ground,
): Promise<number> {
  const begun = performance.now();
  if (fault === 'FLUSHALL') await ground.redis.flush();
  else {
    senders[0]?.kill('SIGSTOP');
    await sleep(FROZEN_MS);
    senders[0]?.kill('SIGCONT');
  }
  return performance.now() - begun;
}
