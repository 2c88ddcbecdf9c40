/** One clock for the processes of a bench: `performance.now()` has another zero in each of them. */

/** The machine's monotonic clock (CLOCK_MONOTONIC), ms. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
