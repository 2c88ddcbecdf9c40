/**
 * BullMQ's worker, bounded by rows and not by jobs: it may have one job more than it holds while its taker has room
 * for one, and no more than it holds else. So it also begins with the first job as soon as that is fetched.
 */
import type { Worker } from 'bullmq';
import type { BatchJob, BatchTaker, JobEnd, QueueWorker } from '../core/ports/index.ts';
import type { JobData, TakenJob } from './job.ts';

/** A batch of more rows was not made by us: a quarter of a second of Meta's highest rate, 1,000/s. */
const BATCH_MOST = 250;

/** Opens a worker of BullMQ's that calls `process` with each job. */
export type OpenWorker = (
  process: (job: TakenJob) => Promise<JobEnd>,
  concurrency: number,
) => Pick<Worker<JobData>, 'concurrency' | 'close' | 'pause' | 'resume'>;

/** Runs a worker over the batches of campaigns, or over single requests. */
export function batchWorker(open: OpenWorker, taker: BatchTaker, single: boolean): QueueWorker {
  let running = 0;
  let wasFull = false;
  let isClosed = false;

  function adjust(): boolean {
    const hasRoom = taker.hasRoom(single);
    const most = hasRoom ? running + 1 : Math.max(1, running);
    if (worker.concurrency !== most) worker.concurrency = most;
    const isOpenAgain = hasRoom && wasFull;
    wasFull = !hasRoom;
    return isOpenAgain;
  }

  // A worker that holds as many jobs as it may looks again when one of them ends. One answer of Meta's that does not
  // come holds its whole batch for a time-out: it must not keep the rows that have ended from being followed by others.
  function look(): void {
    if (!adjust() || running === 0 || isClosed) return;
    const paused = worker.pause(true);
    void paused.then(() => (isClosed ? undefined : worker.resume())).catch(() => undefined);
  }

  const worker = open(async (job) => {
    running += 1;
    const end = taker.handle(readJob(job, single));
    // Its rows are held from here on.
    adjust();
    return end.finally(() => {
      running -= 1;
      adjust();
    });
  }, 1);
  return {
    look,
    close() {
      isClosed = true;
      return worker.close();
    },
  };
}

// A job put in by hand may hold anything; the ledger decides what it is worth.
function readJob(job: TakenJob, single: boolean): BatchJob {
  const { batch, size } = (job.data ?? {}) as Partial<Record<keyof JobData, unknown>>;
  const isNumber = (n: unknown): n is number => Number.isSafeInteger(n) && Number(n) > 0;
  return {
    batch: isNumber(batch) ? batch : 0,
    size: isNumber(size) ? Math.min(size, BATCH_MOST) : 1,
    single,
    tell(percent, lines) {
      // For who looks at it; where the queue is away, nobody does.
      job.updateProgress(percent).catch(() => undefined);
      if (lines.length > 0) job.log(lines.join('\n')).catch(() => undefined);
    },
  };
}
