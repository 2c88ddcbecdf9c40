import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { WorkEvent } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { listenToLedger } from '../../src/ledger/listen.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** Noticed and replaced within this long, and nobody waits for longer, in ms. */
const NOTICED_MS = 10_000;
/** On a busy machine; without the look at the connection it is 30 s and more. */
const NOTICED_BUSY_MS = 20_000;

let home: TestDatabase;
let proxy: TcpProxy;
let database: Database;

beforeEach(async () => {
  home = await createTestDatabase({ migrated: false });
  proxy = await startTcpProxy({ port: Number(new URL(home.connectionString).port) });
  database = openDatabase(proxy.through(home.connectionString));
});

afterEach(async () => {
  await database.close();
  await proxy.close();
  await home.drop();
});

const SLEEP = { name: 'sleep', text: 'select pg_sleep($1::float8)' };
const ONE = { name: 'one', text: 'select 1 as n' };

/** So many statements at once, so that the pool has as many connections. */
async function warm(n: number): Promise<void> {
  await Promise.all(Array.from({ length: n }, () => database.run(SLEEP, [0.05])));
  expect(database.pool.totalCount).toBe(n);
}

describe('connections that go dead silently', () => {
  test('a statement on one is out of reach within ten seconds, and the next has a new one', async () => {
    await warm(1);
    proxy.stallAll();
    const began = performance.now();
    await expect(database.run(ONE, [])).rejects.toThrow(InfrastructureError);
    expect(performance.now() - began).toBeLessThan(NOTICED_BUSY_MS);
    expect(await database.run(ONE, [])).toEqual([{ n: 1 }]);
  });

  test('all that stand in the pool are replaced, those too that nobody uses', async () => {
    await warm(4);
    proxy.stallAll();
    const began = performance.now();
    const gone = new Set<pg.Client>();
    await new Promise<void>((resolve) => {
      database.pool.on('remove', (client) => {
        if (gone.add(client).size === 4) resolve();
      });
    });
    expect(performance.now() - began).toBeLessThan(NOTICED_BUSY_MS);
    expect(await database.run(ONE, [])).toEqual([{ n: 1 }]);
  });

  test('a connection at work on a long statement is not taken for dead', async () => {
    const began = performance.now();
    await database.run(SLEEP, [NOTICED_MS / 1_000]);
    expect(performance.now() - began).toBeGreaterThanOrEqual(NOTICED_MS);
  });

  test('a pool on dead connections is closed anyway', async () => {
    await warm(2);
    const lost = database.run(SLEEP, [60]).catch((error: unknown) => error);
    await once(database.pool, 'acquire');
    proxy.stallAll();
    proxy.setNew('stall');
    const began = performance.now();
    await database.close();
    expect(performance.now() - began).toBeLessThan(NOTICED_BUSY_MS);
    expect(await lost).toBeInstanceOf(InfrastructureError);
    database = openDatabase(home.connectionString);
  });

  test('what other processes do is heard again', async () => {
    const heard: WorkEvent[] = [];
    let wake: () => void = () => undefined;
    const listener = listenToLedger(proxy.through(home.connectionString), (event) => {
      heard.push(event);
      wake();
    });
    const notifier = new pg.Client({ connectionString: home.connectionString });
    await notifier.connect();
    // Said until it is heard: nobody is told when a listener is there again.
    const untilHeard = async (id: string) => {
      const came = new Promise<void>((resolve) => {
        wake = () => {
          if (heard.some((e) => e.id === id)) resolve();
        };
      });
      const notifying = setInterval(
        () =>
          void notifier
            .query(`notify callpermit, '{"kind":"campaign","id":"${id}","state":"running"}'`)
            // One that still waits when the test ends.
            .catch(() => undefined),
        50,
      );
      await came;
      clearInterval(notifying);
    };
    await untilHeard('1');
    proxy.stallAll();
    const began = performance.now();
    await untilHeard('2');
    expect(performance.now() - began).toBeLessThan(NOTICED_BUSY_MS);
    await listener.close();
    await notifier.end();
  });
});
