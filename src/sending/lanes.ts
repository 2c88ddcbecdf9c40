/** Jobs in hand that are not claimed yet, in two lanes: single requests go before bulk. */
import type { JobEnd, QueueJob } from '../core/ports/index.ts';

/** A job in hand; `done` completes it in the queue. */
export interface InHand {
  readonly job: QueueJob;
  readonly done: (end: JobEnd) => void;
}

/** The two lanes. */
export interface Lanes {
  readonly size: number;
  push(inHand: InHand): void;
  /** The next `n`, without taking them out. */
  next(n: number): readonly InHand[];
  remove(inHand: InHand): void;
  /** Takes all out. */
  clear(): readonly InHand[];
}

/** Makes empty lanes. */
export function createLanes(): Lanes {
  // Sets keep the order of insertion and remove in constant time.
  const single = new Set<InHand>();
  const bulk = new Set<InHand>();
  return {
    get size() {
      return single.size + bulk.size;
    },
    push(inHand) {
      (inHand.job.lane === 0 ? single : bulk).add(inHand);
    },
    next(n) {
      const chosen: InHand[] = [];
      for (const lane of [single, bulk]) {
        for (const inHand of lane) {
          if (chosen.length === n) return chosen;
          chosen.push(inHand);
        }
      }
      return chosen;
    },
    remove(inHand) {
      single.delete(inHand);
      bulk.delete(inHand);
    },
    clear() {
      const all = [...single, ...bulk];
      single.clear();
      bulk.clear();
      return all;
    },
  };
}
