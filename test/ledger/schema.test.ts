import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSchema } from '../../scripts/schema/read-schema.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const kept = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase(home.connectionString);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

describe('the schema', () => {
  test('is the one of test/ledger/schema.sql (if the change is meant: npm run schema)', async () => {
    expect(await readSchema(database.pool)).toBe(kept);
  });

  test.each([
    ['a column', 'alter table senders add extra integer'],
    ['a type', 'alter table senders alter probes type bigint'],
    ['a default', 'alter table senders alter probes set default 7'],
    ['a column that may be empty', 'alter table senders alter account drop not null'],
    ['a constraint', 'alter table senders add constraint probes_few check (probes < 9)'],
    ['an index', 'create index senders_probed on senders (account) where probes > 0'],
    ['a trigger', 'drop trigger requests_guard on requests'],
    ['a trigger that is off', 'alter table requests disable trigger requests_guard'],
    ['room in a page', 'alter table requests set (fillfactor = 90)'],
    ['a type of ours', 'alter type ask add attribute extra integer'],
    ['a view', 'create view sender_ids as select id from senders'],
    ['a sequence', 'create sequence numbers'],
    ['a remark', `comment on column senders.id is 'its id'`],
    [
      'a comment in a function',
      `create or replace function now_() returns timestamptz language sql stable as
        $$ select statement_timestamp() + (select ahead from ledger_clock) -- moved $$`,
    ],
  ])('shows %s', async (_, change) => {
    const client = await database.pool.connect();
    try {
      await client.query(`begin; ${change}`);
      expect(await readSchema(client)).not.toBe(kept);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
