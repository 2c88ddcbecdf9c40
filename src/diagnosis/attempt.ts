/** One look of a diagnosis: what it throws, or that it takes too long, is what it found. */
import { shownProblems } from '../core/shown-problem.ts';
import { LateError, within } from '../core/within.ts';
import { type Finding, failed } from './finding.ts';
import type { Ground } from './ground.ts';

/** Looks, and never throws for anything a machine or Meta can do. */
export async function attempt(
  { limitMs, hasCause }: Pick<Ground, 'limitMs' | 'hasCause'>,
  check: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return limitMs === undefined ? await look() : await within(limitMs, look());
  } catch (error) {
    if (error instanceof LateError) return [late(check, error)];
    return shownProblems(error, { hasCause }).map((shown) => failed(check, shown));
  }
}

function late(check: string, { ms }: LateError): Finding {
  return {
    ...{ check, code: 'NO_ANSWER_IN_TIME', level: 'fail', unreachable: true },
    message: `No answer within ${ms / 1_000} s.`,
    next: '`callpermit doctor` on that machine waits longer, and says what it waits for.',
  };
}
