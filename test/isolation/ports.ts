/**
 * The calls of the ledger that change their shape: made here by what the ledger at hand offers, so
 * that one text of these specs runs before and after the change.
 */
import type { PauseReason } from '../../src/core/campaign.ts';
import type { ClaimAnswer, ClaimRef, QueueJob } from '../../src/core/ports.ts';
import type { RequestState } from '../../src/core/request.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { LEASE_MS } from '../ledger/support.ts';

interface EitherRoad {
  claim(p: object): Promise<ClaimAnswer>;
  streak(p: object): Promise<boolean>;
  record(entries: readonly object[]): Promise<unknown>;
  release?(p: { worker: string; claims: readonly ClaimRef[] }): Promise<void>;
  releaseLost?(p: { worker: string; held: readonly string[] }): Promise<number>;
  releaseClaim?(p: { senderId: string; claimId: string }): Promise<number>;
}

const roadOf = (ledger: Ledger) => ledger.road as unknown as EitherRoad;

/** The process that claims in these specs. */
const WORKER = 'w';

let lastClaim = 0;

/** A name for a claim; nobody else has it. */
export function newClaimId(): string {
  lastClaim += 1;
  return `${WORKER}.${lastClaim}`;
}

/** Claims these jobs. */
export function claim(
  ledger: Ledger,
  senderId: string,
  jobs: readonly QueueJob[],
  p: { readonly claimId?: string; readonly leaseMs?: number; readonly worker?: string } = {},
): Promise<ClaimAnswer> {
  const { claimId = newClaimId(), leaseMs = LEASE_MS, worker = WORKER } = p;
  return roadOf(ledger).claim({ senderId, jobs, worker, leaseMs, claimId });
}

/** A process gives claims back that it holds and has not written. */
export async function giveBackUnsent(
  ledger: Ledger,
  claims: readonly ClaimRef[],
  worker = WORKER,
): Promise<void> {
  const road = roadOf(ledger);
  if (road.release) return road.release({ worker, claims });
  await road.record(
    claims.map(({ request, fence }) => ({
      ...{ request, fence, state: 'pending', outcome: 'unsent' },
      ...{ countAttempt: false, giveBackAllowance: true },
    })),
  );
}

/** A process gives back what a claim took whose answer it never read. */
export async function giveBackUnread(
  ledger: Ledger,
  p: { readonly senderId: string; readonly claimId: string; readonly held: readonly string[] },
): Promise<void> {
  const road = roadOf(ledger);
  if (road.releaseClaim) await road.releaseClaim(p);
  else await road.releaseLost?.({ worker: WORKER, held: p.held });
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
  return roadOf(ledger).streak({ ...p, attempts, requests: attempts.map((one) => one.request) });
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
  const answer: unknown = await ledger.evidence.retry({ campaignId, states });
  return typeof answer === 'number' ? answer : (answer as { retried: number }).retried;
}
