/** A figure that is read again only once it is old: whoever scrapes, and however often, the database is asked seldom. */

/** Of what reading took, so much is waited before the next time: it costs a twentieth of one connection at most. */
const RESTS = 20;

/** A figure and how old it is. */
export interface Remembered<T> {
  readonly value: T;
  readonly ageMs: number;
}

/**
 * Makes the look at a figure. Looks that come while it is read share the reading; one that fails is tried again by the
 * next look.
 * @param freshMs how old it may be
 */
export function remembered<T>(
  freshMs: number,
  read: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<Remembered<T>> {
  let last: { readonly value: T; readonly at: number; readonly tookMs: number } | undefined;
  let reading: Promise<T> | undefined;

  async function again(): Promise<T> {
    const began = now();
    const value = await read();
    const at = now();
    last = { value, at, tookMs: at - began };
    return value;
  }

  return async () => {
    if (last !== undefined && now() - last.at < Math.max(freshMs, last.tookMs * RESTS))
      return { value: last.value, ageMs: now() - last.at };
    reading ??= again().finally(() => {
      reading = undefined;
    });
    return { value: await reading, ageMs: 0 };
  };
}
