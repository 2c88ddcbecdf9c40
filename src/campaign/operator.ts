/** An operator decides on requests that ended badly, or whose outcome is not known. */
import type { CampaignStore, EvidenceStore, InParts } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { problem } from '../core/problem.ts';
import type { RequestState } from '../core/request.ts';
import type { Result } from '../core/result.ts';
import { err, ok } from '../core/result.ts';

/** The part of the ledger that an operator's decision is written to. */
export interface OperatorTarget {
  readonly ledger: { readonly campaigns: CampaignStore; readonly evidence: EvidenceStore };
}

/** Settles one uncertain request by its row; evidence that comes later still counts. */
export async function settleRequest(
  { ledger }: OperatorTarget,
  p: { readonly campaignId: string; readonly row: number; readonly as: 'accepted' | 'rejected' },
): Promise<Result<{ readonly state: RequestState }, Problem>> {
  const found = await ledger.evidence.settle(p);
  if (found === undefined) {
    return err(
      problem('NOT_FOUND', `Campaign ${p.campaignId} has no row ${p.row}.`, {
        next: 'The rows are in `callpermit export`.',
      }),
    );
  }
  if (found.settled) return ok({ state: p.as });
  return err(
    problem(
      'CAMPAIGN_STATE',
      `Row ${p.row} is ${found.state}; only an uncertain one can be settled.`,
      {
        where: `row ${p.row}`,
        next: 'Nothing was changed.',
      },
    ),
  );
}

/**
 * Asks again those that ended in one of the states (or with one error code). This is the one way in which a person
 * whose outcome is uncertain is asked again by hand. Where `signal` ends it before, the same command does the rest.
 */
export async function retryRequests(
  { ledger }: OperatorTarget,
  p: {
    readonly campaignId: string;
    readonly states: readonly ('rejected' | 'skipped' | 'expired' | 'uncertain')[];
    readonly errorCode?: number;
  } & InParts,
): Promise<Result<{ readonly retried: number; readonly whole: boolean }, Problem>> {
  const done = await ledger.evidence.retry(p);
  if (done === undefined) {
    return err(
      problem('NOT_FOUND', `There is no campaign ${p.campaignId}.`, {
        next: 'Look at `callpermit campaign list`.',
      }),
    );
  }
  const { retried, whole, state } = done;
  if (state === 'running' || state === 'paused' || state === 'completed')
    return ok({ retried, whole });
  const some = retried === 0 ? 'nobody' : `after ${retried} nobody more`;
  return err(
    problem(
      'CAMPAIGN_STATE',
      `Campaign ${p.campaignId} is ${state}: ${some} in it can be asked again.`,
      {
        next: 'Make a new campaign for them.',
      },
    ),
  );
}
