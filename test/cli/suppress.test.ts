/** The opt-out list, as commands. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/ledger/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { number, people, setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
const databaseUrl = () => database?.connectionString ?? '';
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const workspace = setUpWorkspace(() => ({ DATABASE_URL: databaseUrl() }));

async function listed(to: string) {
  const { json } = await workspace.run(['suppress', 'list', '--number', to, '--json']);
  return json.suppressions;
}

describe('callpermit suppress', () => {
  test('add takes any spelling, says who was new, and keeps the first reason', async () => {
    const [a, b] = [number(1), number(2)];
    const spelled = `${a.slice(0, 3)} (${a.slice(3, 7)}) ${a.slice(7)}`;
    const first = await workspace.run([
      'suppress',
      'add',
      spelled,
      a,
      '--reason',
      'by phone',
      '--json',
    ]);
    expect(first).toMatchObject({ code: 0, json: { added: 1, known: 0 } });
    const national = `0${b.slice(3)}`;
    const second = await workspace.run([
      ...['suppress', 'add', a, national, '--default-country', 'de', '--reason', 'by mail'],
      '--json',
    ]);
    expect(second).toMatchObject({ code: 0, json: { added: 1, known: 1 } });
    expect(await listed(a)).toMatchObject([{ to: a, reason: 'by phone', source: 'operator' }]);
    expect(await listed(b)).toMatchObject([{ to: b, reason: 'by mail' }]);
  });

  test('one number that cannot be read: 1, all of them told, and nobody put on it', async () => {
    const wrong = await workspace.run([
      'suppress',
      'add',
      number(10),
      '12',
      '0151 234567',
      '--json',
    ]);
    expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'USAGE', where: 'number' } } });
    expect(wrong.json.errors).toHaveLength(2);
    expect(await listed(number(10))).toEqual([]);
  });

  test('remove takes off who is on it; the others are no failure', async () => {
    await workspace.run(['suppress', 'add', number(20)]);
    const removed = await workspace.run(['suppress', 'remove', number(20), number(21), '--json']);
    expect(removed).toMatchObject({ code: 0, json: { removed: 1, unknown: 1 } });
    expect(await listed(number(20))).toEqual([]);
  });

  test('list shows a table for people; nobody is told in words', async () => {
    await workspace.run(['suppress', 'add', number(30), '--reason', 'says\u001b[2Jstop']);
    const shown = await workspace.run(['suppress', 'list', '--number', number(30)]);
    expect(shown.stdout).toMatch(/^number +source +since +reason\n/);
    expect(shown.stdout).toContain(`${number(30)}`);
    expect(shown.stdout).toContain('says\\u001b[2Jstop');
    const nobody = await workspace.run(['suppress', 'list', '--number', number(31)]);
    expect(nobody).toMatchObject({ code: 0, stdout: '' });
    expect(nobody.stderr).toContain('is not on the list');
  });

  test('of who was forgotten it says so, and who has no number stands by the user id', async () => {
    const open = openDatabase(databaseUrl());
    try {
      await open.pool.query(
        `insert into suppressions (person, reason, source)
         values ('${number(32).slice(1)}', 'They had opted out before they were forgotten.', 'forgotten'),
           ('DE.774', 'Told by a webhook.', 'preference')`,
      );
    } finally {
      await open.close();
    }
    const shown = await workspace.run(['suppress', 'list', '--number', number(32)]);
    const [head = '', line = ''] = shown.stdout.split('\n');
    expect(line.indexOf('They had opted out')).toBe(head.indexOf('reason'));
    const all = await workspace.run(['suppress', 'list']);
    expect(all.stdout).toMatch(/^DE\.774 /m);
    const removed = await workspace.run(['suppress', 'remove', 'DE.774', '--json']);
    expect(removed.json).toMatchObject({ removed: 1, unknown: 0 });
  });

  test('the help names all ways onto the list', async () => {
    const { stdout } = await workspace.run(['suppress', '--help']);
    for (const way of ['131050', 'webhook', 'OPT_OUT_WORDS_FILE', 'forgotten'])
      expect(stdout).toContain(way);
  });

  test('who is on the list is skipped by a campaign, and asked once taken off and retried', async () => {
    const simulator = await workspace.useSimulator({});
    await workspace.run(['suppress', 'add', number(41)]);
    const list = await workspace.file('asked.csv', people(3, 40));
    const sent = await workspace.run(['send', list, '-t', 't', '-l', 'en', '--json']);
    expect(sent).toMatchObject({ code: 2, json: { counts: { accepted: 2, skipped: 1 } } });
    expect(simulator.requests().map((r) => r.to)).not.toContain(number(41));
    await workspace.run(['suppress', 'remove', number(41)]);
    await workspace.run(['campaign', 'retry', sent.json.id, '--status', 'skipped']);
    const resumed = workspace.start(['sender']);
    await simulator.untilPosts(3);
    resumed.kill('SIGTERM');
    await resumed.untilExit();
    expect(simulator.requests().map((r) => r.to)).toContain(number(41));
  });
});

describe('callpermit suppress import', () => {
  const importing = (path: string, ...more: string[]) =>
    workspace.run(['suppress', 'import', path, '--json', ...more]);

  test('2,500 people of a CSV; a second time changes nothing', async () => {
    const path = await workspace.file('many.csv', people(2_500, 100_000));
    const first = await importing(path, '--reason', 'newsletter');
    expect(first).toMatchObject({ code: 0, json: { added: 2_500, known: 0, refusedLines: 0 } });
    const second = await importing(path, '--reason', 'another');
    expect(second).toMatchObject({ code: 0, json: { added: 0, known: 2_500 } });
    const all = await workspace.run(['suppress', 'list', '--json']);
    const reasons = all.json.suppressions.filter(
      (s: { reason: string }) => s.reason === 'newsletter',
    );
    expect(reasons).toHaveLength(2_500);
    expect(reasons[0].source).toBe('import');
  });

  test('a line may say its reason, and a bad line costs no good one: 2, with row, column, value', async () => {
    const path = await workspace.file(
      'mixed.csv',
      `name,phone,reason\n,${number(50)},\nAnn,12,angry\n"A\nB",${number(51)}, angry \n`,
    );
    const taken = await importing(
      path,
      '--reason',
      'crm',
      '--refused',
      join(workspace.folder, 'bad.csv'),
    );
    expect(taken).toMatchObject({ code: 2, json: { added: 2, known: 0, refusedLines: 1 } });
    expect(taken.stderr).toMatch(/^ *2 +phone +12 +\S/m);
    expect(await readFile(join(workspace.folder, 'bad.csv'), 'utf8')).toContain(
      '\n2,phone,12,PHONE_',
    );
    expect(await listed(number(50))).toMatchObject([{ reason: 'crm' }]);
    expect(await listed(number(51))).toMatchObject([{ reason: 'angry' }]);
  });

  test('bare numbers by standard input, of any spelling', async () => {
    const to = number(60);
    const input = `\n${number(61)}\r\n0${to.slice(3, 6)} ${to.slice(6)}\r\n`;
    const args = ['suppress', 'import', '-', '--default-country', 'DE', '--json'];
    const taken = await workspace.run(args, {}, input);
    expect(taken).toMatchObject({ code: 0, json: { added: 2, refusedLines: 0 } });
    expect(await listed(to)).toHaveLength(1);
  });

  test.each([
    ['ndjson', `{"to":"${number(70)}","reason":"told us","x":[1]}\n{"to":"${number(71)}"}\n`, 70],
    ['json', `[{"phone":"${number(72)}"},{"to":"${number(73)}","Reason":"told us"}]`, 73],
  ])('%s: objects need not be alike', async (format, text, i) => {
    const taken = await importing(await workspace.file(`people.${format}`, text));
    expect(taken).toMatchObject({ code: 0, json: { added: 2, refusedLines: 0 } });
    expect(await listed(number(i))).toMatchObject([{ reason: 'told us' }]);
  });

  test('no good line at all: 1, and the reasons', async () => {
    const path = await workspace.file('none.csv', 'to\n12\nAnn\n');
    const taken = await importing(path);
    expect(taken).toMatchObject({ code: 1, json: { error: { code: 'LIST_ALL_REFUSED' } } });
    expect(taken.stderr).toMatch(/Refused lines/);
  });

  test.each([
    ['nowhere.csv', 'LIST_UNREADABLE'],
    ['headless.csv', 'LIST_UNREADABLE'],
    ['empty.csv', 'LIST_EMPTY'],
  ])('%s is told before the database is opened', async (name, code) => {
    await workspace.file('headless.csv', 'name,mail\nAnn,a@b.example\n');
    await workspace.file('empty.csv', '');
    const taken = await workspace.run(
      ['suppress', 'import', join(workspace.folder, name), '--json'],
      {
        DATABASE_URL: 'postgres://127.0.0.1:9/never-opened',
      },
    );
    expect(taken).toMatchObject({ code: 1, json: { error: { code } } });
  });
});
