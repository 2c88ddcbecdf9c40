/**
 * The queue on BullMQ: jobs that name batches, nothing that cannot be lost. Two a sender, one of campaigns and one of
 * single requests: a process that has all the batches it can hold still takes a single request at once.
 */
import type { JobType, Queue } from 'bullmq';
import type { FedBatch, QueuePort, QueueWorker } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { QueueBackend } from './backend.ts';
import { batchWorker } from './batch-worker.ts';
import type { JobData } from './job.ts';
import type { QueueFacts } from './redis-facts.ts';

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
  /** A sender's queues: of campaigns, of single requests. */
  queues(senderId: string): readonly [Queue<JobData>, Queue<JobData>];
  complaint(senderId?: string): Promise<string | null>;
  facts(): Promise<QueueFacts>;
} {
  const open = new Map<string, Queue<JobData>>();

  function queue(senderId: string, single: boolean): Queue<JobData> {
    const name = queueName(senderId, single);
    const found = open.get(name) ?? backend.queue(name, queuePrefix(senderId));
    open.set(name, found);
    return found;
  }
  const both = (senderId: string) => [queue(senderId, false), queue(senderId, true)] as const;

  function isPaused(senderId: string): Promise<boolean> {
    const look = Promise.all(both(senderId).map((one) => one.isPaused()));
    return within(
      LOOK_MS,
      'isPaused',
      look.then(
        (paused) => paused.includes(true),
        (error: unknown) => {
          if (backend.isEmptiness(error)) return false;
          throw error;
        },
      ),
    );
  }

  return {
    queues: both,
    async add(senderId, batches) {
      for (const single of [true, false]) {
        const jobs = batches.filter((one) => one.single === single).map(jobOf);
        for (let i = 0; i < jobs.length; i += BULK)
          await within(COMMAND_MS, 'add', queue(senderId, single).addBulk(jobs.slice(i, i + BULK)));
      }
    },
    async size(senderId) {
      const counts = await within(
        COMMAND_MS,
        'size',
        // Not the active ones: those of killed processes stay active until they count as stalled, 30
        // to 45 s, and as part of the window they kept the others from being fed (seen by the chaos
        // suite: 537 of a window of 600 active in dead hands, none waiting).
        queue(senderId, false).getJobCounts(...WAITING),
      );
      return Object.values(counts).reduce((sum, n) => sum + n, 0);
    },
    async missing(senderId, batches) {
      const isThere = async (batch: number) => {
        const states = await Promise.all(
          both(senderId).map((one) => one.getJobState(jobId(batch))),
        );
        return states.some((state) => PRESENT.has(state));
      };
      const there = await within(COMMAND_MS, 'missing', Promise.all(batches.map(isThere)));
      return batches.filter((_, i) => there[i] !== true);
    },
    work(senderId, taker): QueueWorker {
      const workers = [false, true].map((single) =>
        batchWorker(
          (process, n) =>
            backend.worker(queueName(senderId, single), queuePrefix(senderId), process, n),
          taker,
          single,
        ),
      );
      return {
        look: () => {
          for (const worker of workers) worker.look();
        },
        close: async () => {
          await Promise.all(workers.map((worker) => worker.close()));
        },
      };
    },
    isPaused,
    resume: async (senderId) => {
      await within(COMMAND_MS, 'resume', Promise.all(both(senderId).map((one) => one.resume())));
    },
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
      const closed = Promise.all([...open.values()].map((one) => one.close()));
      await within(CLOSE_MS, 'close', closed).catch(() => undefined);
      await within(CLOSE_MS, 'close', backend.close()).catch(() => undefined);
    },
  };
}

/**
 * `callpermit-<phone number id>-campaigns` and `-single`: BullMQ allows no colon. A queue without such an ending is
 * of an older program, which makes a job a request.
 */
function queueName(senderId: string, single: boolean): string {
  return `callpermit-${senderId}-${single ? 'single' : 'campaigns'}`;
}

/** A hash tag keeps a queue's keys on one node of a Redis Cluster; one a sender spreads senders over nodes. */
function queuePrefix(senderId: string): string {
  return `{callpermit-${senderId}}`;
}

/** Named so that a person who looks at the queue knows what it is. */
function jobOf({ batch, size, single, campaign }: FedBatch) {
  return {
    name: single ? 'one person' : `${campaign}, ${size} ${size === 1 ? 'person' : 'people'}`,
    data: { batch, size },
    opts: { jobId: jobId(batch) },
  };
}

function jobId(batch: number): string {
  return `batch-${batch}`;
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
