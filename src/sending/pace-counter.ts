/**
 * How well send times are kept, counted per process: told in the log at debug level, since it tells a
 * slow database (long claims) from a busy processor (missed send times). The bench reads it too.
 */

/** What was counted since the last look. */
export interface PaceCounts {
  /** POSTs whose first byte was written. */
  readonly posts: number;
  /** Send times missed: their claims waited for another. */
  readonly missed: number;
  readonly claims: number;
  /** The longest claim, from asking to its answer. */
  readonly claimMostMs: number;
}

/** Counts. */
export interface PaceCounter {
  posted(): void;
  missed(): void;
  claimed(tookMs: number): void;
  /** What was counted since the last call. */
  take(): PaceCounts;
}

/** Makes a counter that stands at zero. */
export function paceCounter(): PaceCounter {
  let posts = 0;
  let missed = 0;
  let claims = 0;
  let claimMostMs = 0;
  return {
    posted() {
      posts += 1;
    },
    missed() {
      missed += 1;
    },
    claimed(tookMs) {
      claims += 1;
      claimMostMs = Math.max(claimMostMs, Math.round(tookMs));
    },
    take() {
      const counts = { posts, missed, claims, claimMostMs };
      posts = 0;
      missed = 0;
      claims = 0;
      claimMostMs = 0;
      return counts;
    },
  };
}
