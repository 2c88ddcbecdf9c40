/**
 * The queue that other services add jobs to: one person each, in the payload that docs/intake-queue.md describes. Jobs
 * here hold people, which batches never do, so that none is kept longer than its adder needs it.
 */
import { DelayedError, type Job, type Queue, UnrecoverableError } from 'bullmq';
import type { IntakeEnd, IntakeJob, IntakeQueuePort } from '../core/ports/index.ts';
import type { IntakeBackend } from './backend.ts';
import { removeJobs } from './remove-jobs.ts';
import { within } from './within.ts';

/** How often old jobs are looked for: a queue in which nothing ends removes none by itself. */
const CLEAN_MS = 600_000;
/** Jobs that are removed at once. */
const PAGE = 500;
/** Jobs in hand end in milliseconds, or with the bounds of their statements. */
const CLOSE_MS = 5_000;
/** A job that throws what nobody expected so often fails for good. */
const BUG_STARTS = 5;
const BUG = 'INTERNAL: Something went wrong inside callpermit. Its log has more.';

/** How long jobs are kept once they ended: for who added them to read the answer, or the reason. Ages in s. */
const KEEP_DONE = { age: 3_600, count: 10_000 } as const;
/** Failed ones stay to be looked at and retried. */
const KEEP_FAILED = { age: 7 * 86_400, count: 10_000 } as const;

/** Opens it; also gives BullMQ's own queue, for the dashboard. */
export function intakeQueue(
  backend: IntakeBackend,
  onBug: (error: unknown) => void,
): IntakeQueuePort & { queue(): Queue; close(): Promise<void> } {
  let open: Queue | undefined;
  const queue = () => {
    open ??= backend.intakeQueue();
    return open;
  };

  return {
    queue,
    work(handle, atOnce) {
      const worker = backend.intakeWorker((job, token) => run(job, token, handle, onBug), {
        concurrency: atOnce,
        removeOnComplete: KEEP_DONE,
        removeOnFail: KEEP_FAILED,
      });
      const clean = () => void removeOld(queue()).catch(() => undefined);
      const timer = setInterval(clean, CLEAN_MS).unref();
      return {
        async close() {
          clearInterval(timer);
          const closed = within(CLOSE_MS, 'close', worker.close());
          // Where its server is silent, BullMQ waits for it without end: the job's lock ends by itself.
          await closed.catch(() => void worker.disconnect().catch(() => undefined));
        },
      };
    },
    remove: (isTheirs) => removeJobs(backend, queue(), isTheirs),
    close: async () => {
      await open?.close();
    },
  };
}

/** Begins a job, and tells BullMQ by what it returns or throws what became of it. */
async function run(
  job: Job,
  token: string | undefined,
  handle: (job: IntakeJob) => Promise<IntakeEnd>,
  onBug: (error: unknown) => void,
): Promise<unknown> {
  const end = await handle(readJob(job)).catch((error: unknown): IntakeEnd => {
    onBug(error);
    return job.attemptsStarted >= BUG_STARTS
      ? { kind: 'refused', reason: BUG }
      : { kind: 'later', waitMs: 1_000 * 2 ** job.attemptsStarted, reason: BUG };
  });
  if (end.kind === 'done') return end.answer;
  if (end.kind === 'refused') throw withoutStack(new UnrecoverableError(end.reason));
  await job.log(`${new Date().toISOString()} ${end.reason}`).catch(() => undefined);
  // Not by `attempts`, which is for who adds the job to say and 1 by default. Where even this does not get through, the
  // job's lock ends, and it is begun again as one whose worker died.
  await job.moveToDelayed(Date.now() + end.waitMs, token).catch(() => undefined);
  throw new DelayedError();
}

function readJob(job: Job): IntakeJob {
  const { id = '', name, data, timestamp, attemptsStarted } = job;
  return { id, name, data, addedAt: timestamp, starts: Math.max(1, attemptsStarted) };
}

/** The reason says it all: the lines of our code are of no use to who added the job. */
function withoutStack<E extends Error>(error: E): E {
  error.stack = '';
  return error;
}

async function removeOld(queue: Queue): Promise<void> {
  for (const [state, { age }] of [
    ['completed', KEEP_DONE],
    ['failed', KEEP_FAILED],
  ] as const) {
    let removed: readonly string[];
    do removed = await queue.clean(age * 1_000, PAGE, state);
    while (removed.length >= PAGE);
  }
}
