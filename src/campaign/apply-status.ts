/**
 * A status webhook on its way into the ledger. A failed status never causes a POST (design section
 * 3): it sets delivery and reason, and what its code says of the template or the sender; asking that
 * person again is an operator's `campaign retry`.
 */
import type { AppliedStatus, EvidenceStore, SenderStore, StatusEvent } from '../core/ports.ts';
import { verdictFor } from '../core/verdicts.ts';

/** What statuses are applied to. */
export interface StatusTarget {
  readonly ledger: {
    readonly evidence: Pick<EvidenceStore, 'applyStatus'>;
    readonly senders: Pick<SenderStore, 'close'>;
  };
}

/**
 * Applies one status.
 * @returns what it did; `undefined` when no request of ours is meant
 */
export async function applyStatus(
  { ledger }: StatusTarget,
  status: StatusEvent,
): Promise<AppliedStatus | undefined> {
  const applied = await ledger.evidence.applyStatus(status);
  if (applied?.applied !== true || status.status !== 'failed' || status.error === undefined) {
    return applied;
  }
  const { code, message } = status.error;
  const verdict = verdictFor({ code, message });
  if (verdict.verdict !== 'pause-sender' && verdict.verdict !== 'pause-template') return applied;
  const ofTemplate = verdict.verdict === 'pause-template';
  await ledger.senders.close({
    senderId: applied.senderId,
    reason: {
      by: 'us',
      scope: ofTemplate ? 'template' : 'sender',
      code,
      message: `A message failed with ${code}: ${message}. ${verdict.advice}`,
    },
    ...(ofTemplate ? { template: { name: applied.template, language: applied.language } } : {}),
    ...(verdict.probeAfterMs === undefined ? {} : { probeAfterMs: verdict.probeAfterMs }),
  });
  return applied;
}
