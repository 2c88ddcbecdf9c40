/** The ledger behind a real pgbouncer: whatever changes hands there, each statement does what it does without it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { WorkEvent } from '../../src/core/ports/index.ts';
import { LOOP_LIMITS } from '../../src/ledger/bounded-query.ts';
import { copyQuery } from '../../src/ledger/copy-query.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import { checkDirect, reach } from '../../src/ledger/past-pooler.ts';
import { pollLedger } from '../../src/ledger/poll.ts';
import { openPool } from '../../src/ledger/pool.ts';
import { sessionlessClient } from '../../src/ledger/sessionless-client.ts';
import { look } from '../../src/ledger/watch-connection.ts';
import { startPgbouncer, type TestPooler } from '../support/pgbouncer.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { loaderOf } from './loaders.ts';
import { claimRows, lines, newNumber, only, spec, useLedger } from './support.ts';

const bench = useLedger();
/** Fewer than connections, so that each statement may meet any of them. */
const SERVERS = 2;
const PID = { name: 'pid', text: 'select pg_backend_pid() as pid' };
const SLEEP = { name: 'sleep', text: 'select pg_sleep($1::float8)' };

let pooler: TestPooler;
let database: Database;
let ledger: Ledger;

beforeAll(async () => {
  pooler = await startPgbouncer(bench.database.connectionString, {
    mode: 'transaction',
    servers: SERVERS,
  });
  database = openDatabase(pooler.url);
  ledger = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
});

afterAll(async () => {
  await database?.close();
  await pooler?.stop();
});

/** Runs with a pooler of another kind. */
async function behind<T>(
  mode: 'session' | 'transaction' | 'statement',
  run: (url: string) => Promise<T>,
  servers = 4,
): Promise<T> {
  const other = await startPgbouncer(bench.database.connectionString, { mode, servers });
  try {
    return await run(other.url);
  } finally {
    await other.stop();
  }
}

async function routeOf(url: string): Promise<string> {
  const other = openDatabase(url);
  try {
    return await other.route();
  } finally {
    await other.close();
  }
}

/** What may be found in the sessions of the pooler's servers. */
async function leftBehind(): Promise<unknown[]> {
  const clients = Array.from({ length: SERVERS }, () => new pg.Client(pooler.url));
  const found: unknown[] = [];
  // Side by side, each in a transaction of its own: so each has another server.
  for (const client of clients) {
    await client.connect();
    await client.query('begin');
    const { rows } = await client.query(
      `select current_setting('search_path') as path, current_setting('lock_timeout') as lock,
        current_setting('statement_timeout') as statement,
        array(select pg_listening_channels()) as channels,
        (select count(*)::int from pg_prepared_statements where not from_sql) as prepared`,
    );
    found.push(rows[0]);
  }
  for (const client of clients) await client.end();
  return found;
}

describe('a pooler is found by itself', () => {
  test('none, one of sessions, one of transactions, one of statements', async () => {
    expect(await bench.database.route()).toBe('direct');
    expect(await behind('session', routeOf)).toBe('sessions');
    expect(await behind('transaction', routeOf)).toBe('transactions');
    expect(await behind('statement', routeOf)).toBe('statements');
  });

  test('one of transactions is found while others keep its servers busy', async () => {
    const others = openPool(pooler.url, { max: 6, name: 'others' });
    let isOver = false;
    const busy = Promise.all(
      Array.from({ length: 6 }, async () => {
        while (!isOver) await others.pool.query('select pg_sleep(0.01)');
      }),
    );
    try {
      for (let i = 0; i < 10; i += 1) expect(await routeOf(pooler.url)).toBe('transactions');
    } finally {
      isOver = true;
      await busy;
      await others.close();
    }
  });

  test('one that allows no transactions is refused, with what to do', async () => {
    await behind('statement', async (url) => {
      const other = openDatabase(url);
      const refused = await reach(other, undefined).catch((error: unknown) => error);
      await other.close();
      expect(refused).toMatchObject({
        problem: { code: 'DATABASE_POOLED', next: expect.stringContaining('transaction') },
      });
    });
  });

  test('a connection that loses its prepared statements goes on without names', async () => {
    const other = openDatabase(bench.database.connectionString, { max: 1 });
    await other.run(PID, []);
    await other.pool.query('deallocate all');
    expect(await other.run(PID, [])).toHaveLength(1);
    const { rows } = await other.pool.query('select name from pg_prepared_statements');
    await other.close();
    expect(rows).toEqual([]);
  });
});

