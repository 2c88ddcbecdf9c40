/** All that is known of one person: with each sender what they allow, what happened, their calls, and the opt-out list. */
import type {
  BookEntry,
  CallStanding,
  HistoryEntry,
  PeopleStore,
  PermissionBook,
  Suppression,
} from '../core/ports/index.ts';

/** A person, under whatever name they were looked for. */
export interface Person {
  readonly to: string;
  readonly optOut: Omit<Suppression, 'person'> | null;
  readonly permissions: readonly BookEntry[];
  readonly calls: readonly CallStanding[];
  readonly history: readonly HistoryEntry[];
}

/** Looks a person up. */
export async function lookAtPerson(
  {
    ledger,
  }: {
    readonly ledger: {
      readonly people: Pick<PeopleStore, 'suppressions'>;
      readonly book: Pick<PermissionBook, 'entries' | 'calls' | 'history'>;
    };
  },
  to: string,
): Promise<Person> {
  let optOut: Person['optOut'] = null;
  for await (const { person: _, ...found } of ledger.people.suppressions({ to })) optOut = found;
  const permissions: BookEntry[] = [];
  for await (const entry of ledger.book.entries({ to })) permissions.push(entry);
  const [calls, history] = [await ledger.book.calls(to), await ledger.book.history(to)];
  return { to, optOut, permissions, calls, history };
}
