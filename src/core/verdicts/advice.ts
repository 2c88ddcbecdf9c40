/** What to tell a person about a request that did not simply go through. */
import type { RequestState } from '../request.ts';
import { failedAdvice, refusedAdvice } from './failed-advice.ts';
import type { UncertainCause } from './outcome.ts';
import { verdictFor } from './verdicts.ts';
import { DID_NOT_GO_OUT } from './weigh-usage.ts';

/** What the ledger knows of a request's end. */
export interface Ending {
  readonly state: RequestState;
  /** On an accepted one: of the status by which its delivery failed. */
  readonly errorCode: number | null;
  readonly errorMessage: string | null;
  readonly reason: string | null;
  readonly doubleOf: number | null;
  /** What the check of an uncertain request found; `null` before it. */
  readonly finding: string | null;
}

const UNCERTAIN =
  'Not sent again by itself, because it may have gone out. Decide: ' +
  '`callpermit campaign settle ID --row N --as accepted` (or rejected) when you know, `callpermit campaign retry ID --uncertain` to ask again.';
const NOT_OUT =
  'Still not sent again by itself (UNCERTAIN_POLICY is hold). Decide: ' +
  '`callpermit campaign retry ID --uncertain` asks again, `callpermit campaign settle ID --row N --as rejected` leaves it at that.';
/** By what an outcome was not known: a request that ended as refused without a code of Meta's was settled so by somebody. */
const NOT_KNOWN: Readonly<Record<UncertainCause, string>> = {
  timeout: 'No answer came in time.',
  'connection-lost': 'The connection was lost before an answer came.',
  'unreadable-success': 'The answer could not be read.',
  'server-error': 'Meta answered with a failure of its own.',
  'foreign-answer': 'The answer was of somebody else.',
  'lease-ended': 'Its process ended while it was sent.',
  interrupted: 'It was broken off while it was sent.',
};
const SETTLED =
  'It was settled as not gone out, and is not sent again by itself; `callpermit campaign retry ID` asks again.';

const SKIPPED: Readonly<Record<string, string>> = {
  'pair-limit':
    'Asked too often already (Meta allows once in 24 hours and twice in 7 days), and the campaign skips such people or had no time left to wait.',
  suppressed: 'On the opt-out list; `callpermit suppress list` says why.',
  'already-granted':
    'Has granted a permission that still holds; --include-granted asks all the same.',
  declined:
    'Declined within the last seven days, or the permission was taken back: by Meta within seven days, or by the person; --include-declined asks all the same.',
  forgotten: 'The person was forgotten before being asked.',
  'quiet-hours':
    'The number may lie in so many time zones that no hour is outside the quiet hours of all.',
};

const WAITING: Readonly<Record<string, string>> = {
  'pair-limit': 'Was asked lately; is asked once Meta allows it again.',
  'quiet-hours': 'Is in the quiet hours of its time zone; is asked after them.',
};

/** One sentence or two of advice; `null` where there is nothing to say. */
export function adviceFor(ending: Ending): string | null {
  const { state, errorCode: code, finding } = ending;
  switch (state) {
    case 'uncertain':
      if (finding === null) return UNCERTAIN;
      return `${finding} ${finding === DID_NOT_GO_OUT ? NOT_OUT : UNCERTAIN}`;
    case 'skipped':
      if (ending.doubleOf !== null)
        return `The same number as in row ${ending.doubleOf}, which stands for both.`;
      return SKIPPED[ending.reason ?? ''] ?? ending.reason;
    case 'pending':
      return code === null
        ? (WAITING[ending.reason ?? ''] ?? null)
        : verdictOf(ending, code).advice;
    case 'expired':
      return 'The time to ask (not_after) had passed.';
    case 'cancelled':
      return 'The campaign was cancelled before this person was asked.';
    case 'accepted':
      return code === null ? null : failedAdvice(verdictOf(ending, code));
    case 'rejected':
      if (code === null) return settledAdvice(ending.reason);
      return refusedAdvice(verdictOf(ending, code));
    default:
      return code === null ? null : verdictOf(ending, code).advice;
  }
}

function settledAdvice(reason: string | null): string | null {
  const known: Readonly<Record<string, string>> = NOT_KNOWN;
  const why = known[reason ?? ''];
  return why === undefined ? null : `${why} ${SETTLED}`;
}

function verdictOf({ errorMessage }: Ending, code: number) {
  return verdictFor({ code, message: errorMessage ?? '' });
}
