/** The program behind a real pgbouncer: what it says of it, and that it works, queue and all. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startPgbouncer, type TestPooler } from '../support/pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
let pooler: TestPooler | undefined;
let strict: TestPooler | undefined;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  pooler = await startPgbouncer(database.connectionString, { mode: 'transaction' });
  strict = await startPgbouncer(database.connectionString, { mode: 'statement' });
});
afterAll(async () => {
  await pooler?.stop();
  await strict?.stop();
  await database?.drop();
});

describe('behind a transaction pooler', () => {
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: pooler?.url ?? '' }));
  const direct = () => ({ DATABASE_DIRECT_URL: database?.connectionString ?? '' });
  const databaseLine = (json: { findings: { check: string; message: string }[] }) =>
    json.findings.find((f) => f.check === 'database')?.message;

  test('migrate and doctor say what they found, and what would help', async () => {
    const migrated = await workspace.run(['migrate', '--json']);
    expect(migrated).toMatchObject({ code: 0, json: { route: 'transactions' } });
    expect(migrated.stderr).toMatch(/through a transaction pooler .*DATABASE_DIRECT_URL/);
    const bare = await workspace.run(['doctor', '--json']);
    expect(bare).toMatchObject({ code: 0, json: { ok: true } });
    expect(databaseLine(bare.json)).toMatch(/transaction pooler .*looked for.*DATABASE_DIRECT_URL/);
    const helped = await workspace.run(['doctor', '--json'], direct());
    expect(databaseLine(helped.json)).toMatch(/heard by DATABASE_DIRECT_URL/);
  });

  test('a list is sent without Redis, and the log says how news is found', async () => {
    const list = await workspace.file('list.csv', people(20, 10));
    const ended = await workspace.run(['send', list, '-t', 't', '-l', 'en', '--json']);
    expect(ended.json).toMatchObject({ counts: { accepted: 20 } });
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('a transaction pooler stands before the database');
    expect(workspace.simulator.requests({})).toHaveLength(20);
  });

  test('a DATABASE_DIRECT_URL that is a pooler too ends a start and doctor with 4', async () => {
    const wrong = { DATABASE_DIRECT_URL: pooler?.url ?? '' };
    const list = await workspace.file('list.csv', people(1, 50));
    for (const args of [['send', list, '-t', 't', '-l', 'en'], ['sender'], ['doctor']]) {
      const ended = await workspace.run(args, wrong);
      expect(ended.code).toBe(4);
      expect(ended.stdout + ended.stderr).toMatch(
        /DATABASE_DIRECT_URL leads to a transaction pooler/,
      );
    }
  });
});

describe('behind a transaction pooler past which nothing leads', () => {
  const workspace = setUpWorkspace(() => ({
    DATABASE_URL: pooler?.url ?? '',
    DATABASE_DIRECT_URL: 'postgres://127.0.0.1:9/none',
  }));

  test.each([['campaign list'], ['senders']])('%s needs nothing past it', async (command) => {
    const ended = await workspace.run([...command.split(' '), '--json']);
    expect(ended).toMatchObject({ code: 0, json: { pausedQueues: [] } });
  });
});

describe('behind a pooler that allows no transactions', () => {
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: strict?.url ?? '' }));

  test.each([['migrate'], ['doctor'], ['sender'], ['campaign list']])(
    '%s says so, and what to set, and ends with 4',
    async (command) => {
      const ended = await workspace.run(command.split(' '));
      expect(ended.code).toBe(4);
      expect(ended.stdout + ended.stderr).toMatch(/pool_mode = transaction/);
    },
  );
});
