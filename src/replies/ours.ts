/**
 * Senders and accounts that are ours: one app's webhooks may tell of others too. And the number that each of our senders
 * is shown under, as deliveries tell it, since news of a number name it by nothing else.
 */
import type { Clock, ReplyStore } from '../core/ports/index.ts';
import type { ShownNumber } from '../core/webhook/update.ts';

/** Who is ours. */
export interface Ours {
  readonly senders: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  /** Those of an account; where a number as it is shown is given, those that it may be: one, as soon as all are known. */
  sendersOf(account: string, shown?: string): readonly string[];
  /** Writes down what senders of ours are shown as, where that is news. */
  learn(numbers: readonly ShownNumber[]): Promise<void>;
}

/** A sender that this process has settings for. */
export interface ConfiguredSender {
  readonly senderId: string;
  readonly account?: string;
}

// A sender that another process adds is known after this time.
const KEPT_MS = 30_000;

/** Gives who is ours: as it stood within the last half minute, or stands now. */
export function oursOf(
  replies: Pick<ReplyStore, 'senders' | 'learnShownNumber'>,
  configured: readonly ConfiguredSender[],
  clock: Pick<Clock, 'now'>,
): (as: 'known' | 'now') => Promise<Ours> {
  let known: { readonly at: number; readonly ours: Ours } | undefined;
  return async (as) => {
    if (as === 'known' && known !== undefined && clock.now() - known.at < KEPT_MS)
      return known.ours;
    const stored = await replies.senders();
    // Both: the ledger has the account of when the sender was last at work.
    const all = [...configured, ...stored].map(({ senderId, account = senderId }) => ({
      senderId,
      account,
    }));
    const senders = new Set(all.map(({ senderId }) => senderId));
    const numbers = new Map(stored.map(({ senderId, shown }) => [senderId, shown ?? undefined]));
    const ours: Ours = {
      senders,
      accounts: new Set(all.map(({ account }) => account)),
      sendersOf(account, shown) {
        const theirs = all.filter((one) => one.account === account);
        const ids = [...new Set(theirs.map(({ senderId }) => senderId))];
        if (shown === undefined) return ids;
        const same = ids.filter((id) => numbers.get(id) === shown);
        return same.length > 0 ? same : ids.filter((id) => numbers.get(id) === undefined);
      },
      async learn(told) {
        for (const { senderId, shown } of told) {
          if (!senders.has(senderId) || numbers.get(senderId) === shown) continue;
          await replies.learnShownNumber({ senderId, shown });
          numbers.set(senderId, shown);
        }
      },
    };
    known = { at: clock.now(), ours };
    return ours;
  };
}
