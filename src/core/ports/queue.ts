/** The port to the queue. */
import type { FedBatch } from './sending.ts';

/** BullMQ: a small window of the work that is due now. It can be lost and rebuilt. */
export interface QueuePort {
  /** Puts batches in, one job each; one that is there already is not doubled. Throws `InfrastructureError`. */
  add(senderId: string, batches: readonly FedBatch[]): Promise<void>;
  /** Batches of campaigns waiting to be taken; those that processes hold, dead ones among them, do not count. */
  size(senderId: string): Promise<number>;
  /** Those of `batches` that the queue does not hold (waiting or active). */
  missing(senderId: string, batches: readonly number[]): Promise<readonly number[]>;
  /** Takes jobs while there is room; a job completes when `handle` resolves. */
  work(senderId: string, taker: BatchTaker): QueueWorker;
  /** Whether somebody paused a sender's queue past us, in the dashboard; nothing is taken from it then. */
  isPaused(senderId: string): Promise<boolean>;
  /** Undoes that; changes nothing where it is not paused. */
  resume(senderId: string): Promise<void>;
  /** Resolves when the queue answers, rejects within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Who works on batches. */
export interface BatchTaker {
  handle(job: BatchJob): Promise<JobEnd>;
  /** Whether it takes one more batch of a campaign now, or one more single request. */
  hasRoom(single: boolean): boolean;
}

/** A batch as it came from the queue: what its data says is not to be trusted. */
export interface BatchJob {
  /** 0 where the job does not name one. */
  readonly batch: number;
  /** From 1 to 250, whatever the job says. */
  readonly size: number;
  readonly single: boolean;
  /**
   * Says how far it is, for people who look at the queue; neither awaited nor proof of anything.
   * @param percent from 0 to 100
   * @param lines of those who were not accepted, since the last time
   */
  tell(percent: number, lines: readonly string[]): void;
}

/** How a batch ended, for those who look at the queue: how many came to which state. The ledger has the truth. */
export type JobEnd = Readonly<Record<string, number>>;

/** A running consumer of one sender's queue. */
export interface QueueWorker {
  /** There may be more room than before. */
  look(): void;
  /** Takes no more; resolves when the jobs it holds have resolved. */
  close(): Promise<void>;
}
