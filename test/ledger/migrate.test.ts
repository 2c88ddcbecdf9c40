import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { InfrastructureError, ProblemError } from '../../src/core/problem.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { openPool } from '../../src/ledger/pool.ts';
import { postgresBackend, QUEUE_POOL } from '../../src/queue/backend.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let home: TestDatabase;
let database: Database;
const FOLDER = new URL('../../src/ledger/migrations/', import.meta.url);
const all = readdirSync(FOLDER)
  .map((name) => name.replace(/\.sql$/, ''))
  .sort();

beforeEach(async () => {
  home = await createTestDatabase({ migrated: false });
  database = openDatabase(home.connectionString);
});
afterEach(async () => {
  await database.close();
  await home.drop();
});

async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof ProblemError)) throw error ?? new Error('it was not refused');
  return error.problem;
}

describe('migrate', () => {
  test('any number may race: each migration runs once, and nothing is left to do', async () => {
    const others = Array.from({ length: 6 }, () => openDatabase(home.connectionString));
    const ran = await Promise.all([database, ...others].map(migrate));
    expect(ran.flat().sort()).toEqual(all);
    expect(await migrate(database)).toEqual([]);
    await Promise.all(others.map((other) => other.close()));
  });

  test('leaves the table as an older program reads it: its names, and when each ran', async () => {
    await migrate(database);
    const { rows } = await database.pool.query('select * from callpermit_migration order by name');
    expect(rows).toEqual(
      all.map((name) => ({ name, timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) })),
    );
  });

  test('a time-out of the role does not end a migration', async () => {
    const name = new URL(home.connectionString).pathname.slice(1);
    await database.pool.query(`alter database ${name} set statement_timeout = '1ms'`);
    const hurried = openDatabase(home.connectionString);
    // Its own look is as short as anybody's: what is bounded by the role is tried until it passes.
    let ran: readonly string[] | undefined;
    while (ran === undefined) ran = await migrate(hurried).catch(() => undefined);
    expect(ran.at(-1)).toBe(all.at(-1));
    await hurried.close();
  });

  test('one that takes longer than any statement of a sender may is made anyway', async () => {
    const hurried = openDatabase(home.connectionString, {
      limits: { lockMs: 200, statementMs: 200 },
    });
    const slow = { name: 'slow', text: 'select pg_sleep(0.4)' };
    await expect(hurried.run(slow, [])).rejects.toThrow(InfrastructureError);
    // As long as that takes each statement of a migration that makes a trigger.
    await database.pool.query(`
      create function tarry() returns event_trigger language plpgsql as $$
        begin perform pg_sleep(0.4); end $$;
      create event trigger tarry on ddl_command_start when tag in ('CREATE TRIGGER')
        execute function tarry()`);
    const began = performance.now();
    expect(await migrate(hurried)).toEqual(all);
    expect(performance.now() - began).toBeGreaterThan(400);
    await hurried.close();
  });

  test('a ledger of a newer program is refused in one sentence that names what it does not know', async () => {
    await migrate(database);
    await database.pool.query(
      `insert into callpermit_migration values ('9998_later', 'x'), ('9999_after', 'x')`,
    );
    expect(await problemOf(migrate(database))).toEqual({
      code: 'LEDGER_NEWER',
      message:
        'The ledger belongs to a newer callpermit: this one does not know its schema 9998_later, 9999_after.',
      where: 'DATABASE_URL',
      next: expect.any(String),
    });
  });

  test('a server older than 15 is refused in one sentence, before anything is made in it', async () => {
    // A server that says it is one: its own word stands in front of Postgres's.
    const name = new URL(home.connectionString).pathname.slice(1);
    await database.pool.query(`
      create schema older;
      create function older.current_setting(text) returns text language sql as
        $$ select case $1 when 'server_version_num' then '140012' else '14.12' end $$;
      alter database ${name} set search_path = older, pg_catalog, public`);
    const old = openDatabase(home.connectionString);
    expect(await problemOf(migrate(old))).toMatchObject({
      code: 'DATABASE_TOO_OLD',
      message: 'The database is Postgres 14.12; callpermit needs 15 or newer.',
    });
    const { rows } = await old.pool.query(`select to_regclass('callpermit_migration') as made`);
    expect(rows).toEqual([{ made: null }]);
    await old.close();
  });

  test('one that waits for a table makes room for those behind it, and is made once it is free', async () => {
    const reader = new pg.Client({ connectionString: home.connectionString });
    await reader.connect();
    // An older ledger, whose next migration alters a table that somebody reads in a long transaction.
    await reader.query(readFileSync(new URL(`${all[0]}.sql`, FOLDER), 'utf8'));
    await reader.query(
      'create table callpermit_migration (name varchar(255) primary key, "timestamp" varchar(255) not null)',
    );
    await reader.query('insert into callpermit_migration values ($1, $1)', [all[0]]);
    await reader.query('begin; lock table senders in access share mode');
    const migrating = migrate(database);
    const waits = `select from pg_locks where not granted
      and database = (select oid from pg_database where datname = current_database())`;
    while ((await reader.query(waits)).rowCount === 0);
    // Who comes behind it on its lock has a turn while it waits for the table.
    const behind = new pg.Client({ connectionString: home.connectionString });
    await behind.connect();
    await behind.query('select pg_advisory_lock(3853314791062309107)');
    await behind.query('select pg_advisory_unlock(3853314791062309107)');
    await reader.query('commit');
    expect(await migrating).toEqual(all.slice(1));
    await reader.end();
    await behind.end();
  });

  test('a role that owns its database and may nothing else runs ledger and queue', async () => {
    const name = new URL(home.connectionString).pathname.slice(1);
    const role = `owner_of_${name}`;
    await database.pool.query(`create role ${role} login nosuperuser password 'pw'`);
    await database.pool.query(`alter database ${name} owner to ${role}`);
    const url = new URL(home.connectionString);
    url.username = role;
    url.password = 'pw';
    const own = openDatabase(url.href);
    expect(await migrate(own)).toEqual(all);
    const queue = await postgresBackend(openPool(url.href, QUEUE_POOL), () => undefined);
    const { senders, silence } = createLedger(own, { pairLimit: { perDay: 1, perWeek: 2 } });
    await senders.ensure({ senderId: '1', messagesPerSecond: 1 });
    expect(await silence.standing('1')).toMatchObject({ due: false });
    await queue.close();
    await own.close();
    await database.pool.query(`alter database ${name} owner to current_user`);
    await database.pool.query(`drop owned by ${role} cascade`);
    await database.pool.query(`drop role ${role}`);
  });
});
