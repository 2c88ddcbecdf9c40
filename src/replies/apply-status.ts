/**
 * A status webhook on its way into the ledger. A failed status never causes a POST: it sets delivery and
 * reason, and what its code says of the template or the sender; asking that person again is an
 * operator's `campaign retry`.
 */
import { given } from '../core/given.ts';
import { outsideStatus } from '../core/outside-text.ts';
import type {
  AppliedStatus,
  EvidenceStore,
  PeopleStore,
  SenderStore,
  StatusEvent,
} from '../core/ports/index.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';

/** What statuses are applied to. */
export interface StatusTarget {
  readonly ledger: {
    readonly evidence: Pick<EvidenceStore, 'applyStatus'>;
    readonly senders: Pick<SenderStore, 'close' | 'slow'>;
    readonly people: Pick<PeopleStore, 'suppress'>;
  };
}

// Statuses come in batches, and late: those of one limit reached are one cut.
const CUT_AGAIN_MS = 10_000;

/**
 * Applies one status.
 * @returns what it did; `undefined` when no request of ours is meant
 */
export async function applyStatus(
  { ledger }: StatusTarget,
  event: StatusEvent,
): Promise<AppliedStatus | undefined> {
  const status = outsideStatus(event);
  const applied = await ledger.evidence.applyStatus(status);
  if (applied === undefined || status.error === undefined) return applied;
  // Meta repeats webhooks for days: only the first must stop anything, or a person's resume would
  // be undone by its double. One that another device's delivery outweighs stops nothing either.
  if (applied.news && applied.delivery === 'failed') await carryOut(ledger, applied, status.error);
  return applied;
}

async function carryOut(
  { senders, people }: StatusTarget['ledger'],
  { senderId, template, language, person }: AppliedStatus,
  { code, message }: NonNullable<StatusEvent['error']>,
): Promise<void> {
  const verdict = verdictFor({ code, message });
  if (verdict.verdict === 'suppress') {
    await people.suppress({ people: [{ to: person, reason: `Meta: ${message}` }], source: 'meta' });
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
