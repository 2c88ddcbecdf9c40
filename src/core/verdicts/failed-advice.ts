/**
 * What to do about a message that Meta took and then did not deliver. The advice of the table is for the answer to a
 * POST, where a request is tried again or waits; a failed status never causes a POST.
 */
import type { VerdictRule } from './row.ts';

const NOT_AGAIN = 'It is not sent again by itself';
const NEW_LIST = 'a new list or `callpermit request` asks again';
/** How an advice begins that speaks of the answer to a POST. */
const WAITS = /^It waits 24 hours[;.] ?/;
/** At the end of an advice: the campaign that is to go on, and the message does not. */
const RESUME = /[,;] then resume(?: or retry| the campaign)?\.$/;

const AS_OFTEN =
  'It was tried as often as it is by itself; `callpermit campaign retry ID` asks again.';

/** The same of a request that ended as refused: what the table says of waiting is over. */
export function refusedAdvice({
  verdict,
  advice,
}: Pick<VerdictRule, 'verdict' | 'advice'>): string {
  switch (verdict) {
    case 'retry':
    case 'slow-sender':
    case 'delay-pair':
      return AS_OFTEN;
    case 'delay-day':
      return `${AS_OFTEN}${also(advice)}`;
    default:
      return advice;
  }
}

/** What an advice says beside that it waits. */
function also(advice: string): string {
  const [first = '', ...rest] = advice.replace(WAITS, '');
  return first === '' ? '' : ` ${first.toUpperCase()}${rest.join('')}`;
}

/** One or two sentences, true of a request that stays accepted. */
export function failedAdvice(rule: Pick<VerdictRule, 'verdict' | 'advice'>): string {
  switch (rule.verdict) {
    case 'reject':
    case 'already-granted':
    case 'suppress':
      return rule.advice;
    case 'retry':
    case 'slow-sender':
    case 'delay-pair':
    case 'pair-limit':
      return `${NOT_AGAIN}; ${NEW_LIST} once the pair limit allows it (once in 24 hours, twice in 7 days).`;
    case 'delay-day':
      return `${NOT_AGAIN}; ${NEW_LIST} after 24 hours.${also(rule.advice)}`;
    // No campaign pauses by such a status, so there is none to resume.
    case 'pause-campaign':
      return `${rule.advice.replace(RESUME, '.')} ${NOT_AGAIN}.`;
    case 'pause-template':
    case 'pause-sender':
      return `${rule.advice} ${NOT_AGAIN}: the campaign goes on with the others.`;
  }
}
