/** The port to the intake queue: jobs that other services add, one person each. */

/** A job as it came: nothing of it is to be trusted. */
export interface IntakeJob {
  /** Given by who added it, or a number that BullMQ gave. */
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  /** When it was added, in ms since 1970; of the adder's clock. */
  readonly addedAt: number;
  /** How often it was begun; 1 is the first time. */
  readonly starts: number;
}

/** What becomes of a job: its answer, the reason why it fails for good, or when it is tried again. */
export type IntakeEnd =
  | { readonly kind: 'done'; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later'; readonly waitMs: number; readonly reason: string };

/** The intake queue. */
export interface IntakeQueuePort {
  /** Takes jobs, so many at once at most; `handle` may see a job twice, and again after it has answered. */
  work(handle: (job: IntakeJob) => Promise<IntakeEnd>, atOnce: number): IntakeWorker;
  /**
   * Removes the jobs of which `isTheirs` is true, but for those that are being worked on. Gives how many. Throws
   * `InfrastructureError` where the queue does not answer.
   */
  remove(isTheirs: (data: unknown) => boolean): Promise<number>;
}

/** Who takes jobs. */
export interface IntakeWorker {
  /** Takes no more, and lets those in hand end. */
  close(): Promise<void>;
}
