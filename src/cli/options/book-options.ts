/** Options that name people of the permission book. */
import { InvalidArgumentError, Option } from 'commander';
import { BOOK_STATES, type BookState } from '../../core/ports/permission-book.ts';
import type { Cli } from '../run/cli.ts';
import { someOf } from './options.ts';
import { type NumberOptions, readNumbers } from './phone-numbers.ts';

const CALLABLE = 'callable';
const CHOICES = [CALLABLE, ...BOOK_STATES] as const;

/** `--state`: states of the book, and `callable` for those who may be called now. */
export function stateOption(): Option {
  const read = someOf(CHOICES);
  return new Option(
    '--state <states>',
    `only people in these states, with commas between: ${CHOICES.join(', ')} (callable: temporary or permanent)`,
  ).argParser((text: string, before: readonly BookState[] | undefined) => {
    const named = read(text, undefined).flatMap((state): readonly BookState[] =>
      state === CALLABLE ? ['temporary', 'permanent'] : [state],
    );
    return [...new Set([...(before ?? []), ...named])];
  });
}

/** `--campaign`. */
export function campaignOption(): Option {
  return new Option('--campaign <id>', 'only the people of this campaign');
}

/** A user id of Meta's, as webhooks tell them. */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Reads people typed on a command line: numbers of any spelling, or user ids. */
export async function readPeople(
  cli: Cli,
  texts: readonly string[],
  options: NumberOptions,
): Promise<readonly string[]> {
  const numbers = texts.filter((text) => !USER_ID.test(text));
  const read = numbers.length === 0 ? [] : await readNumbers(cli, numbers, options);
  return [...read, ...texts.filter((text) => USER_ID.test(text))];
}

/** `--sender`: a phone number id. */
export function senderId(text: string): string {
  if (/^\d{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a phone number id: digits');
}
