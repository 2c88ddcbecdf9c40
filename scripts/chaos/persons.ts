/**
 * The comparison of the fourth book: what came back of each accepted request, in the export and in the permission book,
 * held against the server's own book of people. Pure, as the comparison of the other three.
 */
import { maskPhone } from '../../src/core/people/mask-phone.ts';
import type { BookEntry } from '../../src/core/ports/index.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { PersonStanding, RequestRecord } from '../../src/simulator/index.ts';
import { shareOf } from '../../src/simulator/prng.ts';

/** Of an entry what is compared. */
export type BookedState = Pick<BookEntry, 'state' | 'until' | 'source'>;

/** Both sides. */
export interface PersonBooks {
  readonly people: readonly PersonStanding[];
  readonly exported: readonly RequestResult[];
  readonly server: readonly RequestRecord[];
  /** The permission book by {@link bookKey}; absent: nothing stands there. */
  readonly booked: ReadonlyMap<string, BookedState>;
  /** Whether a status of this message, with this word, named the request. */
  readonly isNamed: (wamid: string, status: string) => boolean;
}

/** What the comparison came to. */
export interface PersonVerdicts {
  /** One sentence about each. */
  readonly personsWrong: readonly string[];
  readonly personsCompared: number;
  /** Taken twice by the server, or of an outcome that nothing can tell: not compared. */
  readonly personsLeftOut: number;
}

/** A status brings the request's name by such a share of the seed; the simulator draws it so. */
export function namingOf(p: { readonly seed: number; readonly opaque: number }) {
  return (wamid: string, status: string) => shareOf(p.seed + 14, wamid + status) < p.opaque;
}

/** Where the entry of a sender and a name stands. */
export function bookKey(phoneNumberId: string, name: string): string {
  return `${phoneNumberId} ${name}`;
}

/** All names by which the book must know a person. */
export function namesOf(one: PersonStanding): readonly string[] {
  return [
    one.to ?? `+${one.waId}`,
    one.userId,
    ...(one.movedTo === null ? [] : [`+${one.movedTo}`]),
  ];
}

/** Compares them. */
export function comparePersons(books: PersonBooks): PersonVerdicts {
  const rows = new Map(
    books.exported.filter((row) => row.status !== 'skipped').map((row) => [row.to, row]),
  );
  const taken = new Map<string, number>();
  for (const { outcome, waId } of books.server)
    if (outcome === 'accepted' && waId !== null) taken.set(waId, (taken.get(waId) ?? 0) + 1);
  const poisoned = new Set(
    books.server.filter(({ faults }) => faults.includes('poison')).map(({ wamid }) => wamid),
  );
  const personsWrong: string[] = [];
  let personsCompared = 0;
  let personsLeftOut = 0;
  for (const one of books.people) {
    if (one.wamid === null) continue;
    const row = rows.get(one.to ?? '');
    // A second message is asked twice, or the weaker promise: which of the two counts is no question here.
    const isOnce = taken.get(one.waId) === 1;
    const isTold = books.isNamed(one.wamid, one.delivery ?? 'accepted');
    // Its webhooks name the message by another id than the answer did: they are of a message that nobody knows.
    const isMisnamed =
      row !== undefined && row.wamid !== null && row.wamid !== one.wamid && poisoned.has(one.wamid);
    const isUnknown = row === undefined || isMisnamed || (row.wamid === null && !isTold);
    if (!isOnce || (isUnknown && one.answer.status === 'none')) {
      personsLeftOut += 1;
      continue;
    }
    personsCompared += 1;
    const faults = [
      ...(isUnknown ? [] : faultsOfRow(one, row)),
      ...namesOf(one).flatMap((name) => faultsOfBook(one, name, books.booked)),
    ];
    if (faults.length > 0)
      personsWrong.push(`${maskPhone(one.waId)} (${one.callbackData}): ${faults.join('; ')}`);
  }
  return { personsWrong, personsCompared, personsLeftOut };
}

function faultsOfRow(one: PersonStanding, row: RequestResult): readonly string[] {
  if (row.status !== 'accepted')
    return [`is ${row.status}, though a status of theirs named the request (${one.delivery})`];
  if (row.wamid !== one.wamid)
    return [`has another wamid than the server gave (...${row.wamid?.slice(-12)})`];
  const delivery = one.delivery === 'accepted' ? null : one.delivery;
  const { status } = one.answer;
  const answer = status === 'none' ? null : status === 'revoked' ? 'declined' : status;
  return [
    ...differs('delivery', row.delivery, delivery),
    ...differs('code', row.error_code, one.code),
    ...differs('answer', row.answer, answer),
  ];
}

function faultsOfBook(
  one: PersonStanding,
  name: string,
  booked: PersonBooks['booked'],
): readonly string[] {
  const found = booked.get(bookKey(one.phoneNumberId, name));
  const expected = stateOf(one);
  const state = found?.state ?? 'none';
  const by = name.startsWith('+') ? maskPhone(name) : 'their user id';
  const source = found?.source == null ? '' : ` (${found.source})`;
  if (state !== expected.state)
    return [
      `the book has ${state}${source} by ${by}, the server ${expected.state} (${one.answer.at})`,
    ];
  const until = state === 'temporary' ? (found?.until?.toISOString() ?? null) : null;
  return differs(`end by ${by}`, until, expected.until);
}

function differs(what: string, ours: unknown, theirs: unknown): readonly string[] {
  return ours === theirs ? [] : [`${what} is ${ours} here, ${theirs} there`];
}

/** What the book must say. */
function stateOf({ answer, delivery, movedTo }: PersonStanding) {
  const isGrant = answer.status === 'temporary' || answer.status === 'permanent';
  // What was allowed, was allowed to the number of then.
  if (movedTo !== null && isGrant) return { state: 'none', until: null };
  if (answer.status === 'none')
    return { state: delivery === 'failed' ? 'none' : 'requested', until: null };
  const until = answer.status === 'temporary' ? answer.until : null;
  return { state: answer.status, until };
}
