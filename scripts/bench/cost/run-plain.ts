/** A case of what callpermit is compared with: one process, and where it takes jobs another one that adds them. */
import type { Child } from '../../chaos/process.ts';
import { endAll, type Ground, type Program } from '../ground.ts';
import type { LoopSettings } from './bare-loop.ts';
import { LATENCY_MS, type PlainCase } from './cases.ts';
import type { FeederSettings } from './feeder.ts';
import { type Cost, type CostGround, measureCost } from './measure.ts';
import type { PlainSettings } from './plain-worker.ts';

const QUEUE = 'plain';

/** Runs it. */
export async function runPlain(c: PlainCase, n: number, at: CostGround): Promise<Cost> {
  const { ground, signal } = at;
  await ground.redis.flush();
  await ground.server.begin(LATENCY_MS);
  const { url } = ground.server;
  const redis = ground.redis.url;
  // Little's law, twice over.
  const concurrency = Math.ceil((2 * c.rate * LATENCY_MS) / 1_000) + 50;
  const children: Child[] = [];
  const start = (program: Program, settings: PlainSettings | LoopSettings | FeederSettings) => {
    const child = ground.start(program, [JSON.stringify(settings)], { env: {}, log: `case-${n}` });
    children.push(child);
    return child;
  };
  try {
    const worker =
      c.by === 'loop'
        ? start('scripts/bench/cost/bare-loop.js', { url, rate: c.rate, connections: concurrency })
        : start('scripts/bench/cost/plain-worker.js', {
            redis,
            url,
            queue: QUEUE,
            concurrency,
            by: c.by,
          });
    await ready(worker, ground);
    signal.throwIfAborted();
    // Jobs come only once they are taken at once: nothing piles up.
    if (c.by !== 'loop')
      start('scripts/bench/cost/feeder.js', { redis, queue: QUEUE, rate: c.rate });
    return await measureCost(at, { senders: [worker], rate: c.rate, n });
  } finally {
    await endAll(children);
  }
}

async function ready(child: Child, ground: Ground): Promise<void> {
  await Promise.race([
    child.firstLine,
    child.exited.then(({ code }) => {
      throw new Error(`a plain program ended with ${code}: see the logs in ${ground.dir} (--keep)`);
    }),
  ]);
}
