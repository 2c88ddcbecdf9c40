/** Whom of the permission book somebody wants to see, as people and programs say it. */
import { given } from '../core/given.ts';
import { samePerson } from '../core/people/spellings.ts';
import { userIdOf } from '../core/people/user-id.ts';
import type { BookEntry, BookFilter, BookState } from '../core/ports/index.ts';
import { BOOK_STATES } from '../core/ports/permission-book.ts';

/** What may be called now. */
const CALLABLE = ['temporary', 'permanent'] as const satisfies readonly BookState[];

/** The states that can be named, and `callable` for those who may be called now. */
export const STATE_CHOICES = ['callable', ...BOOK_STATES] as const;

/** A name of {@link STATE_CHOICES}. */
export type StateChoice = (typeof STATE_CHOICES)[number];

/** The states that are meant, each once. */
export function namedStates(choices: readonly StateChoice[]): readonly BookState[] {
  const all = choices.flatMap((one) => (one === 'callable' ? CALLABLE : [one]));
  return [...new Set(all)];
}

/** Whether a person in this state may be called now. */
export function mayCall(state: BookState): boolean {
  return CALLABLE.some((one) => one === state);
}

/**
 * Whether a person may be called at the name by which they were looked for: not at a number that they have left, whoever has
 * it now.
 * @param name E.164, or a user id, which is dialled by nobody and passed on to nobody
 */
export function mayCallAt(
  name: string,
  { state, to, waId }: Pick<BookEntry, 'state' | 'to' | 'waId'>,
): boolean {
  const isTheirs = [to, waId].some((one) => one !== null && samePerson(one, name));
  return mayCall(state) && (isTheirs || userIdOf(name) !== undefined);
}

/** The filter; a time that ends is one of a permission unless a state is named. */
export function bookFilter(p: {
  readonly states?: readonly BookState[] | undefined;
  readonly expiringWithinMs?: number | undefined;
  readonly campaignId?: string | undefined;
  readonly senderId?: string | undefined;
  readonly to?: string | undefined;
}): BookFilter {
  const { expiringWithinMs, states: named, ...others } = p;
  const states = named ?? (expiringWithinMs === undefined ? undefined : (['temporary'] as const));
  return given({ ...others, states, untilWithinMs: expiringWithinMs });
}
