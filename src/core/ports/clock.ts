/** Time and chance as the sending side sees them: handed in, so that a test can drive them. */

/** Two clocks, timers and chance. */
export interface Clock {
  /** Monotonic, ms from any start: what intervals are measured by. It may stand still while a machine is suspended. */
  now(): number;
  /** The wall clock, ms since the epoch: goes on while a machine is suspended, and may be set. */
  wall(): number;
  /**
   * Calls `run` once after `ms`.
   * @param options.idle the process may end before
   * @returns takes it back
   */
  after(ms: number, run: () => void, options?: { readonly idle?: boolean }): () => void;
  /**
   * Resolves after `ms`.
   * @param options.idle the process may end before
   */
  sleep(ms: number, options?: { readonly idle?: boolean }): Promise<void>;
  /** From 0 to below 1, for jitter. */
  random(): number;
}
