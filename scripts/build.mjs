/**
 * Compiles `src`, `workers` and `scripts` to `dist`, and the console to `dist/console`. Plain JavaScript: Node 20 runs no TypeScript,
 * and `npm ci` runs this before anything is built. What has not changed is not built again, and a
 * new `dist` takes the place of the old one by renames, so that a program or a test that runs
 * beside it sees the whole old one or the whole new one.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';

const FOLDERS = ['src', 'workers', 'scripts'];
const FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  // Of the tests, yet part of the chaos suite.
  'test/support/tcp-proxy.ts',
];
/** What the program reads at run time and tsc does not copy. */
const ASSET = /\.(sql|html|css|svg|json|js)$/;
const STAMP = '.stamp';
const TSC = 'node_modules/typescript/bin/tsc';
/** Built by another tool into a folder of its own. */
const CONSOLE = join('src', 'console');

/**
 * Builds if the sources differ from those of the last build.
 * @param p.optional without a compiler (`npm ci --omit=dev`) nothing is built and that is no failure
 * @returns whether `dist` is up to date now
 */
export async function build({ root, print, optional = false }) {
  if (isCurrent(root)) {
    linkProgram(root);
    return true;
  }
  if (!hasCompiler(root)) {
    const dist = existsSync(join(root, 'dist')) ? 'dist stays as it is' : 'there is no dist yet';
    print(`callpermit: not built, since development packages are not installed; ${dist}.`);
    return optional;
  }
  const unlock = await lock(root, print);
  try {
    // Another build may have ended while this one waited.
    return isCurrent(root) || compile({ root, print });
  } finally {
    unlock();
  }
}

/** The compiler alone is not enough, and may be there as somebody's peer: the types count too. */
function hasCompiler(root) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const types = Object.keys(devDependencies).filter((name) => name.startsWith('@types/'));
  return [TSC, 'node_modules/vite', ...types.map((name) => `node_modules/${name}`)].every((path) =>
    existsSync(join(root, path)),
  );
}

function compile({ root, print }) {
  const stamp = stampOf(root);
  const draft = join(root, `dist.${process.pid}`);
  try {
    const result = spawnSync(
      process.execPath,
      [join(root, TSC), '-p', 'tsconfig.build.json', '--outDir', draft, '--noEmitOnError'],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    if (result.status !== 0) {
      print(
        result.signal === null
          ? 'callpermit: not built, since tsc found the errors above.'
          : `callpermit: not built, since tsc was ended by ${result.signal}. Where memory is short the system does so.`,
      );
      return false;
    }
    for (const file of FOLDERS.flatMap((folder) => filesOf(join(root, folder)))) {
      if (!ASSET.test(file) || file.startsWith(join(root, CONSOLE))) continue;
      const to = join(draft, relative(root, file));
      mkdirSync(dirname(to), { recursive: true });
      cpSync(file, to);
    }
    if (!buildConsole({ root, old: join(root, 'dist'), draft })) {
      print('callpermit: not built, since Vite found the errors above.');
      return false;
    }
    const main = join(draft, 'src/cli/main.js');
    if (existsSync(main)) chmodSync(main, 0o755);
    writeFileSync(join(draft, STAMP), stamp);
    replace(join(root, 'dist'), draft);
    linkProgram(root);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Two renames: a name can be moved onto an empty folder only. */
function replace(dist, draft) {
  const old = `${dist}.old.${process.pid}`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(draft, dist);
  rmSync(old, { recursive: true, force: true });
}

/**
 * `npx callpermit` in a clone goes by a folder of npm's cache, which stays without the program for
 * ever if it was made before the first build; npx looks here too.
 */
function linkProgram(root) {
  const bin = join(root, 'node_modules', '.bin');
  if (process.platform === 'win32' || !existsSync(bin)) return;
  try {
    symlinkSync('../../dist/src/cli/main.js', join(bin, 'callpermit'));
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function isCurrent(root) {
  const stamp = join(root, 'dist', STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(root);
}

function stampOf(root) {
  const hash = createHash('sha256');
  const files = [
    ...FOLDERS.flatMap((folder) => filesOf(join(root, folder))),
    ...FILES.map((f) => join(root, f)),
  ];
  for (const file of files.filter((f) => existsSync(f))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/** One build at a time in a clone: a file naming the process that has it. */
async function lock(root, print) {
  const path = join(root, 'node_modules', '.callpermit-build.lock');
  let said = false;
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(path)) rmSync(path, { force: true });
    else if (!said) {
      print('callpermit: another build is under way; waiting for it.');
      said = true;
    }
    await sleep(100);
  }
}

/** A build takes seconds; a lock without a living owner, or one this old, was left by a crash. */
const LOCK_MAX_AGE_MS = 300_000;

function isAlive(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > LOCK_MAX_AGE_MS) return false;
    const pid = Number(readFileSync(path, 'utf8'));
    // An empty file is being written at this moment.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const print = (line) => process.stderr.write(`${line}\n`);
  const built = await build({ root, print, optional: process.argv.includes('--optional') });
  process.exitCode = built ? 0 : 1;
}
