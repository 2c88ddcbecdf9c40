/** The port to the queue. */
import type { QueueJob } from './sending.ts';

/** BullMQ: a small window of the work that is due now. It can be lost and rebuilt. */
export interface QueuePort {
  /** Puts jobs in; a job that is there already is not doubled. Throws `InfrastructureError`. */
  add(senderId: string, jobs: readonly QueueJob[]): Promise<void>;
  /** Jobs waiting to be taken; those that processes hold, dead ones among them, do not count. */
  size(senderId: string): Promise<number>;
  /** Those of `jobs` that the queue does not hold (waiting or active). */
  missing(senderId: string, jobs: readonly QueueJob[]): Promise<readonly QueueJob[]>;
  /** Takes jobs, `concurrency` at a time; a job completes when `handle` resolves. */
  work(
    senderId: string,
    handle: (job: QueueJob) => Promise<JobEnd> | Promise<void>,
    concurrency: number,
  ): QueueWorker;
  /** Whether somebody paused a sender's queue past us, in the dashboard; nothing is taken from it then. */
  isPaused(senderId: string): Promise<boolean>;
  /** Undoes that; changes nothing where it is not paused. */
  resume(senderId: string): Promise<void>;
  /** Resolves when the queue answers, rejects within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How a job ended, for those who look at the queue; the ledger has the truth. */
export interface JobEnd {
  readonly state: string;
  /** Shown as a failed job with this text: an outcome a person should look at. */
  readonly failure?: string;
}

/** A running consumer of one sender's queue. */
export interface QueueWorker {
  setConcurrency(n: number): void;
  /** Takes no more; resolves when the jobs it holds have resolved. */
  close(): Promise<void>;
}
