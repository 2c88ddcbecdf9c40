/** A migration beside a reader of everything (pg_dump): who sends does not stand behind it. */

import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const FOLDER = new URL('../../src/ledger/migrations/', import.meta.url);
/** The schema of an older program, to which later migrations are still to come. */
const OLDER = ['0001_ledger', '0002_shares'];
/** Longer than a sender may stand still; a statement of theirs takes some ms. */
const LIMIT_MS = 10_000;

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase({ migrated: false });
  database = openDatabase(server.connectionString);
  for (const name of OLDER)
    await database.pool.query(readFileSync(new URL(`${name}.sql`, FOLDER), 'utf8'));
  await database.pool.query(
    `create table callpermit_migration (name varchar(255) primary key, "timestamp" varchar(255) not null)`,
  );
  await database.pool.query(
    `insert into callpermit_migration select n, now()::text from unnest($1::text[]) n`,
    [OLDER],
  );
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

async function connected(name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: server.connectionString,
    application_name: name,
    statement_timeout: LIMIT_MS,
  });
  await client.connect();
  return client;
}

test('an older sender goes on while the migration waits for a dump, and the migration is made after it', async () => {
  const [dump, sender] = await Promise.all([connected('dump'), connected('sender')]);
  await dump.query('begin');
  const { rows } = await dump.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows) await dump.query(`lock table ${name} in access share mode`);

  const migrating = migrate(database);
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  migrating.then(over, over);
  const waits = async () => {
    const { rowCount } = await sender.query(
      `select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`,
    );
    return (rowCount ?? 0) > 0;
  };
  while (!isOver && !(await waits())) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isOver).toBe(false);

  // What a claim touches, with what it locks.
  try {
    await sender.query(`update senders set next_slot = now() where id = 'nobody'`);
    await sender.query(
      `select from requests where state = 'queued' order by id limit 1 for update`,
    );
    await sender.query(`select from campaigns where state = 'running' limit 1`);
  } finally {
    await dump.query('commit');
    await Promise.allSettled([dump.end(), sender.end()]);
  }
  const names = readdirSync(FOLDER).map((name) => name.replace(/\.sql$/, ''));
  expect(await migrating).toEqual(names.filter((name) => !OLDER.includes(name)).sort());
});
