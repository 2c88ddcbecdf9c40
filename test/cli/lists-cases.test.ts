/** Lists and numbers as people have them, through the built program: what is asked, refused, warned of. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { setUpWorkspace } from './workspace.ts';

let database: TestDatabase | undefined;
const databaseUrl = () => database?.connectionString ?? '';
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const workspace = setUpWorkspace(() => ({ DATABASE_URL: databaseUrl() }));
const TEMPLATE = ['-t', 't', '-l', 'en'];

async function caseFile(name: string): Promise<string> {
  const path = join(workspace.folder, name.replace('/', '-'));
  await copyFile(join(import.meta.dirname, '../cases', name), path);
  return path;
}

/** Hands a list in as a draft, whose rows stay what intake made of them. */
const enqueue = (path: string, ...more: string[]) =>
  workspace.run(['enqueue', path, ...TEMPLATE, '--no-start', '--json', '--again', ...more]);

test('numbers of two countries are refused until --numbers says which', async () => {
  const list = await caseFile('numbers-with-code/list.csv');
  const asked = await enqueue(list, '--default-country', 'DE');
  expect(asked.json).toMatchObject({ refusedLines: 4, counts: { pending: 1 } });
  expect(asked.stderr).toContain('--numbers international');
  const decided = await enqueue(list, '--default-country', 'DE', '--numbers', 'international');
  expect(decided).toMatchObject({ code: 0, json: { refusedLines: 0, counts: { pending: 5 } } });
  const optOuts = await caseFile('numbers-with-code/opt-outs.csv');
  const refused = await workspace.run(['suppress', 'import', optOuts, '--default-country', 'DE']);
  expect(refused.code).toBe(1);
  const read = ['--default-country', 'DE', '--numbers', 'international', '--json'];
  expect((await workspace.run(['suppress', 'import', optOuts, ...read])).json).toMatchObject({
    added: 3,
  });
});

test('what export prints is taken by every command that takes a number', async () => {
  const path = await caseFile('numbers-with-code/old-ivory-coast-benin.csv');
  const taken = await workspace.run(['suppress', 'import', path, '--json']);
  expect(taken).toMatchObject({ code: 0, json: { added: 3, known: 2, refusedLines: 0 } });
  const shown = await workspace.run(['permissions', 'show', '22507123456', '--json']);
  expect(shown).toMatchObject({
    code: 0,
    json: { to: '+22507123456', optOut: { source: 'import' } },
  });
  const removed = await workspace.run(['suppress', 'remove', '525512345678', '--json']);
  expect(removed.json).toMatchObject({ removed: 1, unknown: 0 });
});

test('who opted out is not asked under another spelling; a spelling in a list is a double', async () => {
  await workspace.run(['suppress', 'add', '+5215587650001', '+552187650002']);
  const list = await caseFile('opt-out-spellings/list.csv');
  const dry = await workspace.run(['send', list, ...TEMPLATE, '--dry-run', '--json']);
  expect(dry.json).toMatchObject({ skipped: expect.anything() });
  expect(JSON.stringify(dry.json.skipped)).toContain('suppressed');
  const twice = await enqueue(await caseFile('opt-out-spellings/twice.csv'));
  expect(twice.json).toMatchObject({ doubles: 4, counts: { pending: 5, skipped: 4 } });
});

describe('the template’s spelling of its language', () => {
  afterAll(() => workspace.useSimulator({}));

  test.each(['en-US', 'EN_US', 'en_us '])('%j becomes it', async (language) => {
    await workspace.useSimulator({ templates: [{ name: 't', language: 'en_US' }] });
    const path = await caseFile('language-spelling/us.csv');
    const sent = await workspace.run([
      'enqueue',
      path,
      '-t',
      't',
      '-l',
      language,
      '--again',
      '--no-start',
      '--json',
    ]);
    expect(sent.json).toMatchObject({ language: 'en_US', counts: { pending: 2 } });
  });
});

test('rows of nothing, short rows and long ones refuse nobody, not even with --strict', async () => {
  const empty = await enqueue(await caseFile('empty-rows/list.csv'), '--strict');
  expect(empty).toMatchObject({ code: 0, json: { refusedLines: 0, counts: { pending: 2 } } });
  for (const name of ['short', 'long']) {
    const taken = await enqueue(await caseFile(`short-rows/${name}.csv`), '--strict');
    expect(taken).toMatchObject({ code: 0, json: { counts: { pending: 1 } } });
  }
});

test('what a spreadsheet left behind is refused, and what is doubtful is told', async () => {
  const sent = await enqueue(await caseFile('spreadsheet-leftovers/params.csv'));
  expect(sent.json).toMatchObject({ refusedLines: 11, counts: { pending: 3 } });
  expect(sent.stderr).toMatch(/warning: Column "1", row 14: the text looks like UTF-8/);
});

test('columns by other names are offered, mapped, and left out', async () => {
  const path = await workspace.file(
    'crm.csv',
    'Phone Number,"Name, first",Email\n+491511299001,Ann,a@x.de\n',
  );
  const told = await enqueue(path);
  expect(told.code).toBe(1);
  expect(told.stderr).toContain('--map "Phone Number=to"');
  const map = ['--map', 'Phone Number=to', '--map', '"Name, first"=1'];
  expect((await enqueue(path, ...map)).stderr).toContain('--ignore-columns all');
  const taken = await enqueue(path, ...map, '--ignore-columns', 'all');
  expect(taken).toMatchObject({ code: 0, json: { counts: { pending: 1 } } });
});
