/** The queue on BullMQ: one a sender, jobs that name rows, nothing that cannot be lost. */
import type { JobType, Queue } from 'bullmq';
import type { QueueJob, QueuePort, QueueWorker } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { JobData, QueueBackend } from './backend.ts';
import type { QueueFacts } from './redis-facts.ts';
import { fetchersFor, growingWorker } from './worker.ts';

// A command that BullMQ holds back while the connection is away; longer means "away".
const COMMAND_MS = 5_000;
// A look for a person who waits for an answer about something else.
const LOOK_MS = 2_000;
// Saying goodbye to a server that answers takes milliseconds.
const CLOSE_MS = 2_000;
// addBulk of 500 to 1,000 is the best way in (measured).
const BULK = 500;
// On Postgres the waiting jobs of a paused queue go by a name that BullMQ's types leave out: without it the queue
// would look empty, and be fed forever.
const WAITING = ['waiting', 'paused', 'prioritized', 'delayed'] as JobType[];
const PRESENT = new Set([
  'waiting',
  'paused',
  'active',
  'prioritized',
  'delayed',
  'waiting-children',
]);

/** Makes the {@link QueuePort}; also gives BullMQ's own queues, for the dashboard, and what is wrong with it. */
export function queueAdapter(backend: QueueBackend): QueuePort & {
  queue(senderId: string): Queue<JobData>;
  complaint(senderId?: string): Promise<string | null>;
  facts(): Promise<QueueFacts>;
} {
  const queues = new Map<string, Queue<JobData>>();

  function queue(senderId: string): Queue<JobData> {
    const open = queues.get(senderId) ?? backend.queue(queueName(senderId), queuePrefix(senderId));
    queues.set(senderId, open);
    return open;
  }

  function isPaused(senderId: string): Promise<boolean> {
    const look = queue(senderId).isPaused();
    return within(
      LOOK_MS,
      'isPaused',
      look.catch((error: unknown) => {
        if (backend.isEmptiness(error)) return false;
        throw error;
      }),
    );
  }

  return {
    queue,
    async add(senderId, jobs) {
      for (let i = 0; i < jobs.length; i += BULK) {
        const bulk = jobs.slice(i, i + BULK).map((job) => ({
          name: job.lane === 0 ? 'single' : 'bulk',
          data: { request: job.request, feed: job.feed, lane: job.lane },
          // Single requests go in at the end that is taken next.
          opts: { jobId: jobId(job), ...(job.lane === 0 ? { lifo: true } : {}) },
        }));
        await within(COMMAND_MS, 'add', queue(senderId).addBulk(bulk));
      }
    },
    async size(senderId) {
      const counts = await within(
        COMMAND_MS,
        'size',
        // Not the active ones: those of killed processes stay active until they count as stalled, 30
        // to 45 s, and as part of the window they kept the others from being fed (seen by the chaos
        // suite: 537 of a window of 600 active in dead hands, none waiting).
        queue(senderId).getJobCounts(...WAITING),
      );
      return Object.values(counts).reduce((sum, n) => sum + n, 0);
    },
    async missing(senderId, jobs) {
      const states = await within(
        COMMAND_MS,
        'missing',
        Promise.all(jobs.map((job) => queue(senderId).getJobState(jobId(job)))),
      );
      return jobs.filter((_, i) => !PRESENT.has(states[i] ?? 'unknown'));
    },
    work(senderId, handle, concurrency): QueueWorker {
      const count = backend.kind === 'redis' ? fetchersFor(concurrency) : 1;
      const part = (of: number, i: number) => Math.max(1, Math.floor((of + i) / count));
      const workers = Array.from({ length: count }, (_, i) =>
        growingWorker(
          (process, n) => backend.worker(queueName(senderId), queuePrefix(senderId), process, n),
          handle,
          part(concurrency, i),
        ),
      );
      return {
        setConcurrency: (n) => {
          for (const [i, worker] of workers.entries()) worker.setConcurrency(part(n, i));
        },
        close: async () => {
          await Promise.all(workers.map((worker) => worker.close()));
        },
      };
    },
    isPaused,
    resume: (senderId) => within(COMMAND_MS, 'resume', queue(senderId).resume()),
    async ping(timeoutMs) {
      await within(timeoutMs, 'ping', backend.ping());
    },
    facts: () => within(COMMAND_MS, 'info', backend.facts()),
    async complaint(senderId) {
      const ofAll = await within(COMMAND_MS, 'info', backend.complaint()).catch(
        // Its own message may hold an address, and the probes of everybody show this.
        () => `${backend.kind === 'redis' ? 'Redis' : 'the queue'} does not answer`,
      );
      if (ofAll !== null || senderId === undefined) return ofAll;
      return (await isPaused(senderId).catch(() => false))
        ? 'its queue is paused in the dashboard; `callpermit campaign resume` goes on with it'
        : null;
    },
    async close() {
      const closed = Promise.all([...queues.values()].map((open) => open.close()));
      await within(CLOSE_MS, 'close', closed).catch(() => undefined);
      await within(CLOSE_MS, 'close', backend.close()).catch(() => undefined);
    },
  };
}

/** `callpermit-<phone number id>`: BullMQ allows no colon. */
function queueName(senderId: string): string {
  return `callpermit-${senderId}`;
}

/** A hash tag keeps a queue's keys on one node of a Redis Cluster; one a sender spreads senders over nodes. */
function queuePrefix(senderId: string): string {
  return `{callpermit-${senderId}}`;
}

function jobId(job: QueueJob): string {
  return `${job.request}-${job.feed}`;
}

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new InfrastructureError('queue', `${what}: no answer within ${ms} ms`)),
      ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof InfrastructureError) throw error;
    throw new InfrastructureError(
      'queue',
      `${what}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}
