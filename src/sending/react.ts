/**
 * From one outcome to what is written and what follows: the pure middle of the road. Nothing is
 * decided anywhere else, so that the table of verdicts is the whole truth about refusals.
 */

import type { PauseReason } from '../core/campaign.ts';
import {
  DAY_MS,
  MAX_ATTEMPTS,
  MAX_PAIR_DELAYS,
  pairDelayMs,
  retryDelayMs,
} from '../core/pace/backoff.ts';
import type { ClaimedRequest, RecordEntry } from '../core/ports/index.ts';
import type { Outcome, Refused, Usage } from '../core/verdicts/outcome.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';

type Asked = Pick<ClaimedRequest, 'request' | 'fence' | 'epoch' | 'to'>;

/** Which claim an outcome is of, and whom it asked. */
export function asked({ request, fence, epoch, to }: Asked): Asked {
  return { request, fence, epoch, to };
}

/** What an outcome does beside its own row. */
export type Effect =
  | {
      readonly kind: 'slow-sender';
      readonly reason: string;
      /** Nothing is sent for so long, where Meta named a time. */
      readonly waitMs?: number;
      /** The next cut not before so long. */
      readonly cutAgainMs: number;
    }
  | { readonly kind: 'close-sender'; readonly reason: PauseReason; readonly probeAfterMs?: number }
  | {
      readonly kind: 'close-template';
      readonly reason: PauseReason;
      readonly probeAfterMs?: number;
    }
  | {
      readonly kind: 'streak';
      /** What failures in a row must have in common to count. */
      readonly key: string;
      readonly enough: number;
      readonly reason: PauseReason;
    }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'unknown-code'; readonly code: number };

// Messages in flight when a limit is reached are refused together: one cut for all of them.
const THROTTLED_MS = 1_000;
// Meta's usage headers count a moving hour: a cut shows only after a while.
const USAGE_MS = 10_000;
/** Percent of Meta's allowance from which on the sender slows down before it is refused. */
const USAGE_HIGH = 85;

/** So many equal refusals in a row that are not about the person pause the campaign. */
const REFUSALS_ENOUGH = 5;
/**
 * So many unknown outcomes in a row, with no acceptance between, are no bad luck: a wrong address or
 * a network that eats answers must not make a whole list uncertain.
 */
const UNCERTAIN_ENOUGH = 50;

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
  claim: Asked & Pick<ClaimedRequest, 'attempts'>,
  outcome: Outcome,
  p: { readonly checkAfterMs: number; readonly random: () => number },
): Reaction {
  const ref = {
    ...asked(claim),
    outcome: outcome.kind,
    ...('raw' in outcome ? { raw: outcome.raw } : {}),
  };
  switch (outcome.kind) {
    case 'accepted':
      return {
        effects: usageEffects(outcome.usage),
        entry: {
          ...ref,
          state: 'accepted',
          countAttempt: true,
          giveBackAllowance: false,
          ...(outcome.wamid === undefined ? {} : { wamid: outcome.wamid }),
          messageStatus: outcome.messageStatus,
          ...(outcome.waId === undefined ? {} : { waId: outcome.waId }),
        },
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
        effects: [
          {
            kind: 'streak',
            key: 'uncertain',
            enough: UNCERTAIN_ENOUGH,
            reason: {
              by: 'us',
              scope: 'campaign',
              message: `The outcome of ${UNCERTAIN_ENOUGH} requests in a row is not known (${outcome.detail}). Look at GRAPH_BASE_URL and the network, then resume; the uncertain ones are not sent again.`,
            },
          },
        ],
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

function usageEffects(usage: Usage | undefined): readonly Effect[] {
  if (usage === undefined || usage.percent < USAGE_HIGH) return [];
  return [
    {
      kind: 'slow-sender',
      reason: `Meta's usage headers stand at ${usage.percent} % of the allowance`,
      ...(usage.regainAccessMs === undefined || usage.regainAccessMs === 0
        ? {}
        : { waitMs: usage.regainAccessMs }),
      cutAgainMs: USAGE_MS,
    },
  ];
}

function reactToRefusal(
  claim: Asked & Pick<ClaimedRequest, 'attempts'>,
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
    ...asked(claim),
    outcome: 'refused',
    state,
    countAttempt: true,
    giveBackAllowance: true,
    errorCode: error.code,
    errorMessage: words,
    reason: verdict.verdict,
    ...(outcome.raw === undefined ? {} : { raw: outcome.raw }),
    ...more,
  });
  const pause = (scope: 'template' | 'sender' | 'campaign') => ({
    by: 'us' as const,
    scope,
    code: error.code,
    message: `Meta refused with ${error.code}: ${words.replace(/\.$/, '')}. ${verdict.advice}`,
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
        cutAgainMs: THROTTLED_MS,
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
      effects.push({
        kind: 'streak',
        key: String(error.code),
        enough: REFUSALS_ENOUGH,
        reason: pause('campaign'),
      });
      return { entry: entry('rejected'), effects };
  }
}
