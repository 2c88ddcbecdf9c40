/** The calls of the ledger that these specs make again and again, in short. */
import type { PauseReason } from '../../src/core/campaign.ts';
import type { ClaimAnswer, ClaimRef } from '../../src/core/ports/index.ts';
import type { RequestState } from '../../src/core/request.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { LEASE_MS, toClaim } from '../ledger/support.ts';

/** The process that claims in these specs. */
const WORKER = 'w';

let lastClaim = 0;

/** A name for a claim; nobody else has it. */
export function newClaimId(): string {
  lastClaim += 1;
  return `${WORKER}.${lastClaim}`;
}

/** Claims what waits in these batches. */
export function claim(
  ledger: Ledger,
  senderId: string,
  batches: readonly { readonly batch: number }[],
  p: { readonly claimId?: string; readonly leaseMs?: number; readonly worker?: string } = {},
): Promise<ClaimAnswer> {
  const { claimId = newClaimId(), leaseMs = LEASE_MS, worker = WORKER } = p;
  return ledger.sending.claim({ senderId, batches: toClaim(batches), worker, leaseMs, claimId });
}

/** A process gives claims back that it holds and has not written. */
export async function giveBackUnsent(ledger: Ledger, claims: readonly ClaimRef[]): Promise<void> {
  await ledger.sending.record(
    claims.map(({ request, fence }) => ({
      ...{ request, fence, state: 'pending', outcome: 'unsent' },
      ...{ countAttempt: false, giveBackAllowance: true },
    })),
  );
}

/** A process gives back what a claim took whose answer it never read. */
export async function giveBackUnread(
  ledger: Ledger,
  p: { readonly senderId: string; readonly claimId: string },
): Promise<void> {
  await ledger.sending.releaseClaim(p);
}

/** Counts equal failures of these attempts. */
export function streak(
  ledger: Ledger,
  p: {
    readonly campaignId: string;
    readonly key: string;
    readonly attempts: readonly ClaimRef[];
    readonly enough: number;
    readonly reason: PauseReason;
  },
): Promise<boolean> {
  const attempts = p.attempts.map(({ request, fence }) => ({ request, fence }));
  return ledger.sending.streak({ ...p, attempts });
}

/** A person cancels a campaign. */
export async function cancel(ledger: Ledger, id: string): Promise<void> {
  await ledger.campaigns.transition({
    id,
    from: ['loading', 'draft', 'running', 'paused'],
    to: 'cancelled',
    reason: { by: 'person', message: 'cancelled by hand' },
  });
}

/** An operator asks those in these states again; gives how many. */
export async function retry(
  ledger: Ledger,
  campaignId: string,
  states: readonly RequestState[],
): Promise<number> {
  return (await ledger.evidence.retry({ campaignId, states }))?.retried ?? 0;
}
