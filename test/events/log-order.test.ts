/** The log is read in the order of its places, which are numbers: 9 comes before 10, however many are read at once. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const EVENTS = 120;
let database: TestDatabase;
let opened: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  database = await createTestDatabase();
  opened = openDatabase(database.connectionString);
});
afterAll(async () => {
  await opened?.close();
  await database?.drop();
});

it.each([1, 4, 500])('%d at once', async (most) => {
  const { events } = createLedger(opened, { pairLimit: { perDay: 1, perWeek: 2 } });
  await events.subscribe({ id: 'stream', kind: 'stream', untilMs: 600_000 });
  await opened.pool.query(
    `insert into senders (id, account, rate_allowed, rate_now) select 's' || n, 'waba', 80, 80 from generate_series(1, ${EVENTS}) n on conflict do nothing`,
  );
  await opened.pool.query('update senders set closed_at = now() where closed_at is null');
  while ((await events.relay(1_000)) > 0);
  const read: number[] = [];
  for (let found = await events.after('0', most); found.length > 0; ) {
    read.push(...found.map(({ pos }) => Number(pos)));
    found = await events.after(found.at(-1)?.pos ?? '', most);
  }
  expect(read).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
});
