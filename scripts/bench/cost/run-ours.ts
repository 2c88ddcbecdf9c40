/** A case of ours: a list goes in by the command line, real senders work on it. */

import { endAll } from '../ground.ts';
import { enqueue, MAIN, toldIn } from '../senders.ts';
import { LATENCY_MS, type OursCase } from './cases.ts';
import { type Cost, type CostGround, measureCost } from './measure.ts';

/** A cost, and what the senders complained of meanwhile. */
export interface OursCost extends Cost {
  readonly complaints: readonly string[];
}

/** Runs it. */
export async function runOurs(c: OursCase, n: number, at: CostGround): Promise<OursCost> {
  const { ground, times, signal } = at;
  await ground.redis.flush();
  await ground.server.begin(LATENCY_MS);
  const { surroundings } = await enqueue(ground, {
    ...c,
    n,
    forMs: times.warmUpMs + times.windowMs,
  });
  signal.throwIfAborted();
  const senders = Array.from({ length: c.processes }, () =>
    ground.start(MAIN, ['sender'], surroundings),
  );
  try {
    const cost = await measureCost(at, { senders, rate: c.rate, n });
    const { complaints } = await toldIn(ground, n);
    return { ...cost, complaints };
  } finally {
    await endAll(senders);
  }
}
