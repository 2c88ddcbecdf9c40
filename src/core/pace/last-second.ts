/**
 * How a process keeps to its share of a rate by counting, and makes up for what a stall held up. Pure: the
 * clock is the caller's, so that it is tested as a table.
 */

/**
 * "The last second" is 12 ms longer than one: who catches up sends a full second's worth exactly one
 * second after the last, and some milliseconds of jitter on the way would make it too many where the
 * server counts (1.05 of 20/s with a margin of 1 ms on a busy machine). Sends are counted as they are
 * written, so that all of it is for the way.
 */
const COUNTED_MS = 1_012;

/** Who catches up sends half as fast again as the rate, not all at once. */
const CATCH_UP_SPEED = 1.5;
/** So much may still go at once, in ms of that speed: timers are no finer on a busy machine. */
const AT_ONCE_MS = 20;

/** A rate that was changed at a time (monotonic ms). */
export interface ChangedRate {
  readonly before: number;
  readonly now: number;
  readonly atMs: number;
}

/**
 * What the last second may hold: a rate that was changed counts in full once that second is over, and in
 * proportion until then. All processes whose shares change together keep within the rate so, also while
 * one of them catches up; and who has to give away a part of its share need not stand still for it.
 */
export function countedRate(rate: ChangedRate, nowMs: number): number {
  const over = (nowMs - rate.atMs) / COUNTED_MS;
  if (over <= 0) return rate.before;
  return over >= 1 ? rate.now : rate.before + (rate.now - rate.before) * over;
}

/** A rate that is to fall at a time (monotonic ms). */
export type Fall = Omit<ChangedRate, 'before'>;

/** The rate once it has fallen. */
export function fallen(rate: ChangedRate, fall: Fall): ChangedRate {
  return { ...fall, before: countedRate(rate, fall.atMs) };
}

/** What the last second may hold at times to come. */
export function countedLater(rate: ChangedRate, fall: Fall | undefined): (atMs: number) => number {
  if (fall === undefined) return (atMs) => countedRate(rate, atMs);
  const then = fallen(rate, fall);
  return (atMs) => countedRate(atMs < fall.atMs ? rate : then, atMs);
}

/** The sends of the last second, by a monotonic clock in ms. */
export interface LastSecond {
  /** Counts a send at a rate (messages a second). */
  add(nowMs: number, rate: number): void;
  /** Takes back a send that was counted at that time and rate and did not happen. */
  drop(atMs: number, rate: number): void;
  /**
   * When one more send keeps a sliding second within `rate`, and is no burst: now, or when the oldest
   * ones leave the second.
   */
  freeAt(nowMs: number, rate: number): number;
  /**
   * When one more send keeps all seconds to come within a rate that falls: what is sent now is still in the last second
   * when that may hold less, and so are those before it. Who stood still for a moment has none that leave it meanwhile.
   */
  freeWhileFalling(nowMs: number, rateAt: (atMs: number) => number): number;
  /**
   * When the last second has room for one more send after `before` others: in the past, as far as it has
   * been free; not known beyond the sends there were.
   */
  roomAt(nowMs: number, rate: number, before: number): number;
}

/** Makes an empty {@link LastSecond}; it holds little more than one second of sends. */
export function lastSecond(): LastSecond {
  let sends: number[] = [];
  // When the next send would be due at full catching-up speed.
  let due = Number.NEGATIVE_INFINITY;
  const gap = (rate: number) => 1_000 / (CATCH_UP_SPEED * Math.max(1, rate));
  const most = (rate: number) => Math.max(1, Math.floor(rate));
  return {
    add(nowMs, rate) {
      sends.push(nowMs);
      due = Math.max(due, nowMs) + gap(rate);
      // In one go now and then, not one by one.
      if (sends.length > 4_096) sends = sends.filter((at) => at > nowMs - COUNTED_MS);
    },
    drop(atMs, rate) {
      const i = sends.lastIndexOf(atMs);
      if (i < 0) return;
      sends.splice(i, 1);
      due -= gap(rate);
    },
    freeAt(nowMs, rate) {
      const oldest = sends[sends.length - most(rate)] ?? Number.NEGATIVE_INFINITY;
      return Math.max(nowMs, oldest + COUNTED_MS, due - AT_ONCE_MS);
    },
    freeWhileFalling(nowMs, rateAt) {
      for (let i = sends.length - 1; i >= 0; i -= 1) {
        const leavesAt = (sends[i] as number) + COUNTED_MS;
        if (leavesAt <= nowMs) break;
        // Those from it on, and the one more.
        if (sends.length - i + 1 > rateAt(leavesAt)) return leavesAt;
      }
      return nowMs;
    },
    roomAt(nowMs, rate, before) {
      const at = sends.length - most(rate) + before;
      if (at >= sends.length) return nowMs + COUNTED_MS;
      return (sends[at] ?? Number.NEGATIVE_INFINITY) + COUNTED_MS;
    },
  };
}
