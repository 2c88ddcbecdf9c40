/**
 * The arithmetic of pacing. Send times are given out by the ledger, one step after the other
 * (`claim.sql`); here is what a process does with them.
 */

/**
 * A step is 2 % longer than 1/rate: N sends spaced so can be late by up to 2 % of a second each
 * and still no sliding second holds more than the rate (invariant 4). The rate held is 0.98.
 */
export const STEP_FACTOR = 1.02;

/** A send time missed by more than this is forfeited: the 2 % of a second, less 6 ms for clocks and the way. */
export const LATE_MS = 14;

/**
 * Send times are given out this far ahead, over all processes together: so long a pause takes at the
 * most, so many claims a crash leaves.
 */
export const HORIZON_MS = 200;
/**
 * The same while claims are slow. Where others took both processors (load 12 to 17) a claim took 0.4 to 1 s: with 0.4 s
 * ahead nearly every send time had passed before its answer came, and 0.04 of the rate was held.
 */
export const HORIZON_MOST_MS = 1_200;

/**
 * How far ahead to claim, ms.
 * @param slowestMs the slowest claim of late, from asking to its answer
 */
export function horizonFor(slowestMs: number): number {
  return Math.min(HORIZON_MOST_MS, Math.max(HORIZON_MS, 100 + 2 * slowestMs));
}

/** A slow claim is remembered for some ten seconds: half of it is left after 70 claims, ten a second. */
export function slowestOf(slowestMs: number, tookMs: number): number {
  return Math.max(tookMs, slowestMs * 0.99);
}

/** Offsets between this process's monotonic clock and the database's, as bounds that narrow. */
export interface ClockBounds {
  readonly low: number;
  readonly high: number;
  /** When the bounds were last narrowed, monotonic ms. */
  readonly at: number;
}

// Two quartz clocks drift by up to some 100 ppm; the bounds widen by so much.
const DRIFT = 1e-4;

/**
 * Narrows the bounds by one exchange: the database read its clock between `sent` and `received`.
 * Bounds that no longer meet mean that a clock was set; then the exchange alone counts.
 * @param sent monotonic ms before the statement
 * @param received monotonic ms after it
 * @param databaseNow the database's clock, ms since the epoch
 */
export function narrow(
  bounds: ClockBounds | undefined,
  sent: number,
  received: number,
  databaseNow: number,
): ClockBounds {
  const low = databaseNow - received;
  const high = databaseNow - sent;
  if (bounds === undefined) return { low, high, at: received };
  const slack = Math.max(0, received - bounds.at) * DRIFT;
  const narrowed = {
    low: Math.max(low, bounds.low - slack),
    high: Math.min(high, bounds.high + slack),
    at: received,
  };
  return narrowed.low <= narrowed.high ? narrowed : { low, high, at: received };
}

/** A time by the database's clock on this process's monotonic clock. */
export function toLocal(bounds: ClockBounds, databaseMs: number): number {
  return databaseMs - (bounds.low + bounds.high) / 2;
}

/** The first and the last moment, on this process's monotonic clock, at which it may be that time by the database's. */
export function localRange(
  bounds: ClockBounds,
  databaseMs: number,
): { readonly first: number; readonly last: number } {
  return { first: databaseMs - bounds.high, last: databaseMs - bounds.low };
}

/**
 * From this many messages a second for each process on, processes have a share of the rate to themselves,
 * in whole messages: each knows all sends of its share in the last second and keeps to it by counting them,
 * so that a stall costs no send time. Slower ones take turns, which is smoother. A sender's only process
 * always has it all.
 */
export const SHARE_LEAST = 6;

/**
 * The step of a share: counting bounds it, so that the margin is for the way to the server alone.
 * 0.985 of the rate is held.
 */
export const SHARE_STEP_FACTOR = 1.008;

/**
 * How late a process may be that has a share to itself, ms. Disks stall for 0.2 to 0.6 s now and then
 * (measured where this was written): what a stall held up goes out afterwards, within the counted
 * second. Half as fast again, a third of a second can be made up for; what stood still for longer is forfeited.
 */
export const LATE_COUNTED_MS = 350;

/**
 * How far back a claim that was answered late may reach for send times of its share, ms. Less than they
 * may be late, or its answer would find them missed.
 */
export const CATCH_UP_MS = 250;

/**
 * Send times are claimed so much earlier than the last second has room for them, ms: held claims that wait
 * goes out while the ledger stalls. More of it, and a process once late stays as late for good, with no
 * time left for the next stall (350 ms late for a whole run, 0.976 of the rate held instead of 0.984).
 */
export const IN_LINE_MS = 100;

/**
 * After so long (ms) a send time is surely forfeited, with 50 ms for the clocks: a process that has not
 * claimed again so long after the last of its own leaves its share to the others.
 */
export const ABSENT_MS = LATE_COUNTED_MS + 50;

/** Whether a send time is gone: it is forfeited, not fired late. */
export function isMissed(nowMs: number, slotMs: number, counts: boolean): boolean {
  return nowMs - slotMs > (counts ? LATE_COUNTED_MS : LATE_MS);
}

/** A claim costs the ledger some 3 ms however small: one that comes at once for a few rows only slows it. */
const GATHER_MS = 40;

/**
 * When to claim again: once 100 ms of the horizon are free, so that the next answer is here before the
 * held send times run out.
 * @param nextSlotMs the first send time not given out, local ms
 */
export function nextClaimAt(nextSlotMs: number, nowMs: number, horizonMs = HORIZON_MS): number {
  return Math.max(nowMs + GATHER_MS, nextSlotMs - (horizonMs - 100));
}

/** Rows held for their own sake, in ms of the rate: waiting for a send time, and for their record. */
const HELD_MS = 1_500;

/**
 * Rows held at once by Little's law: rate times the time each is held, with half as much again
 * for latency's tail. A second and a half for what is not Meta's, so that a disk that stalls leaves
 * work for the send times after it.
 * @param rate messages a second, of this process
 * @param latencyMs how long Meta takes to answer, smoothed
 */
export function concurrencyFor(rate: number, latencyMs: number): number {
  const heldMs = HELD_MS + 1.5 * latencyMs;
  return Math.max(2, Math.min(4_000, Math.ceil((rate * heldMs) / 1_000)));
}

/** Connections to Meta: one a row in hand, and some more at a low rate, where a few answers may be slow. */
export function connectionsFor(rate: number, latencyMs: number): number {
  return Math.max(10, concurrencyFor(rate, latencyMs));
}
