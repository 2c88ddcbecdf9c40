/** An operator decides on requests that ended badly, or whose outcome is not known. */
import { given } from '../core/given.ts';
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

/** Whom an operator wants to be asked again, as the command line and programs say it. */
export interface RetryOptions {
  /** Only those with this error code of Meta's. */
  readonly code?: number | undefined;
  /** Only those in these states; those that were rejected unless told. */
  readonly status?: readonly RetryableState[] | undefined;
  /** Those whose outcome is not known, and no others: they may be asked a second time. */
  readonly uncertain?: boolean | undefined;
}

/** States whose requests may be asked again without further thought. */
export const RETRYABLE = ['rejected', 'skipped', 'expired'] as const;

/** One of {@link RETRYABLE}. */
export type RetryableState = (typeof RETRYABLE)[number];

/** {@link retryRequests} by an operator's options. */
export async function retryAsAsked(
  target: OperatorTarget,
  p: { readonly campaignId: string; readonly options: RetryOptions } & InParts,
): ReturnType<typeof retryRequests> {
  const { options, ...work } = p;
  const { code, status, uncertain } = options;
  if (uncertain === true && (status !== undefined || code !== undefined)) {
    return err(
      problem('USAGE', '--uncertain goes alone: it is a decision of its own.', {
        where: '--uncertain',
        next: 'Do it twice if you want both.',
      }),
    );
  }
  return retryRequests(target, {
    ...work,
    states: uncertain === true ? ['uncertain'] : (status ?? ['rejected']),
    ...given({ errorCode: code }),
  });
}
