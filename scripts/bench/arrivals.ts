/** What a list of arrival times says about a pacer. Pure, so that the judge itself can be tested. */

/** Arrivals at the server, judged against what was allowed. */
export interface Judged {
  /** Rate held over the window / allowed. */
  readonly held: number;
  /** Most arrivals in any sliding second of the whole run, its start included / allowed. */
  readonly worstSecond: number;
  /** Most arrivals in any sliding 100 ms of the whole run / a tenth of what a second allows. */
  readonly worstTenth: number;
  /** Arrivals in the window. */
  readonly counted: number;
  /** The window, ms. */
  readonly windowMs: number;
}

/**
 * Judges a run.
 * @param arrivals ms, on any one clock, in order
 * @param p.rate allowed, messages a second
 * @param p.warmUpMs left out of the rate held, counted from the first arrival
 * @param p.windowMs over which the rate held is counted, after the warm-up
 */
export function judge(
  arrivals: ArrayLike<number>,
  p: { readonly rate: number; readonly warmUpMs: number; readonly windowMs: number },
): Judged {
  const from = (arrivals[0] ?? 0) + p.warmUpMs;
  const counted = countWithin(arrivals, from, from + p.windowMs);
  return {
    held: counted / ((p.rate * p.windowMs) / 1_000),
    worstSecond: mostWithin(arrivals, 1_000) / p.rate,
    worstTenth: mostWithin(arrivals, 100) / (p.rate / 10),
    counted,
    windowMs: p.windowMs,
  };
}

/** How many arrivals lie from `from` on and before `to`, on their clock. */
export function countWithin(arrivals: ArrayLike<number>, from: number, to: number): number {
  let counted = 0;
  for (let i = 0; i < arrivals.length; i += 1) {
    const at = arrivals[i] ?? 0;
    if (at >= from && at < to) counted += 1;
  }
  return counted;
}

/**
 * The most arrivals in any window of `ms`, open at its end: N arrivals spaced exactly ms/N apart
 * are N, not N + 1.
 */
export function mostWithin(arrivals: ArrayLike<number>, ms: number): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < arrivals.length; last += 1) {
    while ((arrivals[last] ?? 0) - (arrivals[first] ?? 0) >= ms) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
