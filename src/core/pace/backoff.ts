/**
 * How long to wait after a refusal. Full jitter (each pause drawn again from the whole range), so
 * that a thousand requests refused in the same second do not come back in the same second.
 */

/** Counted attempts of one request before `retry` and `delay-day` give up. */
export const MAX_ATTEMPTS = 5;

/** Counted attempts before `delay-pair` gives up: 4^0 + ... + 4^6 s between them, 1.5 h in all. */
export const MAX_PAIR_DELAYS = 8;

/** The shortest pause, and the range of the first one (1-5 s), in ms. */
export const RETRY_FLOOR_MS = 1_000;
/** Upper end of the first pause, in ms; doubles with each attempt. */
const RETRY_FIRST_MS = 5_000;
/** No drawn pause is longer, in ms: Meta's own maintenance windows are up to 5 min (docs/meta.md, "Answers and errors"). */
export const RETRY_CAP_MS = 300_000;

/** `delay-day`, in ms: Meta asks not to try again within 24 h after 131049 (docs/meta.md, "Answers and errors"). */
export const DAY_MS = 86_400_000;

/**
 * The pause before the next try, in ms. `failures`: how often it was refused so far, from 1;
 * `random`: from 0 to below 1; `retryAfterMs`: what the server asked for, kept up to 24 h.
 */
export function retryDelayMs(p: {
  readonly failures: number;
  readonly random: () => number;
  readonly retryAfterMs?: number;
}): number {
  const exponent = Math.min(30, Math.max(0, p.failures - 1));
  const ceiling = Math.min(RETRY_CAP_MS, RETRY_FIRST_MS * 2 ** exponent);
  const drawn = RETRY_FLOOR_MS + p.random() * (ceiling - RETRY_FLOOR_MS);
  return Math.round(Math.max(drawn, Math.min(p.retryAfterMs ?? 0, DAY_MS)));
}

/**
 * The pause of one pair after error 131056, in ms: 4^n s, n = 0 for the first refusal. No jitter:
 * it concerns one person.
 */
export function pairDelayMs(p: {
  readonly refusals: number;
  readonly retryAfterMs?: number;
}): number {
  const exponent = Math.min(MAX_PAIR_DELAYS - 1, Math.max(0, p.refusals - 1));
  return Math.max(4 ** exponent * 1_000, Math.min(p.retryAfterMs ?? 0, DAY_MS));
}
