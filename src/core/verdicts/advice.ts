/** What to tell a person about a request that did not simply go through. */
import type { RequestState } from '../request.ts';
import { verdictFor } from './verdicts.ts';

/** What the ledger knows of a request's end. */
export interface Ending {
  readonly state: RequestState;
  readonly errorCode: number | null;
  readonly errorMessage: string | null;
  readonly reason: string | null;
  readonly doubleOf: number | null;
  /** What the check of an uncertain request found; `null` before it. */
  readonly finding: string | null;
}

const UNCERTAIN =
  'Not sent again by itself, because it may have gone out. Decide: ' +
  '`callpermit campaign settle` when you know, `callpermit campaign retry --uncertain` to ask again.';

const SKIPPED: Readonly<Record<string, string>> = {
  'pair-limit':
    'Asked too often already (Meta allows once in 24 hours and twice in 7 days), and the campaign skips such people or had no time left to wait.',
  suppressed: 'On the suppression list; `callpermit suppress list` says why.',
  'already-granted':
    'Has granted a permission that still holds; --include-granted asks all the same.',
  declined: 'Declined within the last seven days; --include-declined asks all the same.',
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
  switch (ending.state) {
    case 'uncertain':
      return ending.finding === null ? UNCERTAIN : `${ending.finding} ${UNCERTAIN}`;
    case 'skipped':
      if (ending.doubleOf !== null)
        return `The same number as in row ${ending.doubleOf}, which stands for both.`;
      return SKIPPED[ending.reason ?? ''] ?? ending.reason;
    case 'pending':
      return ending.errorCode === null
        ? (WAITING[ending.reason ?? ''] ?? null)
        : adviceOfCode(ending.errorCode, ending.errorMessage);
    case 'expired':
      return 'The time to ask (not_after) had passed.';
    case 'cancelled':
      return 'The campaign was cancelled before this person was asked.';
    default:
      return ending.errorCode === null ? null : adviceOfCode(ending.errorCode, ending.errorMessage);
  }
}

function adviceOfCode(code: number, message: string | null): string {
  return verdictFor({ code, message: message ?? '' }).advice;
}
