/** `callpermit forget`, whole: the key, the question, the spool, and lists that come afterwards. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/ledger/database.ts';
import { wamid } from '../ledger/forgetting.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { onScreen } from '../support/pty.ts';
import { number, people, setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
const databaseUrl = () => database?.connectionString ?? '';
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const workspace = setUpWorkspace(() => ({ DATABASE_URL: databaseUrl() }));
const KEYED = { FORGET_KEY: 'a key of the tests, 32 characters long' };

async function query<R>(sql: string): Promise<R[]> {
  const open = openDatabase(databaseUrl());
  try {
    return (await open.pool.query(sql)).rows as R[];
  } finally {
    await open.close();
  }
}

const forget = (args: readonly string[], env: Readonly<Record<string, string>> = KEYED) =>
  workspace.run(['forget', ...args, '--json'], env);

test('without FORGET_KEY: 1, and nothing is erased', async () => {
  const refused = await forget([number(1)], {});
  const error = { code: 'SETTING_MISSING', where: 'FORGET_KEY' };
  expect(refused).toMatchObject({ code: 1, json: { error } });
});

test('a person of a list, with an outcome in the spool; the next list asks the others, and only with the key', async () => {
  const simulator = await workspace.useSimulator({});
  const list = await workspace.file('first.csv', people(2, 100));
  const sent = await workspace.run(['send', list, '-t', 't', '-l', 'en', '--json']);
  expect(sent).toMatchObject({ code: 0, json: { counts: { accepted: 2 } } });
  const to = number(100);
  const [row] = await query<{ id: string; ledger: string }>(
    `select r.id::text, l.id::text as ledger from requests r, ledger_identity l where r.to_number = '${to}'`,
  );
  const spool = join(workspace.folder, 'left', 'spool');
  await mkdir(spool, { recursive: true });
  const outcome = (request: string, who: string) => ({
    ...{ request, fence: 1, state: 'accepted', outcome: 'accepted', countAttempt: true },
    ...{ giveBackAllowance: false, to: who, waId: who.slice(1), wamid: wamid(who, 'spooled') },
  });
  const outcomes = [outcome(row?.id ?? '', to), outcome('999999', number(101))];
  await writeFile(
    join(spool, '11111111-1111-1111-1111-111111111111.json'),
    JSON.stringify({ version: 1, ledger: row?.ledger, outcomes, unread: [] }),
  );
  await workspace.run(['suppress', 'add', to]);

  const env = { ...KEYED, DATA_DIR: join(workspace.folder, 'left') };
  const done = await forget([`${to.slice(0, 3)} ${to.slice(3)}`], env);
  const told = { forgotten: true, requests: 1, skipped: 0, spooled: 1, optedOut: true };
  expect(done).toMatchObject({ code: 0, json: told });
  expect(`${done.stdout}${done.stderr}`).not.toContain(to.slice(3));
  const [file = ''] = await readdir(spool);
  const left = JSON.parse(await readFile(join(spool, file), 'utf8'));
  expect(left.outcomes).toEqual([
    {
      ...{ request: row?.id, fence: 1, state: 'accepted', outcome: 'accepted' },
      ...{ countAttempt: true, giveBackAllowance: false },
    },
    outcomes[1],
  ]);
  const shown = await workspace.run(['campaign', 'show', sent.json.id, '--json']);
  expect(shown.json.counts).toMatchObject({ accepted: 2 });
  const exported = await workspace.run(['export', sent.json.id]);
  expect(exported.stdout).not.toContain(to.slice(1));

  const again = await workspace.file('second.csv', people(3, 100).replaceAll('Ann', 'Eve'));
  const refused = await workspace.run(['send', again, '-t', 't', '-l', 'en', '--json']);
  expect(refused).toMatchObject({ code: 1, json: { error: { code: 'SETTING_MISSING' } } });
  const other = { FORGET_KEY: 'another key, which is long enough too' };
  const single = ['request', number(500), '-t', 't', '-l', 'en', '--param', 'Ann', '--json'];
  const wrong = await workspace.run(single, other);
  expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'SETTING_INVALID' } } });
  expect(await forget([number(500)], other)).toMatchObject({
    ...{ code: 1, json: { error: { code: 'SETTING_INVALID', where: 'FORGET_KEY' } } },
  });
  const before = simulator.requests().length;
  const asked = ['send', again, '-t', 't', '-l', 'en', '--on-pair-limit', 'skip', '--json'];
  const sentAgain = await workspace.run(asked, KEYED);
  expect(sentAgain.json.counts).toMatchObject({ accepted: 1, skipped: 2 });
  const posts = simulator.requests().slice(before);
  expect(posts.map((r) => r.to)).toEqual([number(102)]);
});

test('on a terminal it asks, and no is no', async () => {
  const env = { DATABASE_URL: databaseUrl(), ...KEYED };
  const screen = onScreen(['forget', number(900)], { columns: 100, env, cwd: workspace.folder });
  await screen.untilSeen(/Sure\?/);
  screen.type('no\r');
  expect((await screen.untilExit()).join('\n')).toContain('Nothing was erased.');
  const yes = onScreen(['forget', number(900)], { columns: 100, env, cwd: workspace.folder });
  await yes.untilSeen(/Sure\?/);
  yes.type('yes\r');
  expect((await yes.untilExit()).join('\n')).toContain('Nobody is known by this number');
});

test('a slip in a number is told from a person of whom little is known: 0 both', async () => {
  const nobody = await workspace.run(['forget', number(901)], KEYED);
  expect(nobody).toMatchObject({ code: 0, stdout: '' });
  expect(nobody.stderr).toContain('Nobody is known by this number: nothing was erased.');
  expect(nobody.stderr).not.toContain('Forgotten');
  await workspace.run(['suppress', 'add', number(902)]);
  const known = await workspace.run(['forget', number(902)], KEYED);
  expect(known.stderr).toMatch(/Forgotten: 0 requests \(.*The opt-out stays, as a hash\./);
  const again = await workspace.run(['forget', number(902)], KEYED);
  expect(again.stderr).toMatch(/Nobody is known by this number: .*their opt-out stays\./);
  const { json } = await forget([number(903)]);
  expect(json).toEqual({
    ...{ forgotten: false, known: false, requests: 0, skipped: 0 },
    ...{ deliveries: 0, spooled: 0, jobs: 0, eventJobs: 0, optedOut: false, left: 0 },
  });
});

test('that Meta told of the person again meanwhile is said: exit code 2', async () => {
  const to = number(904);
  await workspace.run(['suppress', 'add', to]);
  // Right behind it, before anybody looks.
  await query(
    `create function told_again() returns trigger language plpgsql as $$ begin
       insert into suppressions (person, source) values ('${to.slice(1)}', 'meta') on conflict do nothing;
       return null; end $$`,
  );
  await query(
    `create constraint trigger told_again after insert or update on forgotten
     deferrable initially deferred for each row execute function told_again()`,
  );
  const told = await forget([to]);
  await query('drop function told_again cascade');
  expect(told).toMatchObject({ code: 2, json: { forgotten: true, left: 1 } });
  expect(told.stderr).toContain('Meta told of this person again meanwhile');
  expect(await forget([to])).toMatchObject({ code: 0, json: { left: 0 } });
});

test('the help names what stays', async () => {
  const { stdout } = await workspace.run(['forget', '--help']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /an opt-out, a permission that they took back themselves, .* that they declined, and that Meta took a permission back/,
  );
});

test('a user id is a person too; what is no person is told', async () => {
  expect(await forget(['US.13491208655302741918'])).toMatchObject({ code: 0 });
  expect(await forget(['12'])).toMatchObject({ code: 1, json: { error: { code: 'USAGE' } } });
});
