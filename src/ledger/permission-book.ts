/** The permission book over the ledger: read page by page, never as a whole. */

import { shownTo } from '../core/people/user-id.ts';
import type {
  BookEntry,
  BookFilter,
  BookPlace,
  BookState,
  CallStanding,
  FunnelCount,
  HistoryEntry,
  PermissionBook,
} from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const PAGE_OF_BOOK = statement('book_page');
const OF_CAMPAIGN = statement('book_of_campaign');
const OF_PERSON = statement('book_of_person');
const HISTORY = statement('permission_history');
const CALLS = statement('call_standing');
const FUNNEL = statement('funnel');
const ANSWER_TIMES = statement('answer_times');
const MEDIAN = statement('answer_median');
/** People of one statement that are looked up: a tenth of a second. */
const PAGE = 500;
/** And that are looked at by their word alone, where that can say that they are not meant. */
const WORDS_LOOKED = 10_000;
/** Statements for one page of a caller's: a second of Postgres' work, more where it is busy. */
const MOST_PARTS = 10;

interface BookRow {
  readonly sender_id: string;
  readonly person: string;
  readonly row: number;
  readonly state: BookState;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly source: string | null;
  readonly to_number: string;
  readonly wa_id: string | null;
  readonly user_id: string | null;
  readonly reference: string | null;
  readonly campaign: string | null;
  readonly shown: boolean;
  /** Of a part of the whole book: others may follow. */
  readonly more?: boolean;
}

/** Words of people that can lead to a state; a state of those without a word is none of them. */
const WORDS: Readonly<Partial<Record<BookState, string>>> = {
  temporary: 'temporary',
  expired: 'temporary',
  permanent: 'permanent',
  declined: 'declined',
  revoked: 'revoked',
};

/** Makes the {@link PermissionBook} over a database. */
export function permissionBook(database: Database): PermissionBook {
  return {
    async *entries(filter = {}) {
      const { to, senderId, states = null } = filter;
      if (to === undefined) {
        for await (const { rows } of parts(database, filter))
          for (const row of rows) if (row.shown) yield toEntry(row);
        return;
      }
      const { within } = await bounds(database, filter);
      const rows = await database.run<BookRow>(OF_PERSON, [to.replace(/^\+/, '')]);
      for (const row of rows)
        if ((senderId === undefined || row.sender_id === senderId) && isMeant(states, within, row))
          yield toEntry(row);
    },
    async page({ limit, after, ...filter }) {
      const found: (BookEntry & { readonly place: BookPlace })[] = [];
      const placeOf = ({ row, sender_id, person }: BookRow): BookPlace =>
        filter.campaignId === undefined ? [sender_id, person] : [row];
      let n = 0;
      for await (const { rows, isLast } of parts(database, filter, { after, first: limit + 1 })) {
        for (const row of rows) if (row.shown) found.push({ ...toEntry(row), place: placeOf(row) });
        if (found.length > limit) break;
        if (isLast) return { entries: found, next: null };
        n += 1;
        const last = rows.at(-1);
        if (last !== undefined && n === MOST_PARTS) return { entries: found, next: placeOf(last) };
      }
      const entries = found.slice(0, limit);
      return { entries, next: entries.at(-1)?.place ?? null };
    },
    async history(to) {
      const rows = await database.run<Omit<HistoryEntry, 'senderId'> & { sender_id: string }>(
        HISTORY,
        [to.replace(/^\+/, '')],
      );
      return rows.map(({ sender_id, kind, at, what, source, until, code }) => ({
        ...{ senderId: sender_id, kind, at, what, source, until, code },
      }));
    },
    async calls(to) {
      const rows = await database.run<{
        sender_id: string;
        connected_day: number;
        unanswered: number;
      }>(CALLS, [to.replace(/^\+/, '')]);
      return rows.map(
        ({ sender_id, connected_day, unanswered }): CallStanding => ({
          ...{ senderId: sender_id, connectedDay: connected_day, unanswered },
        }),
      );
    },
    funnel: (id) => database.run<FunnelCount & Record<string, unknown>>(FUNNEL, [id]),
    async medianAnswerS(id) {
      const [row] = await database.run<{ seconds: string | null }>(MEDIAN, [id]);
      return row?.seconds == null ? null : Math.max(0, Number(row.seconds));
    },
    async answerTimes(id, seconds) {
      const rows = await database.run<{ bucket: number; granted: number; declined: number }>(
        ANSWER_TIMES,
        [id, seconds],
      );
      return rows.map(({ bucket, granted, declined }) => ({ span: bucket, granted, declined }));
    },
  };
}

/** The book from a place on, some people at a time; those who are not meant are among them. */
async function* parts(
  database: Database,
  filter: BookFilter,
  p: { readonly after?: BookPlace | undefined; readonly first?: number } = {},
): AsyncGenerator<{ readonly rows: readonly BookRow[]; readonly isLast: boolean }, void> {
  const { campaignId, senderId = null, states = null } = filter;
  const { within, over } = await bounds(database, filter);
  const words = wordsOf(states);
  let { after } = p;
  let most = Math.min(p.first ?? PAGE, PAGE);
  for (;;) {
    const rows =
      campaignId === undefined
        ? await database.run<BookRow>(PAGE_OF_BOOK, [
            ...[...(after ?? [senderId ?? '', '']), words === null ? most : WORDS_LOOKED],
            ...[states, within, words, over, senderId, most],
          ])
        : await database.run<BookRow>(OF_CAMPAIGN, [
            ...[campaignId, after?.[0] ?? 0, most, states, within, senderId],
          ]);
    const last = rows.at(-1);
    const isLast = last === undefined || !(last.more ?? rows.length === most);
    yield { rows, isLast };
    if (isLast) return;
    after = campaignId === undefined ? [last.sender_id, last.person] : [last.row];
    most = PAGE;
  }
}

/** By when somebody's time must be over, and which words are not worth a look since theirs is. */
async function bounds(
  database: Database,
  { states = [], untilWithinMs }: BookFilter,
): Promise<{ readonly within: Date | null; readonly over: Date | null }> {
  const isOnly = (...of: readonly BookState[]) =>
    states.length > 0 && states.every((state) => of.includes(state));
  const [isOver, isCallable] = [isOnly('expired'), isOnly('temporary', 'permanent')];
  if (untilWithinMs === undefined && !isOver && !isCallable) return { within: null, over: null };
  const at = await now(database);
  const within = untilWithinMs ?? (isOver ? 0 : undefined);
  return {
    within: within === undefined ? null : new Date(at + within),
    over: isCallable ? new Date(at) : null,
  };
}

function wordsOf(states: readonly BookState[] | null): readonly string[] | null {
  const words = states?.map((state) => WORDS[state]);
  return words?.every((word) => word !== undefined) ? words : null;
}

function isMeant(
  states: readonly BookState[] | null,
  within: Date | null,
  { state, until }: BookRow,
): boolean {
  return (
    (states === null || states.includes(state)) &&
    (within === null || (until !== null && until <= within))
  );
}

async function now(database: Database): Promise<number> {
  const [row] = await database.run<{ at: Date }>(
    { name: 'ledger_now', text: 'select now_() as at' },
    [],
  );
  return row?.at.getTime() ?? Date.now();
}

function toEntry(row: BookRow): BookEntry {
  const { sender_id, state, since, until, source, to_number, wa_id, user_id } = row;
  const { reference, campaign } = row;
  const to = shownTo(to_number);
  return {
    ...{ senderId: sender_id, state, since, until, source, to },
    ...{ waId: wa_id, userId: user_id, reference, campaign },
  };
}
