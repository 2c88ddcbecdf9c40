/**
 * Claims whose answer was never read: the connection broke, or Postgres was too slow. Whether they were
 * committed nobody here can tell, and no time-out is evidence; so each is named to the ledger until it is
 * known there, and what it has claimed, or would still claim, goes back.
 */
import type { Clock, RoadStore } from '../core/ports.ts';

/** Has claims that were not answered taken back. */
export interface UnreadClaims {
  /** Begins to tell the ledger of a claim, and goes on until it knows. */
  add(claimId: string): void;
  /** Resolves when the ledger knows of all of them. */
  settled(): Promise<void>;
  /** How many the ledger does not know of yet. */
  open(): number;
  /** Goes on no more; gives those the ledger does not know of. */
  abandon(): readonly string[];
}

const AGAIN_MS = 500;

/** Makes the {@link UnreadClaims} of one dispatcher; `onOutage` hears of each failed try. */
export function createUnreadClaims(p: {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly senderId: string;
  readonly road: Pick<RoadStore, 'releaseClaim'>;
  readonly onOutage: (error: unknown) => void;
}): UnreadClaims {
  const { senderId } = p;
  const open = new Set<string>();
  let telling: Promise<void> | undefined;
  let abandoned = false;

  async function tellAll(): Promise<void> {
    for (let [claimId] = open; claimId !== undefined && !abandoned; [claimId] = open) {
      try {
        await p.road.releaseClaim({ senderId, claimId });
        open.delete(claimId);
      } catch (error) {
        p.onOutage(error);
        await p.clock.sleep(AGAIN_MS);
      }
    }
    telling = undefined;
  }

  return {
    add(claimId) {
      open.add(claimId);
      telling ??= tellAll();
    },
    settled: async () => telling,
    open: () => open.size,
    abandon() {
      abandoned = true;
      return [...open];
    },
  };
}
