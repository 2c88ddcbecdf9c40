/** The package as it is published, in a project of a stranger: nothing of ours is there but the tarball. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

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
