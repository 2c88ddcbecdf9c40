/**
 * How long a campaign that is watched still takes: by what was settled a second, and before that is known by what
 * its senders may do. Pure: it is given its times.
 */

/** What a rate is measured from: less of it is a number that jumps. */
const ENOUGH = { ms: 2_000, settled: 10 } as const;

/** Part of the newest look in the rate: the last 2 s count for most of it, at two looks a second. */
const WEIGHT = 0.2;

/** Where nobody has an outcome for so long, nobody can tell when the next one has: an answer may take Meta 30 s. */
const STILL_MS = 35_000;

/** What is seen in one look. */
export interface Look {
  readonly atMs: number;
  /** People without an outcome. */
  readonly open: number;
  /** Those of them who are not waited for. */
  readonly later: number;
}

/** What follows from all looks so far. */
export interface TimeLeft {
  /** Requests settled a second, smoothed; `null` until it is measured. */
  readonly rate: number | null;
  /** `null` while nobody can tell. */
  readonly secondsLeft: number | null;
  /** Whether it follows from the measured rate; else from what is allowed. */
  readonly isMeasured: boolean;
}

/**
 * Gives what to call with each look.
 * @param expectedSeconds what all people of the first look would take; left out where nobody knows
 */
export function timeLeftBy(expectedSeconds?: number): (look: Look) => TimeLeft {
  let first: Look | undefined;
  let before: Look | undefined;
  /** From the first outcome on: what comes before it is the start, not the rate. */
  let from: Look | undefined;
  let movedAtMs = 0;
  let rate: number | undefined;
  let n = 0;

  return (look) => {
    first ??= look;
    const settled = before === undefined ? 0 : Math.max(0, before.open - look.open);
    if (before === undefined || settled > 0) movedAtMs = look.atMs;
    if (from !== undefined && before !== undefined && look.atMs > before.atMs) {
      const seen = (settled * 1_000) / (look.atMs - before.atMs);
      n += 1;
      // At first each look counts the same: the first one is no better than those after it.
      rate = rate === undefined ? seen : rate + (seen - rate) * Math.max(WEIGHT, 1 / n);
    }
    if (settled > 0) from ??= look;
    before = look;

    const isMeasured =
      from !== undefined &&
      look.atMs - from.atMs >= ENOUGH.ms &&
      from.open - look.open >= ENOUGH.settled;
    const known = isMeasured ? (rate ?? null) : null;
    const due = dueOf(look);
    if (due === 0) return { rate: known, secondsLeft: 0, isMeasured };
    if (look.atMs - movedAtMs >= STILL_MS) return { rate: known, secondsLeft: null, isMeasured };
    if (known !== null)
      return { rate: known, secondsLeft: known > 0 ? Math.ceil(due / known) : null, isMeasured };
    const all = dueOf(first);
    const secondsLeft =
      expectedSeconds === undefined || all === 0 ? null : (expectedSeconds * due) / all;
    return { rate: known, secondsLeft, isMeasured };
  };
}

function dueOf({ open, later }: Look): number {
  return Math.max(0, open - later);
}
