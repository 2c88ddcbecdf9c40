/**
 * When whom each number asked: the pair limit and what `call_permissions` shows of it.
 * Kept by `wa_id`, so two spellings of one person are one pair.
 */
import { DAY_MS, WEEK_MS } from './clock.ts';

/** An allowance of requests to one person. */
export interface PairLimit {
  readonly perDay: number;
  readonly perWeek: number;
}

/** Use of one window of the allowance. */
export interface PairUsage {
  readonly used: number;
  readonly allowed: number;
  /** When the first of those counted leaves the window, if the window is full. */
  readonly freesAt?: number;
}

/** Both windows of a pair. */
export interface PairUsages {
  readonly day: PairUsage;
  readonly week: PairUsage;
}

/** The times of asking by pair. */
export class PairBook {
  readonly #asked = new Map<string, number[]>();

  /** Books one request at `at` (milliseconds since the epoch). */
  ask(phoneNumberId: string, waId: string, at: number): void {
    const key = `${phoneNumberId}|${waId}`;
    const times = this.#asked.get(key);
    if (times === undefined) this.#asked.set(key, [at]);
    else {
      times.push(at);
      times.sort((a, b) => a - b);
    }
  }

  /** Forgets the pair, or the person with every number: a connected call resets the count. */
  forget(waId: string, phoneNumberIds: Iterable<string>): void {
    for (const id of phoneNumberIds) this.#asked.delete(`${id}|${waId}`);
  }

  /** Use of both windows at `now` by requests up to `countedUntil` (a lagging count looks back). */
  usages(
    phoneNumberId: string,
    waId: string,
    limit: PairLimit,
    now: number,
    countedUntil = now,
  ): PairUsages {
    const all = this.#asked.get(`${phoneNumberId}|${waId}`) ?? [];
    const window = (spanMs: number, allowed: number): PairUsage => {
      const inside = all.filter((at) => at > now - spanMs && at <= countedUntil);
      const first = inside[Math.max(0, inside.length - allowed)];
      const full = inside.length >= allowed && first !== undefined;
      return { used: inside.length, allowed, ...(full ? { freesAt: first + spanMs } : {}) };
    };
    return { day: window(DAY_MS, limit.perDay), week: window(WEEK_MS, limit.perWeek) };
  }
}

/** Whether one more request fits both windows. */
export function mayAsk({ day, week }: PairUsages): boolean {
  return day.used < day.allowed && week.used < week.allowed;
}
