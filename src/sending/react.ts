/**
 * From one outcome to what is written and what follows: pure. Nothing is
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
import type { Accepted, Outcome, Refused, Usage } from '../core/verdicts/outcome.ts';
import { saidOnce } from '../core/verdicts/said-once.ts';
import type { Verdict } from '../core/verdicts/verdict.ts';
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
  switch (outcome.kind) {
    case 'accepted':
      return { effects: usageEffects(outcome.usage), entry: acceptedEntry(claim, outcome) };
    case 'uncertain':
      return {
        entry: {
          ...asked(claim),
          outcome: 'uncertain',
          ...(outcome.raw === undefined ? {} : { raw: outcome.raw }),
          state: 'uncertain',
          delayMs: p.checkAfterMs,
          countAttempt: true,
          giveBackAllowance: false,
          errorMessage: outcome.detail,
          reason: outcome.cause,
        },
        effects: [uncertainStreak(outcome.detail)],
      };
    case 'unsent':
      return {
        entry: {
          ...asked(claim),
          outcome: 'unsent',
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

/** Field by field: it is what a list consists of, and by spreads it took 1.5 us. */
function acceptedEntry(claim: Asked, outcome: Accepted): RecordEntry {
  const { request, fence, epoch, to } = claim;
  const { messageStatus, wamid, waId, raw } = outcome;
  const entry: { -readonly [K in keyof RecordEntry]: RecordEntry[K] } = {
    request,
    fence,
    epoch,
    to,
    outcome: 'accepted',
    state: 'accepted',
    countAttempt: true,
    giveBackAllowance: false,
    messageStatus,
  };
  if (wamid !== undefined) entry.wamid = wamid;
  if (waId !== undefined) entry.waId = waId;
  if (raw !== undefined) entry.raw = raw;
  return entry;
}

function uncertainStreak(detail: string): Effect {
  return {
    kind: 'streak',
    key: 'uncertain',
    enough: UNCERTAIN_ENOUGH,
    reason: {
      by: 'us',
      scope: 'campaign',
      message: `The outcome of ${UNCERTAIN_ENOUGH} requests in a row is not known (${detail}). Look at GRAPH_BASE_URL and the network, then resume; the uncertain ones are not sent again.`,
    },
  };
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
  const verdict = verdictFor(outcome.error);
  const entry = refusedEntry(claim, outcome, verdict.verdict);
  return {
    entry: { ...entry, ...fateOf(verdict.verdict, claim.attempts, outcome, random) },
    effects: [
      ...(verdict.known ? [] : [{ kind: 'unknown-code' as const, code: outcome.error.code }]),
      ...effectsOf(verdict, outcome),
    ],
  };
}

function textOf({ error }: Refused): string {
  return saidOnce(
    error.details === undefined ? error.message : `${error.message}: ${error.details}`,
  );
}

function refusedEntry(claim: Asked, outcome: Refused, reason: Verdict): Omit<RecordEntry, 'state'> {
  return {
    ...asked(claim),
    outcome: 'refused',
    countAttempt: true,
    giveBackAllowance: true,
    errorCode: outcome.error.code,
    errorMessage: textOf(outcome),
    reason,
    ...(outcome.raw === undefined ? {} : { raw: outcome.raw }),
  };
}

type Fate = Pick<RecordEntry, 'state'> & Partial<RecordEntry>;

/** What becomes of the request; `attempts`: how many count, this one included. */
function fateOf(verdict: Verdict, attempts: number, outcome: Refused, random: () => number): Fate {
  const { retryAfterMs: after } = outcome;
  const retryAfter = after === undefined ? {} : { retryAfterMs: after };
  const until = (most: number, delayMs: () => number): Fate =>
    attempts >= most ? { state: 'rejected' } : { state: 'pending', delayMs: delayMs() };
  switch (verdict) {
    case 'retry':
      return until(MAX_ATTEMPTS, () => retryDelayMs({ failures: attempts, random, ...retryAfter }));
    case 'slow-sender': {
      const delayMs = retryDelayMs({ failures: 1, random, ...retryAfter });
      return { state: 'pending', delayMs, countAttempt: false };
    }
    case 'delay-pair':
      return until(MAX_PAIR_DELAYS, () => pairDelayMs({ refusals: attempts, ...retryAfter }));
    case 'delay-day':
      return until(MAX_ATTEMPTS, () => DAY_MS);
    case 'pair-limit':
      // Somebody else asked: the allowance stays used, so that the next claim waits for it.
      return { state: 'pending', giveBackAllowance: false, countAttempt: false };
    case 'already-granted':
      return { state: 'already-granted', giveBackAllowance: false };
    case 'pause-template':
    case 'pause-sender':
      return { state: 'pending', countAttempt: false };
    case 'reject':
    case 'suppress':
    case 'pause-campaign':
      return { state: 'rejected' };
  }
}

/** What it does to the sender, the template or the campaign. */
function effectsOf(found: ReturnType<typeof verdictFor>, outcome: Refused): readonly Effect[] {
  const { code } = outcome.error;
  const text = textOf(outcome);
  const pause = (scope: 'template' | 'sender' | 'campaign') => ({
    by: 'us' as const,
    scope,
    code,
    message: `Meta refused with ${code}: ${text.replace(/\.$/, '')}. ${found.advice}`,
  });
  const probe = found.probeAfterMs === undefined ? {} : { probeAfterMs: found.probeAfterMs };
  const waitMs = outcome.usage?.regainAccessMs ?? outcome.retryAfterMs;
  switch (found.verdict) {
    case 'slow-sender':
      return [
        {
          kind: 'slow-sender',
          reason: `${code}: ${text}`,
          ...(waitMs === undefined ? {} : { waitMs }),
          cutAgainMs: THROTTLED_MS,
        },
      ];
    case 'pause-template':
      return [{ kind: 'close-template', reason: pause('template'), ...probe }];
    case 'pause-sender':
      return [{ kind: 'close-sender', reason: pause('sender'), ...probe }];
    case 'pause-campaign': {
      const reason = pause('campaign');
      return [{ kind: 'streak', key: String(code), enough: REFUSALS_ENOUGH, reason }];
    }
    default:
      return [];
  }
}
