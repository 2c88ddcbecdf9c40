/** Options that name people of the permission book. */
import { InvalidArgumentError, Option } from 'commander';
import type { BookState } from '../../core/ports/permission-book.ts';
import { namedStates, STATE_CHOICES } from '../../replies/book-filter.ts';
import { someOf } from './options.ts';

/** `--state`: states of the book, and `callable` for those who may be called now. */
export function stateOption(): Option {
  const read = someOf(STATE_CHOICES);
  return new Option(
    '--state <states>',
    `only people in these states, with commas between: ${STATE_CHOICES.join(', ')} (callable: temporary or permanent)`,
  ).argParser((text: string, before: readonly BookState[] | undefined) => {
    const named = namedStates(read(text, undefined));
    return [...new Set([...(before ?? []), ...named])];
  });
}

/** `--campaign`. */
export function campaignOption(): Option {
  return new Option('--campaign <id>', 'only the people of this campaign');
}

/** `--sender`: a phone number id. */
export function senderId(text: string): string {
  if (/^\d{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a phone number id: digits');
}
