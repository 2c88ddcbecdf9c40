/**
 * Opt-outs that people type: a list of words per language, off unless there is one. A text is an opt-out when it is one of
 * them and nothing else: "stop" is, "please do not stop" is not.
 */
import { z } from 'zod';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

/** Words as they are compared. */
export type OptOutWords = ReadonlySet<string>;

// Of a word of signs alone nothing is left to compare: each text of signs would be it.
const schema = z.record(z.string(), z.array(z.string().regex(/[\p{L}\p{N}]/u)).min(1));

/**
 * Reads a list of words.
 * @param text JSON: `{ "en": ["stop", "unsubscribe"], "de": ["stopp"] }`
 * @param where the file's name, for the problem
 */
export function readOptOutWords(text: string, where: string): Result<OptOutWords, Problem> {
  const next =
    'Write an object of languages, each with a list of words of letters or digits: { "en": ["stop"] }.';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err(
      problem('SETTING_INVALID', 'The list of opt-out words is no JSON.', { where, next }),
    );
  }
  const read = schema.safeParse(json);
  return read.success
    ? ok(new Set(Object.values(read.data).flat().map(plain)))
    : err(
        problem('SETTING_INVALID', 'The list of opt-out words is of another shape.', {
          where,
          next,
        }),
      );
}

/** The word of the list that a text is; `undefined`: none. */
export function isOptOut(words: OptOutWords | undefined, text: string): string | undefined {
  const word = plain(text);
  return words?.has(word) ? word : undefined;
}

// Case, accents typed in two ways, width, and what stands around a word do not matter.
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\s]+/gu, ' ')
    .trim();
}
