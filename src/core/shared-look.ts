/** One look for all who ask at once, and for those who ask soon after. */

/** What was found, and when. */
export interface Look<T> {
  readonly found: T;
  readonly at: Date;
}

/**
 * Shares a look: who asks while one is under way, or soon after its end, gets what it finds.
 * @param keepMs how long that holds, by what was found, in ms
 * @param look what it throws is not kept
 * @param now in ms, of a clock that only goes forward
 * @returns asks; with `isFresh` for a look that begins now, which those who ask later share
 */
export function shared<T>(
  keepMs: (found: T) => number,
  look: () => Promise<T>,
  now: () => number = () => performance.now(),
): (p?: { readonly isFresh?: boolean }) => Promise<Look<T>> {
  let last: { readonly look: Promise<Look<T>>; until: number } | undefined;
  return ({ isFresh = false } = {}) => {
    if (!isFresh && last !== undefined && now() < last.until) return last.look;
    const mine = {
      look: look().then((found) => {
        mine.until = now() + keepMs(found);
        return { found, at: new Date() };
      }),
      until: Number.POSITIVE_INFINITY,
    };
    last = mine;
    mine.look.catch(() => {
      mine.until = 0;
    });
    return mine.look;
  };
}
