/** One status at a time, and what it did: most tests say one thing of one request. */
import type { AppliedStatus, EvidenceStore, StatusEvent } from '../../src/core/ports/index.ts';

/** Applies one status; `undefined` when no request of ours is meant. */
export async function applyStatus(
  evidence: Pick<EvidenceStore, 'applyStatuses'>,
  status: StatusEvent,
): Promise<AppliedStatus | undefined> {
  const [applied] = await evidence.applyStatuses([status], { tell: true });
  return applied;
}
