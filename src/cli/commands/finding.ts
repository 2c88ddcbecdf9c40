/** One line of what `doctor` finds. */
import { PROBLEMS } from '../../core/problem.ts';
import type { Shown } from '../run/failure.ts';

/** One line of the diagnosis. */
export interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do where it is not `ok`. */
  readonly next?: string;
  /** It is out of reach rather than wrong: exit code 4. */
  readonly unreachable?: true;
}

/** A problem as a finding. */
export function failed(check: string, shown: Shown): Finding {
  const unreachable = shown.code !== 'INTERNAL' && PROBLEMS[shown.code].exit === 4;
  return {
    check,
    level: 'fail',
    message: shown.message,
    ...(shown.next === undefined ? {} : { next: shown.next }),
    ...(unreachable ? { unreachable } : {}),
  };
}
