/** What a service says once it is ready: the addresses that a person opens next, and whom it sends for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { setUpWorkspace } from './workspace.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
const workspace = setUpWorkspace(() => ({ DATABASE_URL: database.connectionString }));

test('up names the addresses of its console, API and queues, how a user is made, and whom it sends for', async () => {
  const { phoneNumberId } = workspace.simulator;
  const up = workspace.start(['up', '--port', '0'], { API_KEYS: 'key' });
  await up.untilLine(new RegExp(`^Sending for ${phoneNumberId}\\. Ctrl-C stops\\.$`));
  const [, console = '', api = '', queues = ''] =
    /^Console (\S+) {3}API (\S+) {3}queues (\S+) {3}\(people: callpermit user add\)$/m.exec(
      up.stderr,
    ) ?? [];
  expect({ api, queues }).toEqual({ api: `${console}/v1`, queues: `${console}/queues` });
  expect(await (await fetch(console)).text()).toContain('<title>callpermit</title>');
  const headers = { authorization: 'Bearer key' };
  expect((await fetch(`${api}/campaigns`, { headers })).status).toBe(200);
  expect(up.stdout).toBe('');
});

test.each([
  [
    'a sender: whom it sends for, and no address',
    ['sender'],
    [/^Sending for \d+\. Ctrl-C stops\.$/],
  ],
  [
    'an API: its addresses alone',
    ['api', '--port', '0'],
    [/^Console http:\/\/127\.0\.0\.1:\d+ {3}API /],
  ],
  [
    'a receiver: the address that Meta is told',
    ['receiver', '--port', '0'],
    [/^Webhooks http:\/\/127\.0\.0\.1:\d+\/webhooks\/whatsapp$/],
  ],
])('so does %s', async (_what, args, lines) => {
  const service = workspace.start(args, { API_KEYS: 'key', WHATSAPP_APP_SECRET: 'secret' });
  await service.untilLine(/"msg":"ready"/);
  service.kill('SIGTERM');
  const { stderr } = await service.untilExit();
  const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect(said).toEqual(lines.map((line) => expect.stringMatching(line)));
});

test('to a program it says all of it in one line of JSON, and names no address beside it', async () => {
  const up = workspace.start(['up', '--port', '0', '--json'], { API_KEYS: 'key' });
  const ready = JSON.parse(await up.untilLine(/^\{"state":"ready"/));
  expect(ready).toEqual({
    ...{ state: 'ready', kind: 'up', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
    senders: [workspace.simulator.phoneNumberId],
  });
  up.kill('SIGTERM');
  expect((await up.untilExit()).stderr).not.toMatch(/^Console /m);
});
