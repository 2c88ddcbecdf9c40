/** Users and the audit log, as commands, beside a real `callpermit api`. */
import { hostname, userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { onScreen } from '../support/pty.ts';
import { setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const workspace = setUpWorkspace(() => ({
  DATABASE_URL: database?.connectionString ?? '',
  FORGET_KEY: 'a long key that nobody guesses 0123456789',
}));
const PASSWORD = 'correct horse battery';

const user = (...args: readonly string[]) => workspace.run(['user', ...args]);
const add = (name: string, role: string, input = `${PASSWORD}\n`) =>
  workspace.run(['user', 'add', name, '--role', role, '--password-stdin', '--json'], {}, input);
const audit = async (...args: readonly string[]) =>
  (await workspace.run(['audit', 'list', '--json', ...args])).json.entries;

describe('callpermit user', () => {
  test('add takes the password from standard input; list shows who there is, and no password', async () => {
    const made = await add('ann', 'admin');
    expect(made).toMatchObject({ code: 0, json: { name: 'ann', role: 'admin', disabled: false } });
    const again = await add('ANN', 'viewer');
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'CONFLICT' } } });
    const list = await user('list');
    expect(list.stdout).toMatch(/^name +role +last log-in +sessions\nann +admin +never +0$/m);
    for (const { stdout, stderr } of [made, again, list])
      expect(stdout + stderr).not.toMatch(/correct horse|scrypt/);
  });

  test('add takes no weak password, and none from an argument', async () => {
    for (const input of ['short\n', '\n', 'bob-bob-bob-1\n', `${'long'.repeat(60)}\n`])
      expect(await add('bob', 'viewer', input)).toMatchObject({
        ...{ code: 1, json: { error: { code: 'USAGE', where: 'password' } } },
      });
    const typed = await user('add', 'bob', '--role', 'viewer', '--password', PASSWORD);
    expect(typed).toMatchObject({ code: 1 });
    const nothing = await workspace.run(['user', 'add', 'bob', '--role', 'viewer'], {}, '');
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toContain('--password-stdin');
    expect((await user('list', '--json')).json.users).toHaveLength(1);
  });

  test('add asks twice on a terminal, and shows nothing of it', async () => {
    const screen = onScreen(['user', 'add', 'tess', '--role', 'viewer'], {
      env: { DATABASE_URL: database?.connectionString ?? '' },
      cwd: workspace.folder,
      columns: 80,
    });
    await screen.untilSeen(/^Password/);
    screen.type(`${PASSWORD}\r`);
    await screen.untilSeen(/^The same again/);
    screen.type(`${PASSWORD}\r`);
    const lines = (await screen.untilExit()).join('\n');
    expect(lines).toContain('User "tess" is made, role viewer.');
    expect(lines).not.toMatch(/correct|horse|\*\*/);
  });

  test.each([
    [['role', 'nobody', 'admin'], 'NOT_FOUND'],
    [['remove', 'nobody'], 'NOT_FOUND'],
    [['disable', 'nobody'], 'NOT_FOUND'],
    [['sessions', 'nobody'], 'NOT_FOUND'],
    [['role', 'ann', 'root'], 'USAGE'],
    [['add', 'a b', '--role', 'viewer'], 'USAGE'],
    [['add', 'x', '--role', 'root'], 'USAGE'],
  ])('%j is 1', async (args, code) => {
    expect(await user(...args, '--json')).toMatchObject({ code: 1, json: { error: { code } } });
  });

  test('what it changes holds for a running api from the next request on', async () => {
    await add('carl', 'operator');
    const api = workspace.start(['api', '--port', '0', '--json']);
    const url = /http:\/\/[\d.:]+/.exec(await api.untilLine(/http:\/\/[\d.:]+/))?.[0] ?? '';
    const logIn = async (password = PASSWORD) =>
      fetch(`${url}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ user: 'carl', password }),
      });
    const first = await logIn();
    expect(first.status).toBe(200);
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const session = async () => fetch(`${url}/v1/session`, { headers: { cookie } });
    expect(await (await session()).json()).toMatchObject({ role: 'operator' });
    await user('role', 'carl', 'viewer');
    expect(await (await session()).json()).toMatchObject({ role: 'viewer' });
    expect((await user('sessions', 'carl', '--json')).json.sessions).toHaveLength(1);
    expect((await user('sessions', 'carl', '--end', '--json')).json).toEqual({ ended: 1 });
    expect((await session()).status).toBe(401);
    const other = ['user', 'password', 'carl', '--password-stdin'];
    await workspace.run(other, {}, 'another horse battery\n');
    expect((await logIn()).status).toBe(401);
    expect((await logIn('another horse battery')).status).toBe(200);
    await user('disable', 'carl');
    expect((await logIn('another horse battery')).status).toBe(401);
    await user('enable', 'carl');
    expect((await logIn('another horse battery')).status).toBe(200);
    await user('remove', 'carl');
    expect((await logIn('another horse battery')).status).toBe(401);
    api.kill('SIGTERM');
    await api.untilExit();
    const what = (await audit('--who', 'carl')).map((one: { what: string }) => one.what);
    expect(what).toContain('logIn');
  });
});

describe('callpermit audit list', () => {
  const WHO = `command line of ${userInfo().username}@${hostname()}`;
  test('has commands that change something, by whom, and none that look', async () => {
    await workspace.run(['key', 'create', 'crm', '--scope', 'read']);
    await workspace.run(['key', 'list']);
    await workspace.run(['campaign', 'pause', 'cnothing']);
    await user('sessions', 'ann');
    await workspace.run(['template', 'list']);
    await workspace.run(['template', 'delete', 'no_such_template']);
    const rows = await audit('--who', WHO, '--limit', '3');
    const own = { kind: 'command', who: WHO, role: null, status: null, times: 1 };
    expect(rows).toMatchObject([
      { ...own, what: 'template delete', target: 'no_such_template', outcome: 'refused' },
      { ...own, what: 'campaign pause', target: 'cnothing', outcome: 'refused' },
      { ...own, what: 'key create', target: 'crm', outcome: 'done' },
    ]);
    const shown = await workspace.run(['audit', 'list', '--what', 'key create']);
    expect(shown.stdout).toMatch(/^at +who +what +end +to\n.*key create +done +crm$/m);
  });

  test('names a campaign by its id, one person whole, and several not at all', async () => {
    const list = await workspace.file('audited.csv', 'to,1\n+4915112000001,Ann\n');
    const made = await workspace.run([
      'enqueue',
      list,
      '-t',
      't',
      '-l',
      'en',
      '--no-start',
      '--json',
    ]);
    await workspace.run(['enqueue', list, '-t', 't', '-l', 'en', '--dry-run']);
    await workspace.run(['suppress', 'add', '+4915112000001', '+4915112000002']);
    await workspace.run(['suppress', 'remove', '+49 1511 2000002']);
    const rows = await audit('--limit', '3');
    const brief = rows.map(({ what, target, person }: Record<string, unknown>) => [
      what,
      target,
      person,
    ]);
    expect(brief).toEqual([
      ['suppress remove', null, '+4915112000002'],
      ['suppress add', '2 people', null],
      ['enqueue', made.json.id, null],
    ]);
  });

  test('forgets a person, and does not say whom', async () => {
    await workspace.run(['suppress', 'add', '+4915112000003']);
    expect(JSON.stringify(await audit())).toContain('4915112000003');
    expect((await workspace.run(['forget', '+4915112000003', '--yes'])).code).toBe(0);
    const rows = await audit();
    expect(rows[0]).toMatchObject({ what: 'forget', target: null, person: null, outcome: 'done' });
    expect(JSON.stringify(rows)).not.toContain('12000003');
  });

  test('doctor says that nobody can log in, where there is nobody', async () => {
    const fresh = await createTestDatabase();
    try {
      const env = { DATABASE_URL: fresh.connectionString };
      const message = async () =>
        (await workspace.run(['doctor', '--json'], env)).json.findings.find(
          ({ check }: { check: string }) => check === 'users',
        ).message;
      expect(await message()).toContain('callpermit user add NAME --role admin');
      const made = ['user', 'add', 'first', '--role', 'admin', '--password-stdin'];
      await workspace.run(made, env, `${PASSWORD}\n`);
      expect(await message()).toBe('1 user can log in, 1 of them as admin.');
    } finally {
      await fresh.drop();
    }
  });
});
