/**
 * From one outcome to what is written and what follows: the pure middle of the road. Nothing is
 * decided anywhere else, so that the table of verdicts is the whole truth about refusals.
 */
import {
  DAY_MS,
  MAX_ATTEMPTS,
  MAX_PAIR_DELAYS,
  pairDelayMs,
  retryDelayMs,
} from '../core/backoff.ts';
import type { PauseReason } from '../core/campaign.ts';
import type { Outcome, Refused } from '../core/outcome.ts';
import type { ClaimedRequest, RecordEntry } from '../core/ports.ts';
import { verdictFor } from '../core/verdicts.ts';

/** What an outcome does beside its own row. */
export type Effect =
  | { readonly kind: 'slow-sender'; readonly reason: string; readonly waitMs?: number }
  | { readonly kind: 'close-sender'; readonly reason: PauseReason; readonly probeAfterMs?: number }
  | {
      readonly kind: 'close-template';
      readonly reason: PauseReason;
      readonly probeAfterMs?: number;
    }
  | { readonly kind: 'refusal-streak'; readonly reason: PauseReason & { readonly code: number } }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'unknown-code'; readonly code: number };

/** One outcome worked out. */
export interface Reaction {
  readonly entry: RecordEntry;
  readonly effects: readonly Effect[];
}

/**
 * Works out what follows from an outcome.
 * @param p.checkAfterMs when an uncertain request is to be checked
 * @param p.random from 0 to below 1, for jitter
 */
export function react(
  claim: Pick<ClaimedRequest, 'request' | 'fence' | 'attempts'>,
  outcome: Outcome,
  p: { readonly checkAfterMs: number; readonly random: () => number },
): Reaction {
  const ref = { request: claim.request, fence: claim.fence, outcome: outcome.kind };
  switch (outcome.kind) {
    case 'accepted':
      return {
        entry: {
          ...ref,
          state: 'accepted',
          countAttempt: true,
          giveBackAllowance: false,
          wamid: outcome.wamid,
          messageStatus: outcome.messageStatus,
          ...(outcome.waId === undefined ? {} : { waId: outcome.waId }),
        },
        effects: [],
      };
    case 'uncertain':
      return {
        entry: {
          ...ref,
          state: 'uncertain',
          delayMs: p.checkAfterMs,
          countAttempt: true,
          giveBackAllowance: false,
          errorMessage: outcome.detail,
          reason: outcome.cause,
        },
        effects: [],
      };
    case 'unsent':
      return {
        entry: {
          ...ref,
          state: 'pending',
          delayMs: retryDelayMs({ failures: 1, random: p.random }),
          countAttempt: false,
          giveBackAllowance: true,
          errorMessage: outcome.detail,
          reason: 'unsent',
        },
        effects: [{ kind: 'unreachable', detail: outcome.detail }],
      };
    case 'refused':
      return reactToRefusal(claim, outcome, p.random);
  }
}

function reactToRefusal(
  claim: Pick<ClaimedRequest, 'request' | 'fence' | 'attempts'>,
  outcome: Refused,
  random: () => number,
): Reaction {
  const { error } = outcome;
  const verdict = verdictFor(error);
  const words = error.details === undefined ? error.message : `${error.message}: ${error.details}`;
  const retryAfter =
    outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs };
  const effects: Effect[] = verdict.known ? [] : [{ kind: 'unknown-code', code: error.code }];
  const entry = (state: RecordEntry['state'], more: Partial<RecordEntry> = {}): RecordEntry => ({
    request: claim.request,
    fence: claim.fence,
    outcome: 'refused',
    state,
    countAttempt: true,
    giveBackAllowance: true,
    errorCode: error.code,
    errorMessage: words,
    reason: verdict.verdict,
    ...more,
  });
  const pause = (scope: 'template' | 'sender' | 'campaign') => ({
    by: 'us' as const,
    scope,
    code: error.code,
    message: `Meta refused with ${error.code}: ${words}. ${verdict.advice}`,
  });
  const probe = verdict.probeAfterMs === undefined ? {} : { probeAfterMs: verdict.probeAfterMs };

  switch (verdict.verdict) {
    case 'retry':
      return claim.attempts >= MAX_ATTEMPTS
        ? { entry: entry('rejected'), effects }
        : {
            entry: entry('pending', {
              delayMs: retryDelayMs({ failures: claim.attempts, random, ...retryAfter }),
            }),
            effects,
          };
    case 'slow-sender': {
      const waitMs = outcome.usage?.regainAccessMs ?? outcome.retryAfterMs;
      effects.push({
        kind: 'slow-sender',
        reason: `${error.code}: ${words}`,
        ...(waitMs === undefined ? {} : { waitMs }),
      });
      return {
        entry: entry('pending', {
          delayMs: retryDelayMs({ failures: 1, random, ...retryAfter }),
          countAttempt: false,
        }),
        effects,
      };
    }
    case 'delay-pair':
      return claim.attempts >= MAX_PAIR_DELAYS
        ? { entry: entry('rejected'), effects }
        : {
            entry: entry('pending', {
              delayMs: pairDelayMs({ refusals: claim.attempts, ...retryAfter }),
            }),
            effects,
          };
    case 'delay-day':
      return claim.attempts >= MAX_ATTEMPTS
        ? { entry: entry('rejected'), effects }
        : { entry: entry('pending', { delayMs: DAY_MS }), effects };
    case 'reject':
    case 'suppress':
      return { entry: entry('rejected'), effects };
    case 'pair-limit':
      // Somebody else asked: the allowance stays used, so that the next claim waits for it.
      return {
        entry: entry('pending', { giveBackAllowance: false, countAttempt: false }),
        effects,
      };
    case 'already-granted':
      return { entry: entry('already-granted', { giveBackAllowance: false }), effects };
    case 'pause-template':
      effects.push({ kind: 'close-template', reason: pause('template'), ...probe });
      return { entry: entry('pending', { countAttempt: false }), effects };
    case 'pause-sender':
      effects.push({ kind: 'close-sender', reason: pause('sender'), ...probe });
      return { entry: entry('pending', { countAttempt: false }), effects };
    case 'pause-campaign':
      effects.push({ kind: 'refusal-streak', reason: pause('campaign') });
      return { entry: entry('rejected'), effects };
  }
}
