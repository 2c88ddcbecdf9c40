/**
 * What Meta's count of call permission requests says about one whose outcome we do not know. Pure:
 * the answer and what we account for ourselves come in, a finding goes out.
 */
import type { CallPermissionInfo } from '../graph.ts';
import type { UncertainCheck } from '../ports/index.ts';

/** A finding, with a sentence for people. */
export interface Finding {
  readonly kind: 'went-out' | 'did-not-go-out' | 'nothing-learned';
  readonly text: string;
}

/** What a check found that saw no request at Meta. */
export const DID_NOT_GO_OUT = 'Meta counts no request to this person: it did not go out.';

const DAY_MS = 86_400_000;

/**
 * Calling codes of countries where the wa_id is known to differ from the number: Brazil drops a
 * digit, Mexico and Argentina add one. Elsewhere the digits are the wa_id.
 */
const WA_ID_DIFFERS = ['+55', '+52', '+54'];

/**
 * Weighs the usage of `send_call_permission_request`.
 * @param oldEnoughMs lease and request time-out together: before that it may still be on its way
 */
export function weighUsage(
  check: Pick<
    UncertainCheck,
    | 'to'
    | 'waIdKnown'
    | 'ageMs'
    | 'knownDay'
    | 'knownWeek'
    | 'resetSince'
    | 'leftSince'
    | 'heldSince'
  >,
  info: Pick<CallPermissionInfo, 'day' | 'week'>,
  oldEnoughMs: number,
): Finding {
  const { day, week } = info;
  if (
    (day !== undefined && day.used > check.knownDay && check.ageMs < DAY_MS) ||
    (week !== undefined && week.used > check.knownWeek)
  ) {
    return {
      kind: 'went-out',
      text: 'Meta counts one request more than we know of: this one went out.',
    };
  }
  const doubt = doubtOf(check, info, oldEnoughMs);
  return doubt === undefined
    ? { kind: 'did-not-go-out', text: DID_NOT_GO_OUT }
    : { kind: 'nothing-learned', text: `Meta was asked, but nothing is learned: ${doubt}.` };
}

function doubtOf(
  check: Pick<
    UncertainCheck,
    'to' | 'waIdKnown' | 'ageMs' | 'resetSince' | 'leftSince' | 'heldSince'
  >,
  { day, week }: Pick<CallPermissionInfo, 'day' | 'week'>,
  oldEnoughMs: number,
): string | undefined {
  if (day === undefined || week === undefined) return 'its answer does not hold both windows';
  if (day.used > 0 || week.used > 0) return 'other requests to this person explain the usage';
  if (check.ageMs >= DAY_MS) return 'the attempt is older than 24 hours';
  if (check.ageMs < oldEnoughMs) return 'the attempt is too young';
  if (check.resetSince) return 'a connected call has reset the counters';
  if (check.leftSince) return 'the person has left this number since';
  if (check.heldSince) return 'messages of this campaign are held for quality assessment';
  if (!check.waIdKnown && WA_ID_DIFFERS.some((code) => check.to.startsWith(code))) {
    return 'the wa_id of this number is not known for sure';
  }
  return undefined;
}
