import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { boundedQuery } from '../../src/ledger/bounded-query.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { sqlState } from '../../src/ledger/sqlstate.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let home: TestDatabase;
let database: Database;
let other: pg.Client;

beforeAll(async () => {
  home = await createTestDatabase({ migrated: false });
  // One connection, so that each statement meets what the one before left on it.
  database = openDatabase(home.connectionString, { max: 1 });
  other = new pg.Client({ connectionString: home.connectionString });
  await other.connect();
  await other.query('create table things (n integer primary key)');
});

afterAll(async () => {
  await other.end();
  await database.close();
  await home.drop();
});

const SHORT = { lockMs: 100, statementMs: 60_000 };
const SETTINGS = {
  name: 'settings',
  text: "select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement, pg_backend_pid() as pid",
};
const ADD = { name: 'add', text: 'insert into things values ($1) returning n' };

/** The SQLSTATE of what Postgres said, under our own exception or not. */
async function stateOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: Error) => sqlState(error) || sqlState(error.cause),
  );
}

test('a database with another style of dates tells times anyway', async () => {
  const name = new URL(home.connectionString).pathname.slice(1);
  await other.query(`alter database "${name}" set datestyle = 'SQL, DMY'`);
  const there = openDatabase(home.connectionString, { max: 1 });
  const TIME = { name: 'time', text: 'select $1::timestamptz as at' };
  const at = new Date('2026-11-12T13:14:15.678Z');
  expect(await there.run(TIME, [at])).toEqual([{ at }]);
  await there.close();
  await other.query(`alter database "${name}" reset datestyle`);
});

test('what a sender does is planned once a connection, and nothing after it', async () => {
  const MODE = { name: 'mode', text: "select current_setting('plan_cache_mode') as mode" };
  const modes: unknown[] = [];
  const asked: Database = {
    ...database,
    run: async (_, __, limits) => {
      for (const its of [limits, undefined])
        modes.push((await database.run<{ mode: string }>(MODE, [], its))[0]?.mode);
      return [];
    },
  };
  const { sending, senders, silence } = createLedger(asked, {
    pairLimit: { perDay: 1, perWeek: 2 },
  });
  for (const ask of [
    () => sending.feed({ senderId: 's', limit: 1, batchSize: 1 }),
    () => senders.heartbeat({ worker: 'w', senderId: 's', messagesPerSecond: 1, inFlight: 0 }),
    () => silence.standing('s'),
  ]) {
    modes.length = 0;
    // Its answer is none of its own; what was asked is what counts.
    await ask().catch(() => undefined);
    expect(modes.slice(0, 2)).toEqual(['force_generic_plan', 'auto']);
  }
});

