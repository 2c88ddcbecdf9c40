/** Keys of the HTTP API, as commands, beside a real `callpermit api`. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const workspace = setUpWorkspace(() => ({ DATABASE_URL: database?.connectionString ?? '' }));
const KEY = /cpk_[\w-]{43}/;

const key = (...args: readonly string[]) => workspace.run(['key', ...args]);
const made = async (name: string, scope = 'read') =>
  (await key('create', name, '--scope', scope, '--json')).json;

describe('callpermit key create', () => {
  test('prints the key alone on standard output, and says the rest beside it', async () => {
    const { code, stdout, stderr } = await key('create', 'plain', '--scope', 'send');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cpk_[\w-]{43}\n$/);
    expect(stderr).toMatch(/"plain" is made, scope send, id key-[0-9a-f]{16}/);
    expect(stderr).not.toMatch(KEY);
  });

  test('--json has what is known of it and the key', async () => {
    expect(await made('as-json', 'admin')).toEqual({
      id: expect.stringMatching(/^key-[0-9a-f]{16}$/),
      name: 'as-json',
      scope: 'admin',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      lastUsedAt: null,
      revokedAt: null,
      key: expect.stringMatching(KEY),
    });
  });

  test('a name that is in force is 1, and what to do is said', async () => {
    await made('twice');
    const again = await key('create', 'twice', '--scope', 'admin', '--json');
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'CONFLICT', where: 'name' } } });
    expect(again.json.error.next).toContain('callpermit key revoke twice');
    expect(again.stdout).not.toMatch(KEY);
  });

  test.each([
    [['create', 'x'], '--scope'],
    [['create', 'x', '--scope', 'all'], 'read, send, admin'],
    [['create', 'a name', '--scope', 'read'], 'letters, digits'],
    [['create', '', '--scope', 'read'], 'letters, digits'],
    [['create', '.x', '--scope', 'read'], 'letters, digits'],
    [['create', 'x'.repeat(65), '--scope', 'read'], 'letters, digits'],
    [['create', 'key-0123456789abcdef', '--scope', 'read'], 'form of an id'],
  ])('%j is wrong use: 1', async (args, told) => {
    const wrong = await key(...args, '--json');
    expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'USAGE' } } });
    expect(wrong.json.error.message).toContain(told);
  });
});

describe('callpermit key list', () => {
  test('shows who has keys and never a key; revoked ones with --all', async () => {
    const { key: text, id } = await made('listed', 'send');
    await made('gone');
    await key('revoke', 'gone');
    const shown = await key('list');
    expect(shown.stdout).toMatch(/^name +scope +last used +id\n/);
    expect(shown.stdout).toMatch(new RegExp(`^listed +send +never +${id}$`, 'm'));
    expect(shown.stdout).not.toMatch(/^gone/m);
    expect((await key('list', '--all')).stdout).toMatch(/^gone .* revoked \S/m);
    const { json, stdout } = await key('list', '--all', '--json');
    const gone = json.keys.find((one: { name: string }) => one.name === 'gone');
    expect(gone).toMatchObject({ scope: 'read', revokedAt: expect.stringMatching(/Z$/) });
    for (const output of [shown.stdout, stdout]) {
      expect(output).not.toMatch(KEY);
      expect(output).not.toContain(text.slice(4));
    }
  });
});

describe('callpermit key revoke', () => {
  test('a running api refuses the key with its next request', async () => {
    const { key: text, id } = await made('service', 'send');
    const api = workspace.start(['api', '--port', '0', '--json']);
    const line = await api.untilLine(/http:\/\/[\d.:]+/);
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? '';
    const call = async () => {
      const headers = { authorization: `Bearer ${text}` };
      return (await fetch(`${url}/v1/campaigns`, { headers })).status;
    };
    expect([await call(), await call()]).toEqual([200, 200]);
    const used = (await key('list', '--json')).json.keys;
    expect(used.find((one: { id: string }) => one.id === id).lastUsedAt).toMatch(/Z$/);
    expect(await key('revoke', 'service')).toMatchObject({ code: 0 });
    expect([await call(), await call()]).toEqual([401, 401]);
    api.kill('SIGTERM');
    const { stdout, stderr } = await api.untilExit();
    expect(stdout + stderr).not.toContain(text.slice(4));
  });

  test('takes the id as well, and says so where it was revoked before', async () => {
    const { id } = await made('by-id');
    expect((await key('revoke', id, '--json')).json).toMatchObject({ id, wasRevoked: false });
    const again = await key('revoke', id, '--json');
    expect(again).toMatchObject({ code: 0, json: { id, wasRevoked: true } });
    expect((await made('by-id')).id).not.toBe(id);
  });

  test('what is no key is 1; a key that was typed instead of its name is not shown', async () => {
    const { key: text } = await made('typed');
    const wrong = await key('revoke', text, '--json');
    expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'NOT_FOUND', where: 'key' } } });
    expect(wrong.stdout + wrong.stderr).not.toContain(text.slice(4));
  });
});
