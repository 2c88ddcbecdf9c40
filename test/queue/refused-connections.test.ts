/** A queue on Postgres whose first connections are refused: BullMQ remembers that for good, ours does not. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { openPool } from '../../src/ledger/pool.ts';
import { postgresBackend, QUEUE_POOL } from '../../src/queue/backend.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { Gate } from './support.ts';

let home: TestDatabase;
let admin: pg.Client;

beforeEach(async () => {
  home = await createTestDatabase({ migrated: false });
  const beside = new URL(home.connectionString);
  beside.pathname = '/postgres';
  admin = new pg.Client({ connectionString: beside.href });
  await admin.connect();
});

afterEach(async () => {
  await admin.end();
  await home.drop();
});

async function allowConnections(isAllowed: boolean): Promise<void> {
  const name = new URL(home.connectionString).pathname.slice(1);
  await admin.query(`alter database "${name}" allow_connections ${isAllowed}`);
  if (!isAllowed)
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      name,
    ]);
}

test('a queue and a worker that begin while the database takes nobody work once it does, and ask with pauses', async () => {
  const refusals = new Gate<Error>();
  const backend = await postgresBackend(openPool(home.connectionString, QUEUE_POOL), () => {});
  await allowConnections(false);

  const queue = backend.queue('q', 'p');
  await expect(queue.count()).rejects.toThrow();
  const done = new Gate<number>();
  const began = performance.now();
  const worker = backend.worker(
    'q',
    'p',
    async ({ data }) => {
      done.push(data.batch);
      return {};
    },
    1,
  );
  worker.on('error', (error) => {
    refusals.push(error);
    // A worker that asks without a pause would keep this process, and the test, from ever ending.
    if (refusals.values.length > 100) void worker.close(true);
  });
  await refusals.until(4);
  expect(performance.now() - began).toBeGreaterThan(500);

  await allowConnections(true);
  await queue.add('j', { batch: 7, size: 1 });
  expect(await done.until(1)).toEqual([7]);
  await worker.close();
  await queue.close();
  await backend.close();
});
