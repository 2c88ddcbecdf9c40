/**
 * What Meta says of an account or a number. A restriction that stops requests pauses the sender until its end, and a number
 * whose calling is switched off until it is on again; all else is shown.
 */
import type { ReplyStore, SenderStore } from '../core/ports/index.ts';
import type { AccountUpdate } from '../core/webhook/update.ts';
import type { Ours } from './ours.ts';

/** What it needs. */
export interface AccountNewsTarget {
  readonly ledger: {
    readonly replies: Pick<ReplyStore, 'bookAccountNews'>;
    readonly senders: Pick<SenderStore, 'close' | 'probeSoon'>;
    /** How far the ledger's clock was moved on. */
    advancedMs(): Promise<number>;
  };
  readonly ours: Pick<Ours, 'sendersOf'>;
  /** Whoever booked it before may have died before what follows was done: it is done again while it holds. */
  readonly isAgain?: boolean;
}

/** No call permission request may be sent under these (docs/meta.md, "Templates and restrictions by webhook"), each with the code of its refusals. */
const STOPPING: Readonly<Record<string, number>> = {
  RESTRICTED_BUSINESS_INITIATED_CALLING: 138014,
  RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING: 138014,
  RESTRICTED_BIZ_INITIATED_MESSAGING: 368,
};
const SWITCHED_OFF = 138000;
const BANNED = 131031;
// Where Meta names no end.
const PROBE_MS = 600_000;

/** Books the news and pauses whom it concerns. */
export async function applyAccountNews(
  { ledger, ours, isAgain = false }: AccountNewsTarget,
  update: AccountUpdate,
): Promise<void> {
  const { account, senderId, displayNumber, what, value, detail, until, at } = update;
  const whom = senderId === undefined ? ours.sendersOf(account, displayNumber) : [senderId];
  // Of a number that no sender of ours has.
  if (displayNumber !== undefined && whom.length === 0) return;
  // News of one number are shown as those of the account while it is not known whose number it is.
  const one = displayNumber !== undefined && whom.length === 1 ? whom[0] : senderId;
  const code = codeOf(update);
  const isNews = await ledger.replies.bookAccountNews({
    ...{ account, senderId: one ?? '', what, value, at },
    ...{ detail: detail ?? null, until: until ?? null },
    stops: code !== undefined && (until !== undefined || what === 'calling'),
  });
  if (what === 'calling' && value === 'ENABLED')
    for (const id of whom) await ledger.senders.probeSoon({ senderId: id });
  if ((!isNews && !isAgain) || code === undefined) return;
  // Meta's times and the pauses of senders are by the ledger's clock.
  const leftMs = until && until.getTime() - Date.now() - (await ledger.advancedMs());
  if (leftMs !== undefined && leftMs <= 0) return;
  const end = until === undefined ? '' : ` until ${until.toISOString()}`;
  for (const id of whom) {
    await ledger.senders.close({
      senderId: id,
      reason: {
        ...({ by: 'us', scope: 'sender', code } as const),
        message: `Meta says ${value}${end}${detail === undefined ? '' : ` (${detail})`}: no request can be sent.`,
      },
      probeAfterMs: leftMs ?? PROBE_MS,
    });
  }
}

function codeOf({ what, value }: AccountUpdate): number | undefined {
  if (what === 'restriction') return STOPPING[value];
  if (what === 'calling' && value === 'DISABLED') return SWITCHED_OFF;
  if (what === 'ban' && value === 'DISABLE') return BANNED;
  return undefined;
}
