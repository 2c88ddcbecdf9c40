/** A program of the schema before batches, still at work while a newer one migrates: it does no harm. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { accepted } from './support.ts';

const FOLDER = new URL('../../src/ledger/migrations/', import.meta.url);
const SENDER = '106540000000001';

let server: TestDatabase;
let database: Database;
let ledger: Ledger;

const query = (sql: string, values: readonly unknown[] = []) =>
  database.pool.query(sql, [...values]);

async function rows() {
  const found = await query('select row, state, fence from requests order by row');
  return found.rows.map((row) => `${row.row} ${row.state} ${row.fence}`);
}

beforeAll(async () => {
  server = await createTestDatabase({ migrated: false });
  database = openDatabase(server.connectionString);
  ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
  const older = readdirSync(FOLDER)
    .sort()
    .filter((name) => name < '0014');
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
  await query(
    `insert into campaigns (id, sender_id, sender_ids, template, language, parameter_format, header_parameters, spec_sha256, state)
     values ('c', $1, array[$1], 't', 'en', 'positional', '{}', 'x', 'running')`,
    [SENDER],
  );
  // One is claimed, one is in the queue, one waits.
  await query(
    `insert into requests (campaign_id, sender_id, row, to_number, language, parameters, state, feed, fence, claim_id, lease_until)
     values ('c', $1, 1, '+16505550001', 'en', '{}', 'sending', 1, 1, 'old.1', clock_timestamp() + interval '1 min'),
       ('c', $1, 2, '+16505550002', 'en', '{}', 'queued', 1, 0, null, null),
       ('c', $1, 3, '+16505550003', 'en', '{}', 'pending', 0, 0, null, null)`,
    [SENDER],
  );
  expect(await migrate(database)).toEqual([
    '0014_batches',
    '0015_two_million',
    '0016_counted',
    '0017_replaced_indexes',
    '0018_linear_claims',
    '0019_linear_records',
    '0020_pairs_by_time',
    '0021_pairs_by_sender',
    '0022_doubted',
    '0023_generic_plans',
    '0024_webhooks',
    '0025_persons',
    '0026_permission_book',
    '0027_forgotten',
    '0028_keys',
    '0029_look_ups',
    '0031_events',
    '0032_name_orders',
    '0033_users',
    '0034_claims_again',
    '0035_passed_on',
    '0036_refused_kept',
    '0038_singles',
    '0039_settled_names',
    '0040_received_by_the_ledgers_clock',
    '0041_forecast_of_user_ids',
    '0042_refusals_word',
    '0043_handed_over',
    '0044_whom_a_change_names',
    '0045_told_while_forgotten',
    '0046_asked_by_time',
  ]);
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

test('what it has fed waits again, what it has claimed is its own', async () => {
  expect(await rows()).toEqual(['1 sending 1', '2 pending 0', '3 pending 0']);
});

test('it neither feeds nor claims any more', async () => {
  await expect(
    query(`update requests set state = 'queued', feed = feed + 1 where row = 3`),
  ).rejects.toThrow('feed');
  // As its statement has it, without types: a function of as many parameters would be found by them.
  const old = `select claim_requests(${Array.from({ length: 16 }, (_, i) => `$${i + 1}`).join()})`;
  await expect(
    query(old, [
      ...[SENDER, ['2'], [1], 'w', 'old.2', 200, 45_000, 1, 2, 1.02],
      ...[[], [], 6, 250, 1.008, 400],
    ]),
  ).rejects.toThrow(/claim_requests/);
  // Whatever else it may say: a row is queued in a batch of its own, or not at all.
  await query(`update requests set state = 'queued' where row = 3`);
  expect(await rows()).toEqual(['1 sending 1', '2 pending 0', '3 pending 0']);
});

test('it still records what it has claimed, and reads lists to their end', async () => {
  const { rows: found } = await query('select id::text as request from requests where row = 1');
  const answers = await ledger.sending.record([accepted({ request: found[0].request, fence: 1 })]);
  expect(answers).toMatchObject([{ applied: true, state: 'accepted' }]);
  await query(
    `insert into requests (campaign_id, sender_id, row, lane, to_number, language, parameters)
     values ('c', $1, 4, 1, '+16505550004', 'en', '{}')`,
    [SENDER],
  );
});

test('an opt-out that it reads in an answer outlives what is learned of the number', async () => {
  const [number, other] = ['16505550005', '16505550006'];
  await query(`insert into suppressions (person, reason, source) values ($1, 'STOP', 'typed')`, [
    number,
  ]);
  const change = { before: [number], after: [other], at: new Date(Date.now() + 60_000) };
  await ledger.replies.changeNames([{ key: 'moved', what: 'number', ...change }]);
  const { rows: found } = await query('select person, reason, source from suppressions');
  expect(found).toEqual([{ person: other, reason: 'STOP', source: 'typed' }]);
});

test('the newer one feeds and claims all that is left', async () => {
  const senderId = SENDER;
  const batches = await ledger.sending.feed({ senderId, limit: 9, batchSize: 9 });
  expect(batches).toMatchObject([{ size: 3 }]);
  const { claimed } = await ledger.sending.claim({
    ...{ senderId, worker: 'new', claimId: 'new.1', leaseMs: 60_000 },
    batches: batches.map(({ batch }) => ({ batch, served: 0 })),
  });
  expect(claimed.map(({ row }) => row)).toEqual([2, 3, 4]);
});
