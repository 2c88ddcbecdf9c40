/** Lists by the built program: killed while they are read, shortened, changed. The parameters are compared, too. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  folder = await mkdtemp(join(tmpdir(), 'callpermit-lists-'));
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Line {
  readonly to: string;
  readonly word: string;
}

const people = (n: number, word: string, first = 0): Line[] =>
  Array.from({ length: n }, (_, i) => ({ to: `+1650${2_000_000 + first + i}`, word }));

async function fileOf(lines: readonly Line[]): Promise<string> {
  const path = join(folder, `${lines.length}-${lines[0]?.word}-${lines[0]?.to}.csv`);
  const text = lines.map(({ to, word }) => `${to},${word},${word}\n`).join('');
  await writeFile(path, `to,reference,1\n${text}`);
  return path;
}

function run(command: 'enqueue' | 'send', path: string, key: string) {
  const what = ['-t', 't', '-l', 'en', '--skip-preflight', '--idempotency-key', key];
  const more = command === 'enqueue' ? ['--no-start'] : [];
  return spawnCallpermit([command, path, ...what, ...more], {
    DATABASE_URL: database.connectionString,
    WHATSAPP_ACCESS_TOKEN: 'a-token',
    WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
    WHATSAPP_BUSINESS_ACCOUNT_ID: '102290129340398',
    GRAPH_BASE_URL: 'http://127.0.0.1:9',
  });
}

async function storedLines(key: string): Promise<string[]> {
  const { rows } = await client.query<{ said: string }>(
    `select r.row || ' ' || to_number || ' ' || (parameters ->> '1') || ' ' || reference as said
     from requests r join campaigns c on c.id = r.campaign_id where c.idempotency_key = $1 order by r.row`,
    [key],
  );
  return rows.map((row) => row.said);
}

const expectedLines = (lines: readonly Line[]) =>
  lines.map(({ to, word }, i) => `${i + 1} ${to} ${word} ${word}`);

/** Kills it once some of its lines are in; it must not have come to the end. */
async function killWhileItReads(command: 'enqueue' | 'send', key: string): Promise<void> {
  const child = run(command, await fileOf(people(60_000, 'old')), key);
  while (child.child.exitCode === null) {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from (select from requests r join campaigns c on c.id = r.campaign_id
       where c.idempotency_key = $1 limit 1) x`,
      [key],
    );
    if ((rows[0]?.n ?? 0) > 0) break;
  }
  child.kill('SIGKILL');
  const { signal, stderr } = await child.untilExit();
  expect([signal, stderr]).toEqual(['SIGKILL', expect.any(String)]);
  const { rows } = await client.query('select state from campaigns where idempotency_key = $1', [
    key,
  ]);
  expect(rows).toEqual([{ state: 'loading' }]);
}

describe('a list that was killed while it was read', () => {
  it.each(['enqueue', 'send'] as const)(
    'by %s: asked is the shorter one of the same key',
    async (command) => {
      const key = `shorter by ${command}`;
      await killWhileItReads(command, key);
      const right = people(300, 'new');
      const ended = await run('enqueue', await fileOf(right), key).untilExit();
      expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('300 lines')]);
      expect(await storedLines(key)).toEqual(expectedLines(right));
    },
  );

  it('then another one is in, and that one again is a mismatch that writes nothing', async () => {
    const key = 'three lists';
    await killWhileItReads('enqueue', key);
    const right = people(1_500, 'right', 500);
    expect((await run('enqueue', await fileOf(right), key).untilExit()).code).toBe(0);
    const other = await run('enqueue', await fileOf(people(3_000, 'old')), key).untilExit();
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('not the list')]);
    expect(await storedLines(key)).toEqual(expectedLines(right));
    const again = await run('enqueue', await fileOf(right), key).untilExit();
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('known already')]);
    expect(await storedLines(key)).toEqual(expectedLines(right));
  });

  it('two commands at the same instant with two lists: one is in whole', async () => {
    const key = 'at once';
    const lists = [people(2_000, 'a'), people(1_000, 'b')];
    const runs = await Promise.all(
      lists.map(async (lines) => run('enqueue', await fileOf(lines), key).untilExit()),
    );
    const won = runs.findIndex((r) => r.code === 0);
    expect(runs.map((r) => [r.code, r.stderr]).sort()).toEqual([
      [0, expect.any(String)],
      [1, expect.stringContaining('not the list')],
    ]);
    expect(await storedLines(key)).toEqual(expectedLines(lists[won] ?? []));
  });
});
