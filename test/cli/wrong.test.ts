/** Everything a person can get wrong: a clear message, the right exit code, no stack, nothing sent. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { people, setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** Nothing listens on the discard port. */
const NOBODY = '127.0.0.1:9';

describe('wrong things', () => {
  const workspace = setUpWorkspace(() => ({ DATABASE_URL: database?.connectionString ?? '' }));

  beforeAll(async () => {
    await workspace.useSimulator({
      templates: [
        { name: 't' },
        { name: 'waiting', status: 'PENDING' },
        { name: 'plain', components: [{ type: 'BODY', text: 'Hello {{1}}, how are you?' }] },
        {
          name: 'two',
          components: [
            { type: 'BODY', text: 'Hello {{1}}, about {{2}} we would like to call.' },
            { type: 'call_permission_request' },
          ],
        },
      ],
    });
    await workspace.file('good.csv', people(3, 50_000));
    await workspace.file('empty.csv', 'to,1\n');
    await workspace.file('bad.csv', 'to,1\nx,A\ny,B\n');
    await workspace.file('one-bad.csv', `${people(2, 51_000)}x,r,A\n`);
    await mkdir(join(workspace.folder, 'folder'));
  });
  afterEach(() => expect(workspace.simulator.stats().posts).toBe(0));

  const send = (list: string, template = 't', more: readonly string[] = []) => [
    ...['send', list, '--template', template, '--language', 'en', '--json', ...more],
  ];

  test.each([
    ['no token', send('good.csv'), { WHATSAPP_ACCESS_TOKEN: '' }, 1, 'SETTING_MISSING'],
    ['a wrong token', send('good.csv'), { WHATSAPP_ACCESS_TOKEN: 'wrong' }, 3, 'TOKEN_REFUSED'],
    ['a wrong setting', send('good.csv'), { MESSAGES_PER_SECOND: 'x' }, 1, 'SETTING_INVALID'],
    ['an unknown sender', send('good.csv', 't', ['--sender', '1']), {}, 1, 'NOT_FOUND'],
    ['an unknown template', send('good.csv', 'nope'), {}, 1, 'TEMPLATE_NOT_FOUND'],
    ['a template in review', send('good.csv', 'waiting'), {}, 1, 'TEMPLATE_NOT_APPROVED'],
    [
      'a template that asks nothing',
      send('good.csv', 'plain'),
      {},
      1,
      'TEMPLATE_WITHOUT_COMPONENT',
    ],
    ['a column too few', send('good.csv', 'two'), {}, 1, 'TEMPLATE_COLUMNS'],
    ['an empty list', send('empty.csv'), {}, 1, 'LIST_EMPTY'],
    ['a directory as list', send('folder'), {}, 1, 'LIST_UNREADABLE'],
    ['no such list', send('missing.csv'), {}, 1, 'LIST_UNREADABLE'],
    ['a list of only bad lines', send('bad.csv'), {}, 1, 'LIST_ALL_REFUSED'],
    ['one bad line and --strict', send('one-bad.csv', 't', ['--strict']), {}, 1, 'LIST_REFUSED'],
    ['an unwritable report', send('bad.csv', 't', ['--refused', 'no/x.csv']), {}, 1, 'USAGE'],
    [
      'no Graph API',
      send('good.csv'),
      { GRAPH_BASE_URL: `http://${NOBODY}` },
      4,
      'GRAPH_UNREACHABLE',
    ],
    [
      'no database',
      send('good.csv'),
      { DATABASE_URL: `postgres://u:secret@${NOBODY}/x` },
      4,
      'DATABASE_UNREACHABLE',
    ],
    [
      'no Redis',
      send('good.csv'),
      { REDIS_URL: `redis://:secret@${NOBODY}` },
      4,
      'QUEUE_UNREACHABLE',
    ],
    ['an unknown campaign', ['campaign', 'pause', 'nope', '--json'], {}, 1, 'NOT_FOUND'],
    [
      'no token for a sender',
      ['sender', '--json'],
      { WHATSAPP_ACCESS_TOKEN: '' },
      1,
      'SETTING_MISSING',
    ],
  ] as const)('%s: %j', async (_name, args, env, code, problem) => {
    const ended = await workspace.run(args, env);
    expect(ended).toMatchObject({ code, json: { error: { code: problem } } });
    expect(ended.json.error.message).not.toBe('');
    expect(ended.stderr).toContain('error: ');
    expect(ended.stderr).not.toMatch(/\n\s+at |\.js:\d/);
    expect(ended.stderr + ended.stdout).not.toContain('secret');
  });

  test('export of an unknown campaign needs no Meta settings to say so', async () => {
    const none = { WHATSAPP_ACCESS_TOKEN: '', WHATSAPP_PHONE_NUMBER_ID: '' };
    const ended = await workspace.run(['export', 'nope'], none);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('There is no campaign nope.');
  });

  test('with LOG_LEVEL=debug the log has the chain of causes', async () => {
    const ended = await workspace.run(['campaign', 'list'], {
      DATABASE_URL: `postgres://u:secret@${NOBODY}/x`,
      LOG_LEVEL: 'debug',
    });
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/"cause":\{.*ECONNREFUSED/);
    expect(ended.stderr).not.toContain('secret');
  });

  test('a list without Redis is taken anyway: the ledger is there', async () => {
    const ended = await workspace.run(
      ['enqueue', 'good.csv', '--template', 't', '--language', 'en'],
      {
        REDIS_URL: `redis://${NOBODY}`,
      },
    );
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\w+\n$/) });
  });
});
