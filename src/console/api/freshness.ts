/**
 * After an action of theirs a person sees what came of it: a look at a whole list that the service shares between those who
 * watch may be from before. So the first read of each path after an action asks for a look of its own. So it is after
 * a reload, by which people ask for just that.
 */
/** What is shared rests 10 s at most, and takes as long as that to be found on a large ledger. */
const WITHIN_MS = 60_000;

/** Whether a read has to be fresh. */
export interface Freshness {
  /** Something was changed, or is about to be. */
  readonly acted: () => void;
  /** Whether this one has to be; it counts as read from then on. */
  readonly needs: (path: string) => boolean;
}

/** Knows it. @param now in ms @param isReload whether the page was loaded again by the reader */
export function freshness(now: () => number, isReload: boolean): Freshness {
  let until = isReload ? now() + WITHIN_MS : Number.NEGATIVE_INFINITY;
  const read = new Set<string>();
  return {
    acted: () => {
      until = now() + WITHIN_MS;
      read.clear();
    },
    needs: (path) => {
      if (now() > until || read.has(path)) return false;
      read.add(path);
      return true;
    },
  };
}
