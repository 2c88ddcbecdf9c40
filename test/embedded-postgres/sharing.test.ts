import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type pg from 'pg';
import { openPool } from '../../src/ledger/pool.ts';
import { QUEUE_POOL } from '../../src/queue/backend.ts';
import { newDirectory, processesBecome, processesOf, sole, startUser } from './fixture.ts';

jest.setTimeout(180_000);

const NONE = { servers: [], keepers: [] };
let dir: Awaited<ReturnType<typeof newDirectory>>;

beforeEach(async () => {
  dir = await newDirectory();
});
afterEach(() => dir.remove());

describe('one server for all processes of a DATA_DIR', () => {
  test('processes that race on a new DATA_DIR get the same server, and the last release leaves no process', async () => {
    const dataDir = `${dir.path}/not yet there`;
    const users = await Promise.all([1, 2, 3].map(() => startUser({ dataDir })));
    expect(new Set(users.map((u) => u.connectionString)).size).toBe(1);
    const [first, ...others] = users;
    await first?.release();
    expect((await processesOf(dataDir)).servers).toHaveLength(1);
    expect(await others[0]?.query('select 1 as n')).toEqual([{ n: 1 }]);
    await Promise.all(others.map((u) => u.release()));
    expect(await processesOf(dataDir)).toEqual(NONE);
  });

  test('neither Ctrl-C nor kill -9 of the starter and its process group reaches the server', async () => {
    const starter = await startUser({ dataDir: dir.path });
    const other = await startUser({ dataDir: dir.path });
    const before = await processesOf(dir.path);
    const [session] = await other.query('select pg_backend_pid() as pid');
    process.kill(-Number(starter.child.pid), 'SIGINT');
    process.kill(-Number(starter.child.pid), 'SIGKILL');
    await starter.kill();
    expect(await other.query('select pg_backend_pid() as pid')).toEqual([session]);
    expect(await processesOf(dir.path)).toEqual(before);
    await other.release();
    expect(await processesOf(dir.path)).toEqual(NONE);
  });

  test('one who comes while the last one leaves gets a server, and what was committed is there', async () => {
    let user = await startUser({ dataDir: dir.path });
    await user.query('create table seen (n int)');
    for (let n = 0; n < 4; n++) {
      await user.query(`insert into seen values (${n})`);
      const [, next] = await Promise.all([user.release(), startUser({ dataDir: dir.path })]);
      user = next;
    }
    expect(await user.query('select count(*)::int as n from seen')).toEqual([{ n: 4 }]);
    await user.release();
    expect(await processesOf(dir.path)).toEqual(NONE);
  });
});

describe('twenty senders', () => {
  test('all their pools full at once have room, also in a folder that was made for fewer', async () => {
    const before = await startUser({ dataDir: dir.path });
    await before.query('alter system set max_connections = 100');
    await before.release();
    const user = await startUser({ dataDir: dir.path });
    // What docs/settings.md says of twenty processes on BullMQ's Postgres backend: 5 and 1, 5 and 1.
    const pools = Array.from({ length: 20 }, () => [
      openPool(user.connectionString, { max: 6, name: 'ledger' }),
      openPool(user.connectionString, { ...QUEUE_POOL, max: 6 }),
    ]).flat();
    const clients = await Promise.all(
      pools.flatMap(({ pool }) => Array.from({ length: 6 }, () => connect(pool))),
    );
    expect(
      await user.query(
        `select count(*)::int as n from pg_stat_activity where application_name in ('ledger', 'callpermit-queue')`,
      ),
    ).toEqual([{ n: 240 }]);
    for (const client of clients) client.release();
    await Promise.all(pools.map((pool) => pool.close()));
    await user.release();
  });
});

/** A connection, however long so many of them take on a busy machine; "too many" is an error at once. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!/timeout/.test(String(error))) throw error;
    }
  }
}

describe('kill -9', () => {
  test('of the server: its users bring it back at the same address, with all that was committed', async () => {
    const users = await Promise.all([1, 2].map(() => startUser({ dataDir: dir.path })));
    const [user, other] = users;
    if (user === undefined || other === undefined) throw new Error('two users were started');
    await user.query('create table kept as select 7 as n');
    const killed = sole((await processesOf(dir.path)).servers);
    process.kill(killed, 'SIGKILL');
    await processesBecome(dir.path, (now) => now.servers.some((pid) => pid !== killed));
    const again = await startUser({ dataDir: dir.path });
    expect(again.connectionString).toBe(user.connectionString);
    // A pool notices its dead connections one by one.
    await other.query('select 1').catch(() => {});
    expect(await other.query('select n from kept')).toEqual([{ n: 7 }]);
    await Promise.all([user.release(), other.release(), again.release()]);
    expect(await processesOf(dir.path)).toEqual(NONE);
  });

  test('of everything: the next start works', async () => {
    const user = await startUser({ dataDir: dir.path });
    await user.query('create table kept as select 7 as n');
    const { servers, keepers } = await processesOf(dir.path);
    for (const pid of [...keepers, Number(user.child.pid), ...servers]) {
      process.kill(pid, 'SIGKILL');
    }
    const next = await startUser({ dataDir: dir.path });
    expect(await next.query('select n from kept')).toEqual([{ n: 7 }]);
    await next.release();
    expect(await processesOf(dir.path)).toEqual(NONE);
  });

  test('of the keeper: the last release leaves no process anyway', async () => {
    const user = await startUser({ dataDir: dir.path });
    await processesBecome(dir.path, (now) => now.keepers.length === 1);
    process.kill(sole((await processesOf(dir.path)).keepers), 'SIGKILL');
    await user.release();
    expect(await processesOf(dir.path)).toEqual(NONE);
  });

  test('of the keeper and later of the last user: another keeper stops the idle server', async () => {
    const user = await startUser({ dataDir: dir.path });
    await processesBecome(dir.path, (now) => now.keepers.length === 1);
    const first = sole((await processesOf(dir.path)).keepers);
    process.kill(first, 'SIGKILL');
    await processesBecome(dir.path, (now) => now.keepers.some((pid) => pid !== first));
    await user.kill();
    await processesBecome(dir.path, (now) => now.servers.length + now.keepers.length === 0);
  });
});
