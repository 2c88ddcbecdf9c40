/** People in the ledger over all campaigns: opt-outs, permissions, connected calls. */
import type { PeopleStore, Permission, Suppression } from '../core/ports.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const SUPPRESS = statement('suppress');
const SUPPRESSIONS = statement('suppressions');
const UNSUPPRESS = {
  name: 'unsuppress',
  text: 'delete from suppressions where person = any($1::text[]) returning person',
};
const BOOK = statement('book_permission');
const PERMISSIONS = statement('permissions');
const CALL = statement('connected_call');

const PAGE = 1_000;

/** Makes the {@link PeopleStore} over a database. */
export function peopleStore(database: Database): PeopleStore {
  return {
    async suppress({ people, source }) {
      const persons = people.map(({ to }) => digits(to));
      const reasons = people.map(({ reason }) => reason ?? null);
      return (await database.run(SUPPRESS, [persons, reasons, source])).length;
    },
    async unsuppress(to) {
      return (await database.run(UNSUPPRESS, [to.map(digits)])).length;
    },
    async *suppressions({ to } = {}) {
      let after = '';
      for (;;) {
        const rows = await database.run<{
          person: string;
          reason: string | null;
          source: Suppression['source'];
          added_at: Date;
        }>(SUPPRESSIONS, [after, PAGE, to === undefined ? null : digits(to)]);
        for (const { person, reason, source, added_at } of rows)
          yield { person, reason, source, addedAt: added_at };
        if (rows.length < PAGE) return;
        after = rows.at(-1)?.person ?? after;
      }
    },
    async bookPermission({ senderId, to, status, expiresAt, at, source }) {
      const values = [senderId, to, status, expiresAt ?? null, at, source];
      return (await database.run(BOOK, values)).length > 0;
    },
    async *permissions({ to } = {}) {
      let after = ['', ''];
      for (;;) {
        const rows = await database.run<{
          sender_id: string;
          person: string;
          status: Permission['status'];
          expires_at: Date | null;
          at: Date;
          source: Permission['source'];
        }>(PERMISSIONS, [...after, PAGE, to === undefined ? null : digits(to)]);
        for (const { sender_id, expires_at, ...row } of rows)
          yield { ...row, senderId: sender_id, expiresAt: expires_at };
        const last = rows.at(-1);
        if (rows.length < PAGE || last === undefined) return;
        after = [last.sender_id, last.person];
      }
    },
    async connectedCall({ senderId, to, at }) {
      return (await database.run(CALL, [senderId, to, at])).length > 0;
    },
  };
}

function digits(to: string): string {
  return to.replace(/^\+/, '');
}
