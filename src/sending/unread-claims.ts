/**
 * Claims whose answer was never read: the connection broke, or Postgres was too slow. Whether they were
 * committed nobody here can tell, and no time-out is evidence; so each is named to the ledger until it is
 * known there, and what it has claimed, or would still claim, goes back.
 */
import type { ClaimAnswer, Clock, SendingStore } from '../core/ports/index.ts';

/** Asks for claims, and has those that were not answered taken back. */
export interface UnreadClaims {
  /** Claims; where that fails the ledger is told of it, again and again until it knows. */
  claim(p: Parameters<SendingStore['claim']>[0]): Promise<ClaimAnswer>;
  /** Whether the ledger does not know yet of all that failed. */
  isTelling(): boolean;
  /** How many wait for their answer still, or for the ledger to know of them. */
  open(): number;
  /** Goes on no more; gives those that are open. */
  abandon(): readonly string[];
}

const AGAIN_MS = 500;

/** Makes the {@link UnreadClaims} of one dispatcher; `onOutage` hears of each failed try. */
export function createUnreadClaims(p: {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly senderId: string;
  readonly sending: Pick<SendingStore, 'claim' | 'releaseClaim'>;
  readonly onOutage: (error: unknown) => void;
}): UnreadClaims {
  const { senderId } = p;
  const asked = new Set<string>();
  const open = new Set<string>();
  let telling: Promise<void> | undefined;
  let abandoned = false;

  async function tellAll(): Promise<void> {
    for (let [claimId] = open; claimId !== undefined && !abandoned; [claimId] = open) {
      try {
        await p.sending.releaseClaim({ senderId, claimId });
        open.delete(claimId);
      } catch (error) {
        p.onOutage(error);
        await p.clock.sleep(AGAIN_MS);
      }
    }
    telling = undefined;
  }

  return {
    async claim(claim) {
      const { claimId } = claim;
      asked.add(claimId);
      try {
        return await p.sending.claim(claim);
      } catch (error) {
        open.add(claimId);
        telling ??= tellAll();
        throw error;
      } finally {
        asked.delete(claimId);
      }
    },
    isTelling: () => telling !== undefined,
    open: () => asked.size + open.size,
    abandon() {
      abandoned = true;
      return [...asked, ...open];
    },
  };
}
