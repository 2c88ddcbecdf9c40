/**
 * Two clocks, because two kinds of rule read time: calendars (pair windows, reviews, permissions)
 * may be moved forward by a test; the rate and the run (`atMs`, `fromMs`) may not, or a test that
 * advances a day would wipe out its own faults and get a free second of sending.
 */
export interface SimClock {
  /** Milliseconds since the epoch, including what was advanced. */
  now(): number;
  /** Milliseconds since the simulator started; never advanced. */
  elapsedMs(): number;
  /** Moves the calendar forward by `ms`. */
  advance(ms: number): void;
}

/** A clock that starts now. */
export function createClock(): SimClock {
  const startedAt = performance.now();
  let advancedMs = 0;
  return {
    now: () => Date.now() + advancedMs,
    elapsedMs: () => performance.now() - startedAt,
    advance: (ms) => {
      advancedMs += ms;
    },
  };
}

/** Milliseconds in a day and in a week: the two windows of Meta's pair limit. */
export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
