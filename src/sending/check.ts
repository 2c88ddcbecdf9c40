/**
 * Looks after requests whose outcome is not known: asks Meta how often this person was asked. Only
 * for the uncertain, under the route's pace. What cannot be learned stays uncertain.
 */
import type { Clock, EvidenceStore, GraphAdmin, UncertainCheck } from '../core/ports/index.ts';
import { weighUsage } from '../core/verdicts/weigh-usage.ts';
import type { Logger } from '../telemetry/log.ts';

/** What checking needs. */
export interface CheckSetup {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly evidence: EvidenceStore;
  readonly graph: Pick<GraphAdmin, 'callPermission'>;
  readonly policy: 'hold' | 'resend-after-check';
  /** Over all processes; Meta allows 100 (docs/meta.md, "The count of a person"). */
  readonly checksPerSecond: number;
  readonly requestTimeoutMs: number;
  readonly leaseMarginMs: number;
  readonly log: Logger;
}

// A process that dies with a check only delays it by so long.
const PUT_OFF_MS = 60_000;
const MOST_CHECKS = 5;
// Codes of the route's own limit: 613, or 4 by the OpenAPI; 80007 and 80008 of the account's.
const TOO_FAST = new Set([613, 4, 17, 32, 80007, 80008]);

/** Checks one request; `false` when none is due. */
export async function checkOne(setup: CheckSetup, senderId: string): Promise<boolean> {
  const check = await setup.evidence.takeCheck({
    senderId,
    putOffMs: PUT_OFF_MS,
    paceMs: 1_000 / setup.checksPerSecond,
  });
  if (check === undefined) return false;
  if (check.waitMs > 0) await setup.clock.sleep(check.waitMs);
  const answer = await setup.graph.callPermission(check.waId);
  const ref = { request: check.request, fence: check.fence };

  if (!answer.ok) {
    const failure = answer.error;
    const impossible =
      (failure.kind === 'unreachable' && failure.notFound === true) ||
      (failure.kind === 'refused' &&
        !TOO_FAST.has(failure.error.code) &&
        failure.error.isTransient !== true) ||
      check.checks >= MOST_CHECKS;
    const why =
      failure.kind === 'refused'
        ? `${failure.error.code}: ${failure.error.message}`
        : failure.detail;
    await setup.evidence.recordCheck({
      ...ref,
      state: 'uncertain',
      ...(impossible
        ? { finding: `It cannot be checked (${why}).` }
        : { againAfterMs: 10_000 * check.checks }),
    });
    return true;
  }

  const finding = weighUsage(check, answer.value, oldEnough(setup));
  const resend = finding.kind === 'did-not-go-out' && setup.policy === 'resend-after-check';
  const moved = await setup.evidence.recordCheck({
    ...ref,
    state: finding.kind === 'went-out' ? 'accepted' : resend ? 'pending' : 'uncertain',
    finding: finding.text,
    ...again(check, finding.kind, setup),
  });
  if (moved)
    setup.log.info(
      { request: check.request, finding: finding.kind, resend },
      'uncertain request checked',
    );
  return true;
}

function oldEnough(setup: CheckSetup): number {
  return setup.requestTimeoutMs + setup.leaseMarginMs;
}

// Checked before its lease could have ended: too young to say "did not go out", so once more.
function again(check: UncertainCheck, kind: string, setup: CheckSetup): { againAfterMs?: number } {
  const left = oldEnough(setup) - check.ageMs;
  return kind === 'nothing-learned' && left > 0 ? { againAfterMs: left + 1_000 } : {};
}
