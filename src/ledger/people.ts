/** People in the ledger over all campaigns: opt-outs, permissions, connected calls. */
import type { PeopleStore, Permission, Suppression } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const SUPPRESS = statement('suppress');
const SUPPRESSIONS = statement('suppressions');
const SUPPRESSIONS_OF = statement('suppressions_of');
const UNSUPPRESS = statement('unsuppress');
const BOOK = statement('book_permission');
const PERMISSIONS = statement('permissions');
const PERMISSIONS_OF = statement('permissions_of');
const CALL = statement('connected_call');

const PAGE = 1_000;

interface SuppressionRow {
  readonly person: string;
  readonly reason: string | null;
  readonly source: Suppression['source'];
  readonly added_at: Date;
}

interface PermissionRow {
  readonly sender_id: string;
  readonly person: string;
  readonly status: Permission['status'];
  readonly expires_at: Date | null;
  readonly at: Date;
  readonly source: Permission['source'];
}

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
      const ofOne = to === undefined ? undefined : [digits(to)];
      for (let after = ''; ; ) {
        const rows = await (ofOne
          ? database.run<SuppressionRow>(SUPPRESSIONS_OF, ofOne)
          : database.run<SuppressionRow>(SUPPRESSIONS, [after, PAGE]));
        for (const { added_at, ...row } of rows) yield { ...row, addedAt: added_at };
        if (ofOne || rows.length < PAGE) return;
        after = rows.at(-1)?.person ?? after;
      }
    },
    async bookPermission({ senderId, to, status, expiresAt, at, source }) {
      const values = [senderId, to, status, expiresAt ?? null, at, source];
      return (await database.run(BOOK, values)).length > 0;
    },
    async *permissions({ to } = {}) {
      const ofOne = to === undefined ? undefined : [digits(to)];
      for (let after = ['', '']; ; ) {
        const rows = await (ofOne
          ? database.run<PermissionRow>(PERMISSIONS_OF, ofOne)
          : database.run<PermissionRow>(PERMISSIONS, [...after, PAGE]));
        for (const { sender_id, expires_at, ...row } of rows)
          yield { ...row, senderId: sender_id, expiresAt: expires_at };
        const last = rows.at(-1);
        if (ofOne || rows.length < PAGE || last === undefined) return;
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
