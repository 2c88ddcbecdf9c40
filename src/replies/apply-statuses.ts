/**
 * Status webhooks on their way into the ledger. A failed status never causes a POST: it sets delivery and
 * reason, and what its code says of the person, the template or the sender; asking that person again is an
 * operator's `campaign retry`.
 */
import { given } from '../core/given.ts';
import { outsideStatus } from '../core/outside-text.ts';
import type {
  AppliedStatus,
  EvidenceStore,
  ReplyStore,
  SenderStore,
  StatusError,
  StatusEvent,
} from '../core/ports/index.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';

/** What statuses are applied to. */
export interface StatusTarget {
  readonly ledger: {
    readonly evidence: Pick<EvidenceStore, 'applyStatuses' | 'applyWaiting' | 'waitingDone'>;
    readonly senders: Pick<SenderStore, 'close' | 'slow'>;
    readonly replies: Pick<ReplyStore, 'setPreferences' | 'bookAnswers'>;
  };
}

// Statuses come in batches, and late: those of one limit reached are one cut.
const CUT_AGAIN_MS = 10_000;
const MARKETING = 'marketing_messages';

/**
 * Applies statuses.
 * @param p.tell what all of them did that belong to a request of ours; only failures that are news unless told
 * @param p.again whoever applied them before may have died before what follows from a failure was done
 * @returns what they did
 */
export async function applyStatuses(
  { ledger }: StatusTarget,
  events: readonly StatusEvent[],
  { tell = false, again = false }: { readonly tell?: boolean; readonly again?: boolean } = {},
): Promise<readonly AppliedStatus[]> {
  const statuses = events.map(outsideStatus);
  const applied = await ledger.evidence.applyStatuses(statuses, { tell: tell || again });
  for (const one of applied) {
    const status = statuses[one.n - 1];
    if (status?.error !== undefined)
      await carryOut(ledger, { ...one, news: one.news || again }, status.error, status.at);
  }
  return applied;
}

/** Looks again for the messages of statuses that wait. */
export async function applyWaitingStatuses({ ledger }: StatusTarget, most: number): Promise<void> {
  const all = await ledger.evidence.applyWaiting(most);
  for (const { error, at, ...applied } of all)
    if (error !== undefined) await carryOut(ledger, applied, error, at);
  await ledger.evidence.waitingDone(all);
}

async function carryOut(
  { senders, replies }: StatusTarget['ledger'],
  { senderId, template, language, person, news, delivery }: AppliedStatus,
  { code, message }: StatusError,
  at: Date,
): Promise<void> {
  // Meta repeats webhooks for days: only the first must stop anything, or a person's resume would
  // be undone by its double. One that another device's delivery outweighs stops nothing either,
  // nor one of somebody who was forgotten.
  if (!news || delivery !== 'failed' || person === '') return;
  const verdict = verdictFor({ code, message });
  // The same as a "stop" of their setting, which a "resume" of theirs lifts.
  if (verdict.verdict === 'suppress') {
    await replies.setPreferences([{ person, category: MARKETING, value: 'stop', at }]);
    return;
  }
  // As if Meta had been asked: it is no answer to the request that failed.
  if (verdict.verdict === 'already-granted') {
    const key = `query ${person}`;
    await replies.bookAnswers([
      { ...{ senderId, person, key, at }, ...({ status: 'permanent', source: 'query' } as const) },
    ]);
    return;
  }
  if (verdict.verdict === 'slow-sender') {
    await senders.slow({ senderId, reason: `${code}: ${message}`, cutAgainMs: CUT_AGAIN_MS });
    return;
  }
  if (verdict.verdict !== 'pause-sender' && verdict.verdict !== 'pause-template') return;
  const ofTemplate = verdict.verdict === 'pause-template';
  await senders.close({
    senderId,
    reason: {
      by: 'us',
      scope: ofTemplate ? 'template' : 'sender',
      code,
      message: `A message failed with ${code}: ${message}. ${verdict.advice}`,
    },
    ...(ofTemplate ? { template: { name: template, language } } : {}),
    ...given({ probeAfterMs: verdict.probeAfterMs }),
  });
}
