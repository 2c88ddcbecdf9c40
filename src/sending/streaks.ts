/**
 * Equal failures in a row, by campaign, as this process sees them. The ledger counts those of all
 * processes and decides; but its word needs two statements one after the other, and while they take
 * their time (400 ms and 21 POSTs on a busy machine) nothing more should go out.
 */

/** Counts what may become a streak. */
export interface Streaks {
  /** An acceptance: those before it were about the persons. */
  end(campaignId: string): void;
  /** One more failure of this kind; `true` once they are enough for this process to hold back. */
  add(campaignId: string, key: string, enough: number): boolean;
}

/** Makes the {@link Streaks} of one dispatcher. */
export function createStreaks(): Streaks {
  const open = new Map<string, { readonly key: string; readonly count: number }>();
  return {
    end: (campaignId) => void open.delete(campaignId),
    add(campaignId, key, enough) {
      const last = open.get(campaignId);
      const count = last?.key === key ? last.count + 1 : 1;
      open.set(campaignId, { key, count });
      return count >= enough;
    },
  };
}
