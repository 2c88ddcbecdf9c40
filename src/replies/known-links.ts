/**
 * Names that this process has told the ledger to be one person's, the latest of them: each of a message's three statuses has
 * them again, and to look for them costs as much as a third of the status. Forgotten whenever somebody changes names, whenever
 * a person was forgotten, whom what is told next makes known again, and every minute.
 */
import type { Clock, LinkedNames } from '../core/ports/index.ts';

/** Some of what is known. */
export interface KnownLinks {
  /** Told before, and not as of a later time: the first time counts. */
  has(link: LinkedNames): boolean;
  add(links: readonly LinkedNames[]): void;
  /** Drops all where people were forgotten since: as many as that have been so far. */
  asOf(forgotten: string): void;
  clear(): void;
}

/** Pairs of names that are kept at most: some 10 MB. */
const MOST = 50_000;
const KEPT_MS = 60_000;

/** None yet. */
export function knownLinks(clock: Pick<Clock, 'now'>): KnownLinks {
  const known = new Map<string, number>();
  let since = clock.now();
  let asOf: string | undefined;
  return {
    has(link) {
      if (clock.now() - since >= KEPT_MS) {
        known.clear();
        since = clock.now();
      }
      return (known.get(keyOf(link)) ?? Number.POSITIVE_INFINITY) <= link.at.getTime();
    },
    add(links) {
      for (const link of links) {
        if (known.size >= MOST)
          for (const oldest of known.keys()) {
            known.delete(oldest);
            break;
          }
        known.set(keyOf(link), link.at.getTime());
      }
    },
    asOf(forgotten) {
      if (asOf !== forgotten) known.clear();
      asOf = forgotten;
    },
    clear: () => known.clear(),
  };
}

function keyOf({ a, b }: LinkedNames): string {
  return `${a} ${b}`;
}