describe('a bounded statement', () => {
  test('has its bounds, whatever its values and however often it is run', async () => {
    for (const lockMs of [5_000, 7_000, 7_000]) {
      const rows = await database.run(SETTINGS, [], { lockMs, statementMs: 21_000 });
      expect(rows).toEqual([
        { lock: `${lockMs / 1_000}s`, statement: '21s', pid: expect.any(Number) },
      ]);
    }
  });

  test('leaves nothing on its connection: the next statement of anybody is as unbounded as before', async () => {
    const [before] = await database.run(SETTINGS, [], SHORT);
    const client = await database.pool.connect();
    const { rows } = await client.query(SETTINGS.text);
    client.release();
    expect(rows).toEqual([{ lock: '0', statement: '0', pid: before?.pid }]);
  });

  test('says nothing to the server log', async () => {
    const client = await database.pool.connect();
    const said: string[] = [];
    client.on('notice', (notice) => said.push(notice.message ?? ''));
    await new Promise((resolve, reject) => {
      client.query(
        boundedQuery(SETTINGS, [], SHORT, (error) => (error ? reject(error) : resolve(0))),
      );
    });
    client.release();
    expect(said).toEqual([]);
  });

  test('that works for too long is ended, and its connection is used again', async () => {
    const [before] = await database.run(SETTINGS, []);
    const long = database.run({ name: 'long', text: 'select pg_sleep(60)' }, [], {
      lockMs: 1_000,
      statementMs: 150,
    });
    expect(await stateOf(long)).toBe('57014');
    expect((await database.run(SETTINGS, []))[0]?.pid).toBe(before?.pid);
  });

  test('that waits for a row of somebody else is ended, and done once it is free', async () => {
    await other.query('begin');
    await other.query('insert into things values (1)');
    expect(await stateOf(database.run(ADD, [1], SHORT))).toBe('55P03');
    await other.query('rollback');
    expect(await database.run(ADD, [1], SHORT)).toEqual([{ n: 1 }]);
  });

  test('that was never prepared, since its table was locked, is prepared when it is free', async () => {
    const fresh = { name: 'fresh', text: 'select n from things where n = $1' };
    await other.query('begin');
    await other.query('lock table things in access exclusive mode');
    expect(await stateOf(database.run(fresh, [1], SHORT))).toBe('55P03');
    await other.query('commit');
    expect(await database.run(fresh, [1], SHORT)).toEqual([{ n: 1 }]);
  });

  test('without a name works beside named ones', async () => {
    const nameless = { name: '', text: 'select $1::int + 1 as n' };
    expect(await database.run(nameless, [1], SHORT)).toEqual([{ n: 2 }]);
    expect(await database.run({ name: '', text: 'select 3 as n' }, [], SHORT)).toEqual([{ n: 3 }]);
  });

  test('that fails for a value says so, and its connection is used again', async () => {
    const [before] = await database.run(SETTINGS, []);
    expect(await stateOf(database.run(ADD, [1], SHORT))).toBe('23505');
    expect((await database.run(SETTINGS, []))[0]?.pid).toBe(before?.pid);
  });

  test('is one transaction that ends with it: nothing is left open', async () => {
    const [row] = await database.run<{ pid: number }>(SETTINGS, []);
    const { rows } = await other.query('select state from pg_stat_activity where pid = $1', [
      row?.pid,
    ]);
    expect(rows).toEqual([{ state: 'idle' }]);
  });
});

describe('rows by COPY, sent right behind their statement', () => {
  // `$1` is what the statement in front is refused by.
  const TO_BOTH = {
    name: '',
    text: 'select 1 / $1::integer;\ncopy words from stdin;\ncopy others from stdin',
  };
  const row = (one: number | string) => Buffer.from(`${one}\n`);
  // 8 MB: more than the sockets between hold, so that Postgres has said no before the last of it is sent.
  const many = Array.from({ length: 1_000 }, () => row('x'.repeat(8_192)));
  const copy = (divisor: string, words: readonly Buffer[], others: readonly Buffer[]) =>
    database.copy(
      { statement: TO_BOTH, values: [divisor], rows: [words, others] },
      { lockMs: 60_000, statementMs: 60_000 },
    );
  const counts = async () => {
    const { rows } = await other.query(
      'select (select count(*)::int from words) as words, (select count(*)::int from others) as others',
    );
    return rows[0];
  };

  beforeAll(async () => {
    await other.query(`create table words (word text check (word <> 'no word'))`);
    await other.query('create table others (n integer primary key)');
  });
  beforeEach(() => other.query('truncate words, others'));

  test('are in, and so is what comes next on the same connection', async () => {
    const [before] = await database.run(SETTINGS, []);
    await copy('1', many, [row(1)]);
    expect((await database.run(SETTINGS, []))[0]?.pid).toBe(before?.pid);
    expect(await counts()).toEqual({ words: 1_000, others: 1 });
  });

  test.each<[string, string, readonly Buffer[], readonly Buffer[], string]>([
    ['the statement', '0', many, [row(1)], '22012'],
    ['a row at the end of many', '1', [...many, row('no word')], [row(1)], '23514'],
    ['a row of the second COPY', '1', many, [row(1), row(1)], '23505'],
  ])(
    'are refused with %s: none is in, and the next ones are answered by their own words',
    async (_, divisor, words, others, state) => {
      const [before] = await database.run(SETTINGS, []);
      const refused = stateOf(copy(divisor, words, others));
      // They stand behind it for the one connection there is.
      const behind = [stateOf(copy('1', [row(1)], [row(1)])), database.run(SETTINGS, [])] as const;
      const again = stateOf(copy('1', [row(2)], [row(1)]));
      expect(await refused).toBe(state);
      expect(await behind[0]).toBe('done');
      expect(await behind[1]).toMatchObject([{ pid: before?.pid }]);
      expect(await again).toBe('23505');
      expect(await counts()).toEqual({ words: 1, others: 1 });
    },
  );
});
