/** A client generated from the description compiles in strict mode, makes every call, and gets what it was told. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { DESCRIPTION } from './described.ts';
import { KEY, type Service, startService } from './support.ts';

const run = promisify(execFile);
const HOME = fileURLToPath(new URL('../generated-client/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOOLS = join(HOME, 'node_modules/.bin');
const PRISM = join(ROOT, 'node_modules/@stoplight/prism-cli/dist/index.js');

let folder: string;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callpermit-client-'));
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
}, 180_000);

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

afterAll(async () => {
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

async function start(): Promise<Service> {
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  const service = await startService(
    { databaseUrl: database.connectionString },
    { EVENTS_KEY: 'a key for the secrets of subscriptions' },
  );
  undo.push(() => service.close());
  return service;
}

/** Calls each operation; what was answered. */
async function everyCall(env: Readonly<Record<string, string>>) {
  const { stdout } = await run(process.execPath, [join(folder, 'every-call.js')], {
    env: { PATH: process.env.PATH, API_KEY: KEY, ...env },
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
}

/** Prism in front of a service: it passes on what keeps to the description, and answers 500 for what does not. */
async function startProxy(description: string, upstream: string) {
  const port = await freePort();
  const prism = spawn(process.execPath, [
    ...[PRISM, 'proxy', '--errors', description, upstream],
    ...['--host', '127.0.0.1', '--port', String(port)],
  ]);
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    const read = (piece: Buffer) => {
      said += piece;
      if (said.includes('Prism is listening')) resolve();
    };
    prism.stdout.on('data', read);
    prism.stderr.on('data', read);
    prism.once('exit', (code) => reject(new Error(`Prism ended with ${code}: ${said}`)));
  });
  undo.push(async () => {
    if (prism.exitCode !== null) return;
    prism.kill();
    await once(prism, 'exit');
  });
  await ready;
  return { url: `http://127.0.0.1:${port}`, said: () => said };
}

it('generated, compiled and run: every operation is called and answered as described', async () => {
  const service = await start();
  await everyCall({ API_URL: service.http.url });
}, 180_000);

it('a proxy between them that validates both sides finds no breach', async () => {
  const service = await start();
  const proxy = await startProxy(join(ROOT, 'docs/openapi.json'), service.http.url);
  await everyCall({ API_URL: proxy.url, STREAMS_URL: service.http.url });
  expect(proxy.said()).not.toMatch(/violation/i);
}, 180_000);

it('and finds one where there is one, in what is asked and in what is answered', async () => {
  const service = await start();
  const other = structuredClone(DESCRIPTION) as unknown as {
    readonly components: { readonly schemas: { Sender: { properties: Record<string, object> } } };
  };
  other.components.schemas.Sender.properties.state = { type: 'integer' };
  const file = join(folder, 'other.json');
  await writeFile(file, JSON.stringify(other));
  await service.app.ledger.senders.ensure({ senderId: '1', messagesPerSecond: 1 });
  const proxy = await startProxy(file, service.http.url);
  const headers = { authorization: `Bearer ${KEY}` };
  const answer = async (path: string) => {
    const response = await fetch(proxy.url + path, { headers });
    return { status: response.status, text: await response.text() };
  };
  expect(await answer('/v1/senders')).toEqual({
    ...{ status: 500, text: expect.stringContaining('VIOLATIONS') },
  });
  expect((await answer('/v1/senders?limit=many')).text).toMatch(/limit/);
}, 180_000);
