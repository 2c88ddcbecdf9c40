/**
 * Adds the jobs of a plain worker at the rate at which it is to run, from a process of its own, whose CPU time nobody
 * counts; what Redis takes for them is Redis's. Settings are its one argument.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type PlainMessage, plainMessage } from './plain-message.ts';

/** What it is started with, as JSON. */
export interface FeederSettings {
  readonly redis: string;
  readonly queue: string;
  /** Jobs a second. */
  readonly rate: number;
}

/** Jobs that are due go in together so often, ms: one pipeline of ten at 1,000/s. */
const TICK_MS = 10;

const settings = JSON.parse(process.argv[2] ?? '{}') as FeederSettings;
const queue = new Queue<PlainMessage>(settings.queue, {
  connection: new Redis(settings.redis, { maxRetriesPerRequest: null }),
});
await queue.waitUntilReady();
process.once('SIGTERM', () => process.exit());

const begun = performance.now();
let added = 0;
for (;;) {
  await sleep(TICK_MS);
  const due = Math.floor(((performance.now() - begun) * settings.rate) / 1_000);
  const messages = Array.from({ length: due - added }, (_, i) => plainMessage(added + i));
  await queue.addBulk(
    messages.map((data) => ({ name: 'message', data, opts: { removeOnComplete: true } })),
  );
  added = due;
}
