/** One case of BullMQ's own limiter: the same server, the same measure, jobs put in before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { judge } from './arrivals.ts';
import type { LimiterCase, Times } from './cases.ts';
import { endAll, type Ground } from './ground.ts';
import type { LimiterSettings } from './limiter-worker.ts';
import type { Measured } from './run-case.ts';
import { firstArrival } from './senders.ts';

const QUEUE = 'limiter';
/** Jobs of one addBulk. */
const BULK = 1_000;
/** More than is measured, and room for what it lets through beyond its rate. */
const SPARE = 1.5;

/** Runs a case of BullMQ's limiter. */
export async function runLimiterCase(
  c: LimiterCase,
  n: number,
  p: { readonly ground: Ground; readonly times: Times; readonly signal: AbortSignal },
): Promise<Measured> {
  const { ground, signal } = p;
  const times = { ...p.times, windowMs: p.times.limiterWindowMs };
  await ground.redis.flush();
  await ground.server.begin(c.latencyMs);
  await fill(
    ground.redis.url,
    Math.ceil((c.rate * (times.warmUpMs + times.windowMs) * SPARE) / 1_000),
  );
  signal.throwIfAborted();
  const settings: LimiterSettings = {
    redis: ground.redis.url,
    url: ground.server.url,
    queue: QUEUE,
    limiter: { max: Math.round((c.rate * c.limiterMs) / 1_000), duration: c.limiterMs },
    // Little's law, twice over.
    concurrency: Math.ceil((2 * c.rate * c.latencyMs) / 1_000) + 50,
  };
  const workers = Array.from({ length: c.processes }, () =>
    ground.start('scripts/bench/limiter-worker.js', [JSON.stringify(settings)], {
      env: {},
      log: `case-${n}`,
    }),
  );
  try {
    await firstArrival(ground, workers, signal);
    await sleep(times.warmUpMs + times.windowMs, undefined, { signal });
  } finally {
    await endAll(workers);
  }
  const judged = judge(await ground.server.arrivals(), { rate: c.rate, ...times });
  return { ...judged, missed: 0, complaints: [] };
}

async function fill(url: string, jobs: number): Promise<void> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE, { connection });
  for (let from = 0; from < jobs; from += BULK) {
    await queue.addBulk(
      Array.from({ length: Math.min(BULK, jobs - from) }, (_, i) => ({
        name: 'message',
        data: { to: `49151${String(from + i).padStart(8, '0')}` },
        opts: { removeOnComplete: true },
      })),
    );
  }
  await queue.close();
  connection.disconnect();
}
