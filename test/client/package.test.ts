/** The package as it is published, in a project of a stranger: nothing of ours is there but the tarball. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { installCommand, OPTIONAL_PARTS } from '../../src/config/optional-packages.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

let folder: string;
let project: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callpermit-package-'));
  project = join(folder, 'project');
  installed = join(project, 'node_modules/callpermit');
  await mkdir(installed, { recursive: true });
  // `npm test` has built what is packed.
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: ROOT });
  const tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The client's example of the README, as it stands there. */
async function example(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const found = [...readme.matchAll(/```[jt]s\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  const code = found.find((text) => text.includes("from 'callpermit'"));
  if (code === undefined) throw new Error('the README has no example of the client');
  return code;
}

/** What the strictest compiler says of a file that imports the package. */
async function compiled(name: string, code: string): Promise<string> {
  await writeFile(join(project, name), code);
  const tsconfig = {
    compilerOptions: {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ skipLibCheck: false, noEmit: true, types: [], lib: ['ES2023', 'DOM'] },
      ...{ target: 'ES2023', module: 'nodenext', moduleResolution: 'nodenext' },
    },
    files: [name],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(tsconfig));
  const tsc = run(process.execPath, [TSC, '-p', project]);
  return tsc.then(
    () => '',
    (error: { readonly stdout?: string }) => error.stdout ?? String(error),
  );
}

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Copies what npm would install for the package and nothing optional: what is reached by dependencies, of the lock's versions. */
async function installDependencies(): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const packages: Readonly<Record<string, LockedPackage>> = lock.packages;
  const wanted = new Set<string>();
  const want = (from: string, names: readonly string[]) => {
    for (const name of names) {
      const folders = from.split('/node_modules/').map((_, i, parts) => parts.slice(0, i + 1));
      const nested = folders.map((parts) => [...parts, name].join('/node_modules/')).reverse();
      const at = [...nested, `node_modules/${name}`].find((path) => packages[path] !== undefined);
      if (at === undefined || wanted.has(at)) continue;
      wanted.add(at);
      const { dependencies, optionalDependencies } = packages[at] ?? {};
      want(at, Object.keys({ ...dependencies, ...optionalDependencies }));
    }
  };
  want('', Object.keys(packages['']?.dependencies ?? {}));
  for (const at of [...wanted].sort())
    await cp(join(ROOT, at), join(project, at), { recursive: true, verbatimSymlinks: true }).catch(
      (error: NodeJS.ErrnoException) => {
        // For another platform.
        if (error.code !== 'ENOENT') throw error;
      },
    );
}

/** Runs a program of the project; what it printed, whatever it returned. */
async function ran(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const quiet = { npm_config_update_notifier: 'false', HOME: folder };
  const own = { PATH: process.env.PATH ?? '', ...quiet, ...env };
  const ending = run(file, args, { cwd: project, env: own });
  return ending.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

describe('the package in a strict project without any other types', () => {
  test('the example of the README compiles', async () => {
    expect(await compiled('example.ts', await example())).toBe('');
  }, 120_000);

  test('and what is wrong in it does not', async () => {
    const wrong = (await example()).replace("language: 'en'", 'language: 7');
    expect(await compiled('wrong.ts', wrong)).toContain("Type 'number' is not assignable");
  }, 120_000);

  test('the simulator compiles with zod, which is installed along and has types of its own', async () => {
    await mkdir(join(installed, 'node_modules'));
    await symlink(join(ROOT, 'node_modules/zod'), join(installed, 'node_modules/zod'));
    const code = `import { startSimulator } from 'callpermit/simulator';
const simulator = await startSimulator({ profile: { messagesPerSecond: 80 } });
console.log(simulator.url, simulator.token);
await simulator.close();\n`;
    expect(await compiled('simulator.ts', code)).toBe('');
  }, 120_000);

  test('without a database the example says so, and makes none', async () => {
    await rm(join(installed, 'node_modules'), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
    await writeFile(join(project, 'example.js'), await example());
    const before = await readdir(project);
    const env = { PATH: process.env.PATH ?? '', WHATSAPP_PHONE_NUMBER_ID: '106540352242922' };
    const ended = run(process.execPath, ['example.js'], { cwd: project, env });
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The client was not told which database to use.'),
    });
    expect(await readdir(project)).toEqual(before);
  }, 120_000);
});

describe('the package without what is optional', () => {
  const CLI = 'node_modules/callpermit/dist/src/cli/main.js';
  const SENDER = { WHATSAPP_PHONE_NUMBER_ID: '106540352242922', WHATSAPP_ACCESS_TOKEN: 'x' };
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    await rm(join(installed, 'node_modules'), { recursive: true, force: true });
    await installDependencies();
    const ours = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const { version, dependencies } = ours;
    await writeFile(
      join(project, 'package.json'),
      JSON.stringify({
        type: 'module',
        dependencies: { callpermit: version },
        // As in a checkout, where one copy of the phone numbers does for both; npm puts another beside it elsewhere.
        overrides: {
          'libphonenumber-geo-carrier': { 'libphonenumber-js': dependencies['libphonenumber-js'] },
        },
      }),
    );
  }, 120_000);
  afterAll(() => database?.drop());

  test('is small, and npm finds nothing wrong with it', async () => {
    const npm = await ran('npm', ['ls', '--all', '--parseable', '--offline'], {});
    expect({ code: npm.code, stderr: npm.stderr }).toEqual({ code: 0, stderr: '' });
    const there = npm.stdout.trim().split('\n');
    expect(there.length).toBeLessThan(110);
    const names = there.map((path) => path.split('/node_modules/').at(-1) ?? '');
    const optional = Object.values(OPTIONAL_PARTS).flatMap(({ packages }) => [...packages]);
    expect(names.filter((name) => optional.some((one) => one === name))).toEqual([]);
  }, 60_000);

  test('hands a list over to a real Postgres, and reads how it stands', async () => {
    const code = `import { createClient } from 'callpermit';
const client = createClient();
const people = ['+16505551239', '+16505551240'].map((to) => ({ to, parameters: ['Ann'] }));
const { id } = await client.enqueue({ template: 't', language: 'en', recipients: people });
const again = createClient();
let n = 0;
for await (const { status } of again.results(id)) n += status === 'pending' ? 1 : 0;
await client.close();
await again.close();
console.log(JSON.stringify({ n }));\n`;
    await writeFile(join(project, 'enqueue.js'), code);
    const env = { ...SENDER, DATABASE_URL: database.connectionString };
    const { code: exit, stdout, stderr } = await ran(process.execPath, ['enqueue.js'], env);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ n: 2 });
  }, 60_000);

  test.each([
    ['postgres', ['campaign', 'list'], {}],
    ['http', ['up'], { API_KEYS: 'x' }],
    ['http', ['receiver'], { WHATSAPP_APP_SECRET: 'x' }],
    ['traces', ['sender'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
  ] as const)(
    'says what to install for %s: callpermit %j',
    async (part, args, env) => {
      const url = part === 'postgres' ? {} : { DATABASE_URL: database.connectionString };
      const before = await readdir(project);
      const ended = await ran(process.execPath, [CLI, ...args], { ...SENDER, ...url, ...env });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain(OPTIONAL_PARTS[part].what);
      expect(ended.stderr).toContain(`\`${installCommand(part)}\``);
      expect(await readdir(project)).toEqual(before);
    },
    60_000,
  );

  test('the documents are in it, and name the same commands as the program', async () => {
    const page = await readFile(join(installed, 'docs/install.md'), 'utf8');
    for (const part of ['postgres', 'http', 'traces'] as const)
      expect(page).toContain(`\`${installCommand(part)}\``);
    const readme = await readFile(join(installed, 'README.md'), 'utf8');
    expect(readme).toContain(installCommand('postgres').replace('npm install ', ''));
  });
});
