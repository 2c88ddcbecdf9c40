import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { number, people, setUpWorkspace } from './workspace.ts';

describe('what would become of a list', () => {
  let database: TestDatabase;
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database.connectionString }));
  const template = ['--template', 't', '--language', 'en'];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('--dry-run adds up to the lines, asks nobody and leaves nothing', async () => {
    const simulator = await workspace.useSimulator({});
    await workspace.run(['suppress', 'add', number(100), number(101)]);
    const text = `${people(50, 100)}${number(105)},again,Ann\nnonsense,bad,Ann\n`;
    const list = await workspace.file('dry.csv', text);
    const args = ['send', list, ...template, '--idempotency-key', 'k', '--dry-run', '--json'];
    const { code, json } = await workspace.run(args);
    expect(code).toBe(2);
    expect(json).toMatchObject({
      dryRun: true,
      lines: 52,
      refusedLines: 1,
      doubles: 1,
      skipped: { suppressed: 2 },
      willAsk: 48,
    });
    expect(simulator.stats().posts).toBe(0);
    expect((await workspace.run(['campaign', 'list', '--json'])).json.campaigns).toEqual([]);
    const sent = await workspace.run([
      'send',
      list,
      ...template,
      '--idempotency-key',
      'k',
      '--json',
    ]);
    expect(sent.json).toMatchObject({ created: true, forecast: { willAsk: 48 } });
    expect(sent.json.counts).toMatchObject({ accepted: 48, skipped: 3 });
  });

  test('a budget of 10: ten today, the others told when, and asked when it frees', async () => {
    const simulator = await workspace.useSimulator({});
    const list = await workspace.file('budget.csv', people(15, 2_000));
    const env = { DAILY_RECIPIENT_LIMIT: '10', MESSAGES_PER_SECOND: '200' };
    // Those of the other tests were reached within the last day, too.
    await workspace.run(['clock', 'advance', '25h']);
    const dry = await workspace.run(['send', list, ...template, '--dry-run', '--json'], env);
    expect(dry.json).toMatchObject({ willAsk: 15, withinADay: 10 });
    const sent = await workspace.run(['send', list, ...template, '--json'], env);
    expect(sent).toMatchObject({ code: 2, json: { state: 'running', later: 5 } });
    expect(sent.stderr).toContain('The daily budget is used up: 10 people');
    expect(simulator.stats().persons).toBe(10);
    const sender = workspace.start(['sender'], env);
    simulator.advanceClock(86_460_000);
    await workspace.run(['clock', 'advance', '24h1m']);
    expect(await workspace.untilEnded(sent.json.id)).toMatchObject({ counts: { accepted: 15 } });
    sender.kill('SIGTERM');
    await sender.untilExit();
  });

  test.each([
    [['--quiet-hours', '21-8'], 'two times of day'],
    [['--start-at', 'tomorrow'], 'date and time'],
    [['--weight', '0'], '1 to 100'],
    [['--on-pair-limit', 'maybe'], 'wait'],
  ])('%p is wrong use, in message', async (args, message) => {
    const list = await workspace.file('wrong.csv', people(1, 5_000));
    const ended = await workspace.run(['send', list, ...template, ...args]);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });

  test('a forecast that cannot be had is said, and the list is sent without one', async () => {
    await workspace.useSimulator({});
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    try {
      await client.query('alter function forecast_of rename to forecast_aside');
      // As Postgres says it where its bound is over.
      await client.query(`create function forecast_of(text, integer, integer)
        returns table (reason text, sender_id text, at timestamptz, n integer) language plpgsql as $$
        begin raise query_canceled using message = 'canceling statement due to statement timeout'; end $$`);
      const list = await workspace.file('late.csv', people(5, 3_000));
      const sent = await workspace.run(['send', list, ...template, '--json']);
      expect(sent).toMatchObject({ code: 0, json: { counts: { accepted: 5 } } });
      expect(sent.json).not.toHaveProperty('forecast');
      expect(sent.stderr).toContain('No forecast this time');
    } finally {
      await client.query('drop function forecast_of');
      await client.query('alter function forecast_aside rename to forecast_of');
      await client.end();
    }
  });

  test('a business number of a country that cannot call stops the list before anybody is asked', async () => {
    const simulator = await workspace.useSimulator({
      senders: [{ displayPhoneNumber: '+90 532 123 45 67' }],
    });
    const list = await workspace.file('turkey.csv', people(3, 6_000));
    const ended = await workspace.run(['send', list, ...template, '--json']);
    expect(ended).toMatchObject({ code: 1, json: { error: { code: 'SENDER_COUNTRY' } } });
    expect(simulator.stats().posts).toBe(0);
  });
});
