/**
 * What a verdict does, as an answer to the POST and as a `failed` status. One matrix for the code
 * that acts and for docs/errors.md.
 */
import type { RequestState } from '../request.ts';
import type { Verdict } from './verdict.ts';

/** Where a code came from. */
export type VerdictSource = 'answer' | 'status';

/** What follows for the request. */
export interface Consequence {
  /** The state it goes to; `unchanged` for a status, which never moves it. */
  readonly state: RequestState | 'unchanged';
  /** The state where the first one is not open: see `effect`. */
  readonly otherwise?: RequestState;
  /** The pair's allowance that the claim reserved. */
  readonly allowance: 'kept' | 'given-back';
  /** Whether it counts towards `MAX_ATTEMPTS`. */
  readonly attempt: 'counted' | 'not-counted';
  /** For people: what else happens. */
  readonly effect: string;
}

/** The one row of the matrix. */
export function consequence(verdict: Verdict, source: VerdictSource): Consequence {
  return source === 'answer' ? ANSWER[verdict] : STATUS[verdict];
}

const ANSWER: Readonly<Record<Verdict, Consequence>> = {
  retry: {
    state: 'pending',
    otherwise: 'rejected',
    allowance: 'given-back',
    attempt: 'counted',
    effect:
      'tried again after a drawn pause of 1-5 s, doubling up to 5 min; rejected after 5 attempts',
  },
  'slow-sender': {
    state: 'pending',
    allowance: 'given-back',
    attempt: 'not-counted',
    effect: "the sender's rate is cut and climbs back",
  },
  // Counted like a retry but with a bound of its own, so that every row ends.
  'delay-pair': {
    state: 'pending',
    otherwise: 'rejected',
    allowance: 'given-back',
    attempt: 'counted',
    effect: 'this person waits 1, 4, 16, ... s; rejected at the 8th attempt, after 1.5 h',
  },
  'delay-day': {
    state: 'pending',
    otherwise: 'rejected',
    allowance: 'given-back',
    attempt: 'counted',
    effect: 'tried again after 24 h; rejected after 5 attempts',
  },
  reject: {
    state: 'rejected',
    allowance: 'given-back',
    attempt: 'counted',
    effect: "final, with Meta's words and ours",
  },
  'pair-limit': {
    state: 'pending',
    otherwise: 'skipped',
    allowance: 'kept',
    attempt: 'not-counted',
    effect:
      'the book is corrected; it waits until the allowance is free, or is skipped when it may not wait',
  },
  'already-granted': {
    state: 'already-granted',
    allowance: 'kept',
    attempt: 'counted',
    effect: 'final and good: a permanent permission is booked',
  },
  suppress: {
    state: 'rejected',
    allowance: 'given-back',
    attempt: 'counted',
    effect: 'final; the person is put on the opt-out list',
  },
  'pause-template': {
    state: 'pending',
    allowance: 'given-back',
    attempt: 'not-counted',
    effect:
      'every campaign on this template in this language pauses; a probe or a person reopens it',
  },
  'pause-campaign': {
    state: 'rejected',
    otherwise: 'pending',
    allowance: 'given-back',
    attempt: 'counted',
    effect:
      'after several equal refusals with no acceptance between them the campaign pauses, and these rows go back to pending uncounted',
  },
  'pause-sender': {
    state: 'pending',
    allowance: 'given-back',
    attempt: 'not-counted',
    effect: 'every campaign on this sender pauses, with the reason',
  },
};

const NOTHING_MORE = "delivery becomes failed, with Meta's words";

// Meta had accepted the message; whether a failed one counts against the pair is not documented,
// and giving it back could ask a person twice. So it stays used.
function status(effect: string): Consequence {
  return { state: 'unchanged', allowance: 'kept', attempt: 'not-counted', effect };
}

const STATUS: Readonly<Record<Verdict, Consequence>> = {
  retry: status(NOTHING_MORE),
  'slow-sender': status(`${NOTHING_MORE}; the sender's rate is cut`),
  'delay-pair': status(NOTHING_MORE),
  'delay-day': status(`${NOTHING_MORE}; the person may be asked again after 24 h, by another list`),
  reject: status(NOTHING_MORE),
  'pair-limit': status(NOTHING_MORE),
  'already-granted': status('a permanent permission is booked'),
  suppress: status(`${NOTHING_MORE}; the person is put on the opt-out list`),
  'pause-template': status(
    `${NOTHING_MORE}; every campaign on this template in this language pauses`,
  ),
  'pause-campaign': status(NOTHING_MORE),
  'pause-sender': status(`${NOTHING_MORE}; every campaign on this sender pauses`),
};
