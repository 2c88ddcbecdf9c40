/** What the API says in the names of its options and commands, in the words of the pages. */
import { ApiError } from './api/client.ts';
import { texts } from './texts.ts';

/** A text of the API. */
export function wordsOfPage(text: string): string {
  return texts.optionWords.reduce((said, [theirs, ours]) => said.replaceAll(theirs, ours), text);
}

/** A refusal. */
export function inWordsOfPage(error: Error): Error {
  if (!(error instanceof ApiError)) return error;
  const { code } = error.problem;
  const { detail, next } = texts.problems[code] ?? error.problem;
  const said = next === undefined ? {} : { next: wordsOfPage(next) };
  return new ApiError({ ...error.problem, detail: wordsOfPage(detail), ...said });
}
