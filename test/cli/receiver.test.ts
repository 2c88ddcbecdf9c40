/** The process that takes webhooks, as it is run: what it wants, what it serves, and that what it answered 200 is kept. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { signed } from '../http/receiver.ts';
import { type Callpermit, spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let client: pg.Client;
const running = new Set<Callpermit>();

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
});
afterEach(async () => {
  for (const each of running) each.kill('SIGKILL');
  await Promise.all([...running].map((each) => each.untilExit()));
  running.clear();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Callpermit {
  const started = spawnCallpermit(args, {
    DATABASE_URL: database.connectionString,
    WHATSAPP_APP_SECRET: 'app-secret',
    ...env,
  });
  running.add(started);
  return started;
}

/** Starts a service on a free port; gives where it is. */
async function serving(kind: string, env: Readonly<Record<string, string>> = {}) {
  const process = start([kind, '--port', '0', '--json', ...(env.ARGS?.split(' ') ?? [])], env);
  const { url } = JSON.parse(await process.untilLine(/"state":"ready"/));
  return { process, url: String(url), hook: `${url}/webhooks/whatsapp` };
}

const deliver = (hook: string, body: string, headers = signed(body)) =>
  fetch(hook, { method: 'POST', body, headers });

async function isStored(body: string): Promise<boolean> {
  const found = await client.query('select from webhook_deliveries where body = $1', [body]);
  return found.rowCount === 1;
}

test('a receiver wants a secret and nothing else of Meta, makes room for days, and ends with 0', async () => {
  const { process, url, hook } = await serving('receiver');
  const body = JSON.stringify({ id: randomUUID() });
  expect((await deliver(hook, body)).status).toBe(200);
  expect(await isStored(body)).toBe(true);
  expect((await deliver(hook, body, {})).status).toBe(401);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${url}/v1/campaigns`)).status).toBe(404);
  process.kill('SIGTERM');
  const ended = await process.untilExit();
  expect(ended).toMatchObject({ code: 0 });
  // Its address stands in the JSON already.
  expect(ended.stderr).not.toContain(hook);
  const days = await client.query(
    `select from pg_inherits where inhparent = 'webhook_deliveries'::regclass`,
  );
  expect(days.rowCount).toBe(3);
  const counted = await client.query(`select what, n from webhook_counts where about = 'refused'`);
  expect(counted.rows).toEqual([{ what: 'unsigned', n: '1' }]);
});

test.each([
  ['no secret', ['receiver'], { WHATSAPP_APP_SECRET: '' }, /WHATSAPP_APP_SECRET is not set/],
  [
    'unsigned ones from everywhere',
    ['receiver', '--accept-unsigned', '--host', '0.0.0.0'],
    {},
    /--accept-unsigned would take webhooks from anybody who reaches 0\.0\.0\.0/,
  ],
  [
    'unsigned ones from everywhere, by an API',
    ['api', '--accept-unsigned'],
    { HOST: '::' },
    /who reaches ::\./,
  ],
])('it does not start with %s', async (_, args, env, said) => {
  const ended = await start([...args, '--port', '0'], env).untilExit();
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(said) });
});

test('unsigned ones are taken on this machine where it is asked for, without a secret', async () => {
  const { hook } = await serving('receiver', {
    WHATSAPP_APP_SECRET: '',
    ARGS: '--accept-unsigned',
  });
  const body = JSON.stringify({ id: randomUUID() });
  expect((await deliver(hook, body, {})).status).toBe(200);
  expect(await isStored(body)).toBe(true);
});

test('an API takes webhooks too, without a key, and hides the route', async () => {
  const { url, hook } = await serving('api', { API_KEYS: 'key' });
  const body = JSON.stringify({ id: randomUUID() });
  expect((await deliver(hook, body)).status).toBe(200);
  expect(await isStored(body)).toBe(true);
  const described = await fetch(`${url}/openapi.json`, {
    headers: { authorization: 'Bearer key' },
  });
  expect(await described.text()).not.toContain('/webhooks/whatsapp');
  expect((await fetch(`${url}/v1/campaigns`)).status).toBe(401);
});

test('who allows calls is known to the book of a ledger in which nobody was asked yet', async () => {
  const sender = '106540352242922';
  const account = '102290129340398';
  const { url, hook } = await serving('api', {
    API_KEYS: 'key',
    WHATSAPP_PHONE_NUMBER_ID: sender,
    WHATSAPP_BUSINESS_ACCOUNT_ID: account,
  });
  const answer = { response: 'accept', is_permanent: true, response_source: 'user_action' };
  const message = {
    ...{ from: '16505550777', id: 'wamid.1', timestamp: String(Math.floor(Date.now() / 1_000)) },
    type: 'interactive',
    interactive: { type: 'call_permission_reply', call_permission_reply: answer },
  };
  const value = { metadata: { phone_number_id: sender }, messages: [message] };
  const entry = [{ id: account, changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  expect((await deliver(hook, body)).status).toBe(200);
  const get = async (path: string) => {
    const found = await fetch(url + path, { headers: { authorization: 'Bearer key' } });
    return (await found.json()) as { readonly permissions: readonly object[] };
  };
  let listed = await get('/v1/permissions?state=callable');
  while (listed.permissions.length === 0) listed = await get('/v1/permissions?state=callable');
  expect(listed.permissions).toMatchObject([{ to: '+16505550777', state: 'permanent' }]);
  expect((await get('/v1/permissions/+16505550777')).permissions).toMatchObject([
    { sender, state: 'permanent', mayCall: true },
  ]);
});

test('killed while deliveries come, it has stored every one that it answered 200', async () => {
  const { process, hook } = await serving('receiver');
  const answered: string[] = [];
  let isOver = false;
  const callers = Array.from({ length: 20 }, async () => {
    while (!isOver) {
      const body = JSON.stringify({ id: randomUUID(), x: 'x'.repeat(500) });
      const status = await deliver(hook, body).then(
        (answer) => answer.status,
        () => undefined,
      );
      if (status === 200) answered.push(body);
      if (status === undefined) return;
      if (answered.length === 500) {
        process.kill('SIGKILL');
        await once(process.child, 'exit');
        isOver = true;
      }
    }
  });
  await Promise.all(callers);
  expect(answered.length).toBeGreaterThanOrEqual(500);
  const { rows } = await client.query(
    'select count(*)::int as n from webhook_deliveries where body = any($1)',
    [answered],
  );
  expect(rows).toEqual([{ n: answered.length }]);
});
