/** What a management call that failed means for people. */

import type { GraphFailure } from '../core/graph.ts';
import type { Problem } from '../core/problem.ts';
import { graphProblem } from './preflight.ts';

/**
 * The problem behind a failed call, with what was being done, and with the text Meta means for
 * people: about templates the message is "Invalid parameter" and all that helps is in them.
 *
 * @param doing after "Could not", e.g. `create the template`
 */
export function problemWhile(failure: GraphFailure, doing: string): Problem {
  const found = graphProblem(failure);
  const { userTitle, userMessage } = failure.kind === 'refused' ? failure.error : {};
  const userText = [userTitle, userMessage]
    .filter((w) => w && !found.message.includes(w))
    .join(': ');
  return { ...found, message: `Could not ${doing}. ${found.message}${userText && ` ${userText}`}` };
}
