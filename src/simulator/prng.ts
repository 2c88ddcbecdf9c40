/**
 * Seeded randomness: a run that failed is run again from its printed seed. Mulberry32 has 32 bits
 * of state, far more than latencies and fault probabilities need, and costs nanoseconds.
 */
export type Random = () => number;

/** A stream of numbers in [0, 1) that is the same for the same `seed`. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A stream that hangs on `seed` and `text` only: the same person has the same fate however the
 * order of a run changes.
 */
export function randomOf(seed: number, text: string): Random {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return createRandom(hash);
}

/** The first number of that stream. */
export function shareOf(seed: number, text: string): number {
  return randomOf(seed, text)();
}
