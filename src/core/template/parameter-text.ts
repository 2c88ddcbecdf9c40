/**
 * The texts Meta refuses as a template parameter, found before anything is sent: one bad text
 * would else cost a POST and come back as 131008, 132012 or 132018 without a row to look at.
 */
import { checkLeftover, isVisible, type TextFailure } from './leftovers.ts';

export type { TextFailure } from './leftovers.ts';

/** Characters that Meta takes of all body parameters of one message together. */
export const BODY_TEXT_LIMIT = 32_768;

/** Characters that Meta takes of a header's parameter. */
export const HEADER_TEXT_LIMIT = 1_024;

/**
 * Says what Meta would refuse about one parameter's text, or `undefined` where it is good.
 * White space alone and other invisible characters count as empty. `limit` in characters (code points).
 */
export function checkParameterText(
  text: string,
  limit: number = BODY_TEXT_LIMIT,
): TextFailure | undefined {
  if (!isVisible(text)) {
    return {
      code: 'PARAMETER_EMPTY',
      message:
        text.trim() === ''
          ? 'the text is empty; Meta refuses empty parameters, so write something here'
          : 'the text has only characters that nobody can see; write something here',
    };
  }
  if (/[\n\r]/.test(text)) {
    return {
      code: 'PARAMETER_NEWLINE',
      message:
        'the text has a line break; Meta refuses line breaks in parameters, so write it on one line',
    };
  }
  if (text.includes('\t')) {
    return {
      code: 'PARAMETER_TAB',
      message: 'the text has a tab; Meta refuses tabs in parameters, so use a space',
    };
  }
  if (text.includes('     ')) {
    return {
      code: 'PARAMETER_SPACES',
      message: 'the text has more than four spaces in a row; Meta refuses that, so use fewer',
    };
  }
  const length = characters(text, limit);
  if (length > limit) {
    return {
      code: 'PARAMETER_TOO_LONG',
      message: `the text has ${length} characters; Meta takes at most ${limit} here, so shorten it`,
    };
  }
  return checkStorableText(text) ?? checkLeftover(text);
}

/**
 * Says why a text cannot be kept and sent as it is: U+FFFD is what is left of a character that
 * could not be read, so it would greet people by a broken name; Postgres stores no NUL; half a
 * surrogate pair has no UTF-8.
 */
export function checkStorableText(text: string): TextFailure | undefined {
  if (!UNSTORABLE.test(text)) return undefined;
  if (text.includes('\uFFFD')) {
    return {
      code: 'TEXT_UNREADABLE',
      message:
        'a character could not be read (it stands as U+FFFD): the text is not UTF-8, or was damaged before; save the list as UTF-8',
    };
  }
  return {
    code: 'TEXT_INVALID',
    message: 'the text has a NUL or half a surrogate pair, which is no text; take it out',
  };
}

/** Whether Postgres can hold a text, damaged ones too. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE_CHARACTER.test(text);
}

const UNSTORABLE_CHARACTER = /[\0\uD800-\uDFFF]/u;

/** With the `u` flag a surrogate matches only where its other half is missing. */
const UNSTORABLE = /[\0\uFFFD\uD800-\uDFFF]/u;

/** Code points, counted only where code units (never fewer) are above the limit. */
export function characters(text: string, limit = 0): number {
  if (text.length <= limit) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
