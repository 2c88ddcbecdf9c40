/** A job of ours, and what BullMQ makes of it. */
import type { Job } from 'bullmq';

/** A job's data: numbers only, no people (invariant 8). */
export interface JobData {
  readonly batch: number;
  /** Rows in it. */
  readonly size: number;
}

/** A job of BullMQ's, as far as it is used here. */
export type TakenJob = Pick<Job<JobData>, 'data' | 'updateProgress' | 'log'>;
