/** What to tell a person about a request that did not simply go through. */
import type { RequestState } from './request.ts';
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
  'Not sent again by itself, because it may have gone out. Wait for a status webhook, or decide: ' +
  '`callpermit campaign settle` when you know, `callpermit campaign retry --uncertain` to ask again.';

/** One sentence or two of advice; `null` where there is nothing to say. */
export function adviceFor(ending: Ending): string | null {
  switch (ending.state) {
    case 'uncertain':
      return ending.finding === null ? UNCERTAIN : `${ending.finding} ${UNCERTAIN}`;
    case 'skipped':
      if (ending.doubleOf !== null)
        return `The same number as in row ${ending.doubleOf}, which stands for both.`;
      if (ending.reason === 'pair-limit')
        return 'Asked too often already (Meta allows once in 24 hours and twice in 7 days), and there was no time left to wait.';
      return ending.reason;
    case 'expired':
      return 'The time to ask (not_after) had passed.';
    case 'cancelled':
      return 'The campaign was cancelled before this person was asked.';
    default:
      return ending.errorCode === null
        ? null
        : verdictFor({ code: ending.errorCode, message: ending.errorMessage ?? '' }).advice;
  }
}
