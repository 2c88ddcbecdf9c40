/** Which cases are measured: the whole table, and the part of it that fits into five minutes. */

/** One of ours. */
export interface PaceCase {
  readonly by: 'callpermit';
  readonly queue: 'redis' | 'postgres';
  /** `MESSAGES_PER_SECOND`. */
  readonly rate: number;
  readonly processes: number;
  /** Of the server, ms. */
  readonly latencyMs: number;
  /** Befalls it a third into the window. */
  readonly fault?: 'FLUSHALL' | 'SIGSTOP';
}

/** BullMQ's own limiter, for comparison. */
export interface LimiterCase {
  readonly by: 'bullmq';
  readonly queue: 'redis';
  readonly rate: number;
  readonly processes: number;
  readonly latencyMs: number;
  /** `limiter.duration`, ms; `limiter.max` is what the rate makes of it. */
  readonly limiterMs: number;
}

/** One line of the table. */
export type BenchCase = PaceCase | LimiterCase;

/** How long each case is measured. */
export interface Times {
  /** From the first arrival, left out of the rate held: connections open, code gets warm. */
  readonly warmUpMs: number;
  readonly windowMs: number;
  /**
   * For cases that something befalls: a frozen process takes its share of a second or so with it, which
   * a minute has room for and a few seconds have not.
   */
  readonly faultWindowMs: number;
  /** The same for BullMQ's limiter, which shows in its first second what it is. */
  readonly limiterWindowMs: number;
}

/** What is run, and how long. */
export interface Plan extends Times {
  readonly cases: readonly BenchCase[];
}

/** How long one of the senders is frozen. */
export const FROZEN_MS = 5_000;

const RATES = { redis: [20, 80, 250, 1_000], postgres: [20, 80, 250] } as const;

/** The whole table: within forty minutes. */
export function wholePlan(): Plan {
  const ours = (['redis', 'postgres'] as const).flatMap((queue) =>
    RATES[queue].flatMap((rate) =>
      [1, 3].flatMap((processes) =>
        [50, 1_000].map((latencyMs): PaceCase => pace(queue, rate, processes, latencyMs)),
      ),
    ),
  );
  return {
    warmUpMs: 5_000,
    windowMs: 60_000,
    faultWindowMs: 60_000,
    limiterWindowMs: 20_000,
    cases: [
      ...ours,
      { ...pace('redis', 80, 3, 50), fault: 'FLUSHALL' },
      { ...pace('redis', 1_000, 3, 50), fault: 'FLUSHALL' },
      { ...pace('redis', 80, 3, 50), fault: 'SIGSTOP' },
      ...limiters(80),
      ...limiters(1_000),
    ],
  };
}

/** The part of it that fits into five minutes. */
export function quickPlan(): Plan {
  return {
    warmUpMs: 5_000,
    windowMs: 12_000,
    faultWindowMs: 30_000,
    limiterWindowMs: 8_000,
    cases: [
      pace('redis', 80, 1, 50),
      pace('redis', 80, 3, 50),
      pace('redis', 1_000, 1, 50),
      pace('redis', 1_000, 3, 50),
      pace('redis', 1_000, 3, 1_000),
      pace('postgres', 80, 3, 50),
      { ...pace('redis', 80, 3, 50), fault: 'FLUSHALL' },
      { ...pace('redis', 80, 3, 50), fault: 'SIGSTOP' },
      ...limiters(80),
    ],
  };
}

function pace(
  queue: 'redis' | 'postgres',
  rate: number,
  processes: number,
  latencyMs: number,
): PaceCase {
  return { by: 'callpermit', queue, rate, processes, latencyMs };
}

/** The tutorial's limiter, and the best windows it has (measured: 50 ms). */
function limiters(rate: number): readonly LimiterCase[] {
  return [1_000, 50].map((limiterMs) => ({
    by: 'bullmq',
    queue: 'redis',
    rate,
    processes: 1,
    latencyMs: 50,
    limiterMs,
  }));
}
