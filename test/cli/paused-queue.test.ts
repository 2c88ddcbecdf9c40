/** A queue that somebody paused in the dashboard: whoever looks is told, and `resume` goes on. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Adapter, openAdapter } from '../queue/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { people, setUpWorkspace } from './workspace.ts';

describeOnBothQueues('a queue paused past us', (ground) => {
  describe('is seen', () => {
    const workspace = setUpWorkspace(() => ground.env);
    let adapter: Adapter;

    beforeAll(async () => {
      adapter = await openAdapter(ground);
    });
    afterAll(() => adapter?.close());

    test('by campaign list and show, senders and doctor, and undone by resume', async () => {
      const list = await workspace.file('list.csv', people(3, 10));
      const made = await workspace.run(['enqueue', list, '-t', 't', '-l', 'en', '--json']);
      const { id } = made.json;
      const senderId = workspace.simulator.phoneNumberId;
      await adapter.queues(senderId)[0].pause();

      const looks = [['campaign', 'list'], ['campaign', 'show', id], ['senders']];
      for (const args of looks) {
        const ended = await workspace.run([...args, '--json']);
        expect(ended).toMatchObject({ code: 0, json: { pausedQueues: [senderId] } });
        expect((await workspace.run(args)).stderr).toMatch(
          /paused in the dashboard.*campaign resume/,
        );
      }
      const listed = await workspace.run(['campaign', 'list', '--json']);
      expect(listed.json.campaigns[0]).toMatchObject({ secondsLeft: null, rate: 0 });
      const shown = await workspace.run(['campaign', 'show', id]);
      expect(shown.stdout).not.toMatch(/up to|left/);
      const senders = await workspace.run(['senders']);
      expect(senders.stdout.match(/paused in the dashboard/g)).toHaveLength(1);
      expect(senders.stdout).toMatch(/stopped +0\.0/);
      const diagnosis = await workspace.run(['doctor', '--json']);
      expect(diagnosis.json.findings).toContainEqual({
        check: 'queue',
        code: 'QUEUE_PAUSED',
        level: 'warn',
        message: expect.stringContaining(`The queue of sender ${senderId} is paused`),
      });

      const resumed = await workspace.run(['campaign', 'resume', id]);
      expect(resumed.code).toBe(0);
      expect(resumed.stderr).toMatch(/was paused in the dashboard; it goes on/);
      expect(await adapter.isPaused(senderId)).toBe(false);
      const after = await workspace.run(['campaign', 'list', '--json']);
      expect(after.json).toMatchObject({ pausedQueues: [] });
    });
  });
});

describe('a queue in the database that nobody has used yet', () => {
  let database: TestDatabase | undefined;
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database?.connectionString ?? '' }));

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  test('is left alone by commands that only look', async () => {
    const list = await workspace.file('list.csv', people(1, 20));
    const made = await workspace.run(['enqueue', list, '-t', 't', '-l', 'en', '--json']);
    const { id } = made.json;
    const looks = [
      ['campaign', 'list'],
      ['campaign', 'show', id],
      ['senders'],
      ['campaign', 'resume', id],
    ];
    for (const args of looks) {
      const ended = await workspace.run([...args, '--json']);
      expect(ended.code).toBe(0);
      expect(ended.stderr).not.toMatch(/queue/i);
    }
    const client = new pg.Client(database?.connectionString);
    await client.connect();
    const schemas = await client.query(`select nspname from pg_namespace where nspname = 'bullmq'`);
    await client.end();
    expect(schemas.rows).toEqual([]);
  });
});

describe('a queue that does not answer', () => {
  let database: TestDatabase | undefined;
  const workspace = setUpWorkspace(() => ({
    DATABASE_URL: database?.connectionString ?? '',
    REDIS_URL: 'redis://127.0.0.1:9',
  }));

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  test.each([['campaign list'], ['senders']])(
    'does not keep %s from what it knows',
    async (command) => {
      const ended = await workspace.run([...command.split(' '), '--json']);
      expect(ended).toMatchObject({ code: 0, json: { pausedQueues: [] } });
    },
  );

  test('is named by resume, which cannot tell whether it is paused', async () => {
    const list = await workspace.file('list.csv', people(1, 30));
    const made = await workspace.run(['enqueue', list, '-t', 't', '-l', 'en', '--json']);
    const ended = await workspace.run(['campaign', 'resume', made.json.id, '--json']);
    const { phoneNumberId } = workspace.simulator;
    expect(ended).toMatchObject({ code: 0, json: { stuckQueues: [phoneNumberId] } });
    expect(ended.stderr).toMatch(/queue of sender \d+ does not answer/);
    expect(ended.stderr).not.toContain('it goes on');
  });
});