describe('DATABASE_DIRECT_URL', () => {
  const ledgerId = async () => bench.ledger.identity();

  test('is where news is heard, behind a pooler of transactions only', async () => {
    const direct = bench.database.connectionString;
    expect(await reach(database, direct)).toEqual({ route: 'transactions', listenUrl: direct });
    expect(await reach(database, undefined)).toEqual({ route: 'transactions' });
    expect(await reach(bench.database, 'postgres://elsewhere')).toEqual({
      route: 'direct',
      listenUrl: direct,
    });
    await checkDirect(direct, await ledgerId());
  });

  test('that leads to a pooler too, to another ledger or to nothing is refused', async () => {
    const id = await ledgerId();
    await expect(checkDirect(pooler.url, id)).rejects.toMatchObject({
      problem: { code: 'DATABASE_POOLED', where: 'DATABASE_DIRECT_URL' },
    });
    for (const migrated of [true, false]) {
      const other = await createTestDatabase({ migrated });
      // Databases of the tests are copies: each has the id of the one it was copied from.
      if (migrated) {
        const client = new pg.Client(other.connectionString);
        await client.connect();
        await client.query('update ledger_identity set id = gen_random_uuid()');
        await client.end();
      }
      await expect(checkDirect(other.connectionString, id)).rejects.toMatchObject({
        problem: { code: 'SETTING_INVALID', where: 'DATABASE_DIRECT_URL' },
      });
      await other.drop();
    }
    await expect(checkDirect('postgres://x@127.0.0.1:1/x', id)).rejects.toMatchObject({
      problem: { code: 'DATABASE_UNREACHABLE', where: 'DATABASE_DIRECT_URL' },
    });
  });
});

describe('statements behind a pooler of transactions', () => {
  test('many at once change servers and none is lost, and nothing is left in a session', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => database.run<{ pid: number }>(PID, [])),
    );
    expect(new Set(answers.map((rows) => only(rows).pid)).size).toBe(SERVERS);
    for (const found of await leftBehind())
      expect(found).toMatchObject({ lock: '0', statement: '0', channels: [], prepared: 0 });
  });

  test('each ends at its own bounds, and the next on that server does not', async () => {
    const limits = { ...LOOP_LIMITS, statementMs: 300 };
    await Promise.all(
      Array.from({ length: SERVERS }, () =>
        expect(database.run(SLEEP, [20], limits)).rejects.toThrow(/statement timeout/),
      ),
    );
    await Promise.all(Array.from({ length: SERVERS }, () => database.run(SLEEP, [0.6])));
  });

  test('a wait for a lock ends at its bound', async () => {
    const holder = new pg.Client(bench.database.connectionString);
    await holder.connect();
    await holder.query('rollback');
    await holder.query('begin');
    await holder.query('lock table ledger_clock in access exclusive mode');
    const read = { name: 'clock', text: 'select * from ledger_clock' };
    await expect(database.run(read, [], { ...LOOP_LIMITS, lockMs: 200 })).rejects.toThrow(/lock/);
    await holder.query('rollback');
    await holder.end();
  });
});

