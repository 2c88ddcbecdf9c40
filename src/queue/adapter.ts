/**
 * The queue on BullMQ: jobs that name batches, nothing that cannot be lost. Two a sender, one of campaigns and one of
 * single requests: a process that has all the batches it can hold still takes a single request at once.
 */
import type { JobType, Queue } from 'bullmq';
import type {
  EventQueuePort,
  FedBatch,
  IntakeQueuePort,
  QueuePort,
  QueueWorker,
} from '../core/ports/index.ts';
import { maskNumbers } from '../telemetry/mask-numbers.ts';
import type { QueueBackend } from './backend.ts';
import { batchWorker } from './batch-worker.ts';
import { eventQueue } from './event-queue.ts';
import { intakeQueue } from './intake-queue.ts';
import type { JobData } from './job.ts';
import type { QueueFacts } from './redis-facts.ts';
import { within } from './within.ts';

// A command that BullMQ holds back while the connection is away; longer means "away".
const COMMAND_MS = 5_000;
// A look for a person who waits for an answer about something else.
const LOOK_MS = 2_000;
// Saying goodbye to a server that answers takes milliseconds.
const CLOSE_MS = 2_000;
const NO_IDS: ReadonlySet<string> = new Set();
// addBulk of 500 to 1,000 is the best way in (measured).
const BULK = 500;
// What a worker takes when it is its turn. No job of ours is delayed: one that is, by hand, must not stand for people who
// wait in it, nor keep others from being fed.
const WAITING: readonly JobType[] = ['waiting', 'prioritized'];
// The waiting jobs of a paused queue, by a name that BullMQ's types leave out: without it the queue would look empty, and
// be fed forever. Of one that is not paused nobody takes them.
const PAUSED = 'paused' as JobType;

/** Makes the {@link QueuePort}; also gives BullMQ's own queues, for the dashboard, and what is wrong with it. */
export function queueAdapter(
  backend: QueueBackend,
  onBug: (error: unknown) => void = () => undefined,
): QueuePort & {
  /** What other services add to. */
  readonly intake: IntakeQueuePort & { queue(): Queue };
  /** What other services take events from. */
  readonly events: EventQueuePort & { queue(): Queue };
  /** A sender's queues: of campaigns, of single requests. */
  queues(senderId: string): readonly [Queue<JobData>, Queue<JobData>];
  complaint(senderId?: string): Promise<string | null>;
  facts(): Promise<QueueFacts>;
} {
  const open = new Map<string, Queue<JobData>>();
  const intake = intakeQueue(backend, onBug);
  const events = eventQueue(backend);

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

  function isBraked(senderId: string): Promise<boolean> {
    const looks = both(senderId).flatMap((one) => [
      one.getGlobalConcurrency(),
      one.getGlobalRateLimit(),
    ]);
    return within(
      LOOK_MS,
      'limits',
      Promise.all(looks).then((found) => found.some((limit) => limit !== null)),
    );
  }

  return {
    queues: both,
    intake,
    events,
    async add(senderId, batches) {
      for (const single of [true, false]) {
        const jobs = batches.filter((one) => one.single === single).map(jobOf);
        for (let i = 0; i < jobs.length; i += BULK)
          await within(COMMAND_MS, 'add', queue(senderId, single).addBulk(jobs.slice(i, i + BULK)));
      }
    },
    async size(senderId) {
      const campaigns = queue(senderId, false);
      // Not the active ones: those of killed processes stay active until they count as stalled, 30
      // to 45 s, and as part of the window they kept the others from being fed (seen by the chaos
      // suite: 537 of a window of 600 active in dead hands, none waiting).
      const counted = campaigns.getJobCounts(...WAITING, PAUSED);
      const { [PAUSED]: held = 0, ...waiting } = await within(COMMAND_MS, 'size', counted);
      const sum = Object.values(waiting).reduce((all, n) => all + n, 0);
      return held > 0 && (await within(COMMAND_MS, 'size', campaigns.isPaused()))
        ? sum + held
        : sum;
    },
    async missing(senderId, batches) {
      const isThere = async (batch: number) => {
        const found = both(senderId).map(async (one) => {
          const state: string = await one.getJobState(jobId(batch));
          if (state === PAUSED) return one.isPaused();
          return state === 'active' || WAITING.some((waiting) => waiting === state);
        });
        return (await Promise.all(found)).includes(true);
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
      if (await isPaused(senderId).catch(() => false))
        return 'its queue is paused in the dashboard; `callpermit campaign resume` goes on with it';
      return (await isBraked(senderId).catch(() => false))
        ? "its queue has a global concurrency or rate limit of BullMQ's, which callpermit never sets: remove it from the queue"
        : null;
    },
    async close() {
      const closed = Promise.all([...open.values(), intake, events].map((one) => one.close()));
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
    name: single
      ? 'one person'
      : `${maskNumbers(campaign, NO_IDS)}, ${size} ${size === 1 ? 'person' : 'people'}`,
    data: { batch, size },
    opts: { jobId: jobId(batch) },
  };
}

function jobId(batch: number): string {
  return `batch-${batch}`;
}
