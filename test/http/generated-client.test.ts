/** A client generated from the description compiles in strict mode, makes every call, and gets what it was told. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { DESCRIPTION } from './described.ts';
import { KEY, type Service, startService } from './support.ts';

const run = promisify(execFile);
const HOME = fileURLToPath(new URL('../generated-client/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOOLS = join(HOME, 'node_modules/.bin');

let database: TestDatabase;
let service: Service;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService(
    { databaseUrl: database.connectionString },
    { EVENTS_KEY: 'a key for the secrets of subscriptions' },
  );
  folder = await mkdtemp(join(tmpdir(), 'callpermit-client-'));
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'], types: ['node'] },
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    rewriteRelativeImportExtensions: true,
  },
  include: ['*.ts'],
};

it('generated, compiled and run: every operation is called and answered as described', async () => {
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await cp(join(HOME, 'every-call.ts'), join(folder, 'every-call.ts'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await run(join(TOOLS, 'openapi-typescript'), [
    ...[join(ROOT, 'docs/openapi.json'), '--output', join(folder, 'api.ts')],
  ]);
  await run(join(TOOLS, 'tsc'), ['-p', folder]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
  const { stdout } = await run(process.execPath, [join(folder, 'every-call.js')], {
    env: { PATH: process.env.PATH, API_URL: service.http.url, API_KEY: KEY },
  });
  const { answered, refusals } = JSON.parse(stdout) as {
    readonly answered: readonly { readonly operation: string; readonly status: number }[];
    readonly refusals: Readonly<Record<string, string>>;
  };
  const called = new Set(answered.map(({ operation }) => operation));
  const all = Object.entries(DESCRIPTION.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...called].sort()).toEqual(all.sort());
  expect(refusals).toEqual({
    unknown: 'NOT_FOUND',
    keyless: 'UNAUTHORIZED',
    mismatch: 'IDEMPOTENCY_MISMATCH',
  });
}, 180_000);