describe('a list behind a pooler of transactions', () => {
  async function loading() {
    const senderId = await bench.sender();
    const made = await ledger.campaigns.create(spec(senderId));
    if (!made.ok) throw new Error(made.error.message);
    const campaignId = made.value.campaign.id;
    const load = (name: string) => loaderOf({ ledger }, campaignId, senderId, name);
    return { senderId, campaignId, load };
  }

  test('batches of two loads of two campaigns go in side by side, whole', async () => {
    const loads = await Promise.all([loading(), loading()]);
    await Promise.all(
      loads.map(async ({ load }) => {
        const one = load('one');
        await one.hold();
        for (let batch = 0; batch < 5; batch += 1) {
          const rows = lines(Array.from({ length: 200 }, newNumber)).map((line, i) =>
            line.kind === 'recipient'
              ? { ...line, recipient: { ...line.recipient, row: batch * 200 + i + 1 } }
              : line,
          );
          expect(await one.add(rows)).toMatchObject({ ok: true });
        }
        expect(await one.finish(1_000)).toMatchObject({ ok: true, value: 0 });
      }),
    );
    for (const { campaignId } of loads) expect(await bench.states(campaignId)).toHaveLength(1_000);
  });

  test('a loader without the hold writes nothing, and its connection is of use afterwards', async () => {
    const { campaignId, load } = await loading();
    const [one, two] = [load('one'), load('two')];
    await one.hold();
    expect(await two.add(lines([newNumber()]))).toMatchObject({
      ok: false,
      error: { code: 'CONFLICT' },
    });
    expect(await bench.states(campaignId)).toEqual([]);
    // No server waits for somebody who asks nothing: as many transactions as there are servers go on.
    await Promise.all(Array.from({ length: SERVERS * 3 }, () => database.run(SLEEP, [0.05])));
    expect(await one.add(lines([newNumber()]))).toMatchObject({ ok: true });
  });

  test('a refused COPY keeps no server for a connection that asks nothing more', async () => {
    await behind(
      'transaction',
      async (url) => {
        const [loader, other] = [
          new pg.Client(url),
          new pg.Client({ connectionString: url, query_timeout: 20_000 }),
        ];
        await loader.connect();
        await other.connect();
        // More than the pooler has read when the refusal comes.
        const rows = [Array.from({ length: 64 }, () => Buffer.alloc(1 << 20, 'x'))];
        const text = 'select 1 / 0; copy refused_lines from stdin';
        const refused = new Promise((resolve) => {
          const copy = { statement: { name: '', text }, values: [], rows };
          // As the database does it behind this pooler.
          loader.query(copyQuery(copy, { ...LOOP_LIMITS, ahead: false }, resolve));
        });
        expect(await refused).toMatchObject({ message: 'division by zero' });
        expect((await other.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
        await loader.end();
        await other.end();
      },
      1,
    );
  });

  test('rows that the table refuses leave the servers to others', async () => {
    const { load } = await loading();
    const one = load('one');
    await one.hold();
    const twice = lines([newNumber(), newNumber()]).map((line) =>
      line.kind === 'recipient' ? { ...line, recipient: { ...line.recipient, row: 1 } } : line,
    );
    for (let i = 0; i < SERVERS + 1; i += 1)
      expect(await one.add(twice)).toMatchObject({ ok: false });
    await Promise.all(Array.from({ length: SERVERS * 3 }, () => database.run(SLEEP, [0.05])));
  });
});

describe('a sender behind a pooler of transactions', () => {
  test('claims of two processes never meet', async () => {
    const senderId = await bench.sender();
    await bench.campaign(senderId, 40);
    const jobs = await ledger.sending.feed({ senderId, limit: 40, batchSize: 10 });
    expect(jobs).toHaveLength(4);
    const claims = await Promise.all([
      claimRows(bench, senderId, jobs, { ledger, worker: 'a' }),
      claimRows(bench, senderId, jobs, { ledger, worker: 'b' }),
    ]);
    const claimed = claims.flat().map((claim) => claim.request);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBeGreaterThan(0);
  });

  test('what others do to a campaign is found by looking', async () => {
    const senderId = await bench.sender();
    const heard: WorkEvent[] = [];
    let wake: () => void = () => undefined;
    const listener = pollLedger(database, (event) => {
      heard.push(event);
      wake();
    });
    const until = async (id: string, state: string) => {
      while (!heard.some((event) => event.id === id && event.state === state))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    };
    const id = await bench.campaign(senderId, 1);
    await until(id, 'running');
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'paused' });
    await until(id, 'paused');
    await bench.ledger.campaigns.transition({ id, from: ['paused'], to: 'running' });
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    await listener.close();
    expect(heard.filter((event) => event.id === id).map((event) => event.state)).toEqual(
      expect.arrayContaining(['running', 'paused']),
    );
  });
});

describe('a connection through a pooler that says nothing', () => {
  const address = () => ({ connectionString: pooler.url });

  test('is dead where nothing of ours is at work, and may be at work where something is', async () => {
    const quiet = openDatabase(bench.database.connectionString);
    const untilQuiet = async () => {
      while ((await look(1, address())) !== 'dead');
    };
    await untilQuiet();
    const statement = quiet.run(SLEEP, [8]);
    while ((await look(1, address())) !== 'unknown');
    while ((await look(1, address())) !== 'at work');
    await statement;
    await untilQuiet();
    await quiet.close();
  });
});

describe('connections that stand for sessions', () => {
  test('find names in their schema, hear by the direct address, and leave nothing behind', async () => {
    await bench.rows('create schema apart; create table apart.only_here (n int)');
    const { pool, close } = openPool(pooler.url, {
      max: 4,
      name: 'sessionless',
      client: sessionlessClient({
        schema: 'apart',
        listenUrl: bench.database.connectionString,
      }),
    });
    const writes = Array.from({ length: 20 }, (_, n) =>
      pool.query('insert into only_here values ($1)', [n]),
    );
    await Promise.all(writes);
    const { rows } = await pool.query('select count(*)::int as n from only_here');
    expect(rows).toEqual([{ n: 20 }]);

    const listener = await pool.connect();
    const heard = new Promise((resolve) => listener.once('notification', resolve));
    await listener.query('-- of BullMQ\nLISTEN apart_news;');
    await bench.rows(`notify apart_news, 'here'`);
    expect(await heard).toMatchObject({ channel: 'apart_news', payload: 'here' });
    // Somebody else's transaction is left as it is.
    await listener.query('begin');
    await listener.query('set local search_path to public');
    await expect(listener.query('select * from only_here')).rejects.toThrow(/does not exist/);
    await listener.query('rollback');
    listener.release(true);
    for (const found of await leftBehind())
      expect(found).toMatchObject({ path: '"$user", public', channels: [], prepared: 0 });
    await close();
  });
});
