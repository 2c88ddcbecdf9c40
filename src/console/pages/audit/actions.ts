/** What was done, in the words of the page and in the names of the log. */
import { texts } from '../../texts.ts';

/** All that have words, as somebody may choose them. */
export const ACTIONS: readonly string[] = Object.values(texts.audit.actions);

/** The words of an operation; none of a command, or a page of the dashboard. */
export function wordsOf(what: string): string | undefined {
  return Object.hasOwn(texts.audit.actions, what) ? texts.audit.actions[what] : undefined;
}

/** The name in the log of what somebody chose or typed, whatever the capitals. */
export function nameOfAction(typed: string): string {
  const asked = typed.trim().replace(/^callpermit /, '');
  const isIt = ([, words]: [string, string]) => words.toLowerCase() === asked.toLowerCase();
  return Object.entries(texts.audit.actions).find(isIt)?.[0] ?? asked;
}
