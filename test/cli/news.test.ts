/** What Meta told by webhooks, beside senders and templates, and in doctor. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { setUpWorkspace } from './workspace.ts';

let server: TestDatabase | undefined;
let database: Database | undefined;
beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase(server.connectionString);
});
afterAll(async () => {
  await database?.close();
  await server?.drop();
});

const workspace = setUpWorkspace(() => ({ DATABASE_URL: server?.connectionString ?? '' }));

describe('news of Meta', () => {
  beforeAll(async () => {
    if (database === undefined) throw new Error('the database is not there');
    const { replies, senders } = createLedger(database, { pairLimit: { perDay: 1, perWeek: 2 } });
    const { phoneNumberId: senderId, businessAccountId: account } = workspace.simulator;
    await senders.ensure({ senderId, messagesPerSecond: 80 });
    await database.pool.query('update senders set account = $1', [account]);
    const { json } = await workspace.run(['template', 'list', '--json']);
    const [template] = json.templates;
    const told = { account, detail: null, at: new Date() };
    const until = new Date(Date.now() + 7 * 86_400_000);
    await replies.bookAccountNews({
      ...{ ...told, senderId, until, what: 'restriction', value: 'RESTRICTED_ADD_PHONE' },
      stops: false,
    });
    await replies.bookAccountNews({
      ...{ ...told, senderId: '', until: null, what: 'daily-limit', value: '2000' },
      stops: false,
    });
    await replies.bookTemplateNews({
      ...{ ...told, templateId: template.id, name: 't', language: template.language },
      ...{ what: 'quality', value: 'YELLOW', detail: 'was GREEN', effectiveAt: null },
    });
  });

  test('stand under their sender, those of its account too', async () => {
    const shown = await workspace.run(['senders']);
    expect(shown.stdout).toMatch(/restricted: RESTRICTED_ADD_PHONE until \d/);
    expect(shown.stdout).toMatch(/people a day: 2000 .*\(account\)/);
    const { json } = await workspace.run(['senders', '--json']);
    expect(json.senders[0].news.map((one: { what: string }) => one.what).toSorted()).toEqual([
      ...['daily-limit', 'restriction'],
    ]);
  });

  test('stand beside their template, which is listed all the same where no database answers', async () => {
    const shown = await workspace.run(['template', 'list']);
    expect(shown.stdout).toMatch(/t \(\w+\): quality YELLOW: was GREEN/);
    const one = await workspace.run(['template', 'show', 't', '--json']);
    expect(one.json.templates[0].news).toMatchObject([{ what: 'quality', value: 'YELLOW' }]);
    const away = await workspace.run(['template', 'list', '--json'], {
      DATABASE_URL: 'postgres://127.0.0.1:9/nothing',
    });
    expect(away).toMatchObject({ code: 0, json: { templates: [{ name: 't', news: [] }] } });
    expect(away.stderr).toContain('not shown');
  });

  test('are told by doctor where they are trouble', async () => {
    const { json } = await workspace.run(['doctor', '--json']);
    const found = json.findings.filter((f: { check: string }) => f.check === 'news');
    expect(found.map((f: { message: string }) => f.message)).toEqual([
      expect.stringContaining('RESTRICTED_ADD_PHONE'),
      expect.stringContaining('quality YELLOW'),
    ]);
  });
});
