/** The permission book over the ledger: read page by page, never as a whole. */

import { shownTo } from '../core/people/user-id.ts';
import type {
  BookEntry,
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
const MEDIAN = statement('answer_median');
const PAGE = 500;

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
      const { campaignId, states = null, untilWithinMs } = filter;
      const within =
        untilWithinMs === undefined ? null : new Date((await now(database)) + untilWithinMs);
      if (filter.to !== undefined) {
        const rows = await database.run<BookRow>(OF_PERSON, [filter.to.replace(/^\+/, '')]);
        for (const row of rows) if (isMeant(states, within, row)) yield toEntry(row);
        return;
      }
      let after: BookRow | undefined;
      for (;;) {
        const rows: BookRow[] =
          campaignId === undefined
            ? await database.run<BookRow>(PAGE_OF_BOOK, [
                ...[after?.sender_id ?? '', after?.person ?? '', PAGE],
                ...[states, within, wordsOf(states)],
              ])
            : await database.run<BookRow>(OF_CAMPAIGN, [
                ...[campaignId, after?.row ?? 0, PAGE, states, within],
              ]);
        for (const row of rows) if (row.shown) yield toEntry(row);
        after = rows.at(-1);
        if (rows.length < PAGE) return;
      }
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
