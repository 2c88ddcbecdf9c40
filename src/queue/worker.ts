/**
 * BullMQ's worker, made to start fast. It fetches one job after the other until it has as many as its
 * concurrency, and only then begins with the first; each fetch is a round trip.
 */
import type { Job, Worker } from 'bullmq';
import { UnrecoverableError } from 'bullmq';
import type { JobEnd, QueueJob, QueueWorker } from '../core/ports/index.ts';
import type { JobData } from './backend.ts';

const FIRST_LEAST = 16;
const FIRST_MOST = 200;
/** Jobs held for each worker that fetches: more of them wait for one another at a start. */
const HANDS_PER_FETCHER = 48;
const FETCHERS_MOST = 16;

type Process = (job: {
  readonly id?: string | undefined;
  readonly data: JobData | Job['data'];
}) => Promise<string | undefined>;

/**
 * Workers a process needs to hold so many jobs: with one alone, three processes at 1,000 messages
 * a second on two cores came to their rate after three seconds, since a round trip took 5 to 10 ms there.
 */
export function fetchersFor(concurrency: number): number {
  return Math.max(1, Math.min(FETCHERS_MOST, Math.ceil(concurrency / HANDS_PER_FETCHER)));
}

/**
 * Runs a worker that begins with a part of its concurrency and may have one more with each job that it
 * begins: at 1,000 messages a second three starting processes sent nothing for 1.5 s without.
 */
export function growingWorker(
  open: (process: Process, concurrency: number) => Worker<JobData>,
  handle: (job: QueueJob) => Promise<JobEnd> | Promise<void>,
  concurrency: number,
): QueueWorker {
  let wanted = concurrency;
  let running = 0;
  const begin = () => {
    running += 1;
    if (worker.concurrency < wanted) worker.concurrency += 1;
  };
  const finish = () => {
    running -= 1;
    if (running === 0) worker.concurrency = firstConcurrency(wanted);
  };
  const worker = open(async (job) => {
    begin();
    const end = await handle(readJob(job)).finally(finish);
    if (end === undefined) return;
    // A failed job stays in sight of the dashboard; running it again there claims nothing.
    if (end.failure !== undefined) throw new UnrecoverableError(end.failure);
    return end.state;
  }, firstConcurrency(wanted));
  return {
    setConcurrency: (n) => {
      wanted = n;
      if (worker.concurrency > n) worker.concurrency = n;
    },
    close: () => worker.close(),
  };
}

function firstConcurrency(wanted: number): number {
  return Math.min(wanted, FIRST_MOST, Math.max(FIRST_LEAST, Math.ceil(wanted / 3)));
}

// A job put in by hand may hold anything; the ledger decides what it is worth.
function readJob(job: {
  readonly id?: string | undefined;
  readonly data: JobData | Job['data'];
}): QueueJob {
  const request = String(job.data?.request ?? '');
  const feed = Number(job.data?.feed);
  return {
    request: /^\d{1,18}$/.test(request) ? request : '0',
    feed: Number.isInteger(feed) && Math.abs(feed) < 2 ** 31 ? feed : -1,
    lane: job.data?.lane === 0 ? 0 : 1,
  };
}
