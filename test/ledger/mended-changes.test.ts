/** Persons that a change of number had left as two are put together when the ledger is migrated, where it is known for sure. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const FOLDER = new URL('../../src/ledger/migrations/', import.meta.url);
const SENDER = '106540000000001';
const T0 = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
const at = (second: number) => new Date(T0 + second * 1_000);

let server: TestDatabase;
let database: Database;
let ledger: Ledger;

const query = (sql: string, values: readonly unknown[] = []) =>
  database.pool.query(sql, [...values]);

/** Who has another number from second 4 on, was seen there a second before, and said stop there. */
async function moves(i: number, before: readonly string[], more: readonly string[] = []) {
  const names = {
    had: `1650777000${i}`,
    has: `1650778000${i}`,
    id: `US.71${i}`,
    next: `US.72${i}`,
  };
  const { replies } = ledger;
  await replies.learnNames([{ a: names.id, b: names.had, at: at(1), senderId: SENDER }]);
  await replies.learnNames([{ a: names.next, b: names.has, at: at(3), senderId: SENDER }]);
  await replies.changeNames([
    {
      ...{ key: `wamid.change${i}`, what: 'number', at: at(4), senderId: SENDER },
      ...{ before: [names.had, ...before], after: [names.has, names.next, ...more] },
    },
  ]);
  await replies.setPreferences([
    { person: names.next, category: 'marketing_messages', value: 'stop', at: at(6) },
  ]);
  return names;
}

async function keep(id: string, next: string, body?: string) {
  await query('select make_webhook_day((now_() at time zone $1)::date)', ['UTC']);
  const system = { type: 'user_changed_number', wa_id: '1', user_id: next };
  const messages = [{ id, from: '1', type: 'system', system }];
  const whole = { entry: [{ changes: [{ field: 'messages', value: { messages } }] }] };
  await query(
    `insert into webhook_deliveries (day, digest, body)
     values ((now_() at time zone 'UTC')::date, sha256(convert_to($1, 'UTF8')), $1)`,
    [body ?? JSON.stringify(whole)],
  );
}

const barred = async (name: string) =>
  (
    await query(
      'select exists (select from suppressions s where s.person = any(names_of($1))) as barred',
      [name],
    )
  ).rows[0].barred;

beforeAll(async () => {
  server = await createTestDatabase({ migrated: false });
  database = openDatabase(server.connectionString);
  ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
  const older = readdirSync(FOLDER)
    .sort()
    .filter((name) => name < '0044');
  for (const name of older) await query(readFileSync(new URL(name, FOLDER), 'utf8'));
  await query(
    'create table callpermit_migration (name varchar(255) primary key, "timestamp" varchar(255) not null)',
  );
  await query('insert into callpermit_migration select n, now()::text from unnest($1::text[]) n', [
    older.map((name) => name.replace('.sql', '')),
  ]);
  await query(
    `insert into senders (id, account, rate_allowed, rate_now) values ($1, 'waba', 80, 80)`,
    [SENDER],
  );
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

test('by what Meta sent, where that is kept; by the former user id else; nobody by a guess', async () => {
  // The parent's user id was not seen before the change, and says nothing of the other.
  const kept = await moves(1, [], ['US.ENT.731']);
  const unknown = await moves(2, []);
  const other = await moves(3, []);
  const former = await moves(4, ['US.714']);
  await keep('wamid.change1', kept.next);
  await keep('wamid.change3', 'US.799');
  await keep('', '', 'user_changed_number, cut off {');
  // Somebody else was seen at the number later, and is not who came: their word lifts no opt-out of whoever did.
  await ledger.replies.learnNames([{ a: 'US.734', b: former.has, at: at(8), senderId: SENDER }]);
  await ledger.replies.setPreferences([
    { person: 'US.734', category: 'marketing_messages', value: 'resume', at: at(9) },
  ]);
  expect([await barred(kept.has), await barred(former.id)]).toEqual([false, false]);
  await migrate(database);
  expect(await barred(kept.has)).toBe(true);
  expect([await barred(unknown.has), await barred(other.has)]).toEqual([false, false]);
  expect(await barred(former.has)).toBe(false);
  expect(await barred(former.id)).toBe(true);
  // What is told again later is not lost.
  await ledger.replies.changeNames([
    {
      ...{ key: 'wamid.change2', what: 'number', at: at(4), senderId: SENDER },
      ...{ before: [unknown.had], after: [unknown.has, unknown.next] },
    },
  ]);
  expect(await barred(unknown.has)).toBe(true);
});
