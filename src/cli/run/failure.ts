/**
 * Turns whatever a command threw into problems for people. A user never sees a stack: what we did
 * not expect gets one sentence here, and its cause goes to the log at level debug.
 */

import { CommanderError } from 'commander';
import { type Shown, shownProblems } from '../../core/shown-problem.ts';

export { thrown, unwrap } from '../../core/unwrap.ts';
export type { Shown };

/** The problems behind anything thrown; empty for commander's own ways of saying "the help was shown". */
export function problemsOf(error: unknown): readonly Shown[] {
  return error instanceof CommanderError ? [] : shownProblems(error);
}
