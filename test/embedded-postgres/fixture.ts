/** Real processes that use an embedded server, and a look at which processes of it are left. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** The compiled program; `npm run build` makes it. */
export const DIST = process.env.CALLPERMIT_TEST_DIST ?? path.join(ROOT, 'dist');
export const KEEPER_ENTRY = path.join(DIST, 'workers', 'postgres-keeper.js');
export const AS_ROOT = process.getuid?.() === 0;

export interface User {
  readonly child: ChildProcess;
  readonly connectionString: string;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  release(): Promise<void>;
  kill(): Promise<void>;
}

/** A new directory whose path has a blank, deleted by the returned function. */
export async function newDirectory(mode = 0o700) {
  const made = await mkdtemp(path.join(await realpath(tmpdir()), 'callpermit embedded '));
  await chmod(made, mode);
  return { path: made, remove: () => rm(made, { recursive: true, force: true }) };
}

/** Starts a process that uses the server of a DATA_DIR, in a process group of its own. */
export async function startUser(p: {
  readonly dataDir: string;
  readonly dist?: string;
  readonly shared?: string;
  readonly uid?: number;
  readonly gid?: number;
}): Promise<User> {
  const script = path.join(ROOT, 'test/embedded-postgres/user.mjs');
  const args = [script, p.dist ?? DIST, p.dataDir, p.shared ?? '/nonexistent'];
  const child = spawn(process.execPath, args, {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(p.uid === undefined ? {} : { uid: p.uid, gid: p.gid ?? p.uid }),
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the user process ended');
    const said = JSON.parse(line.value);
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  };
  const tell = (line: string) => {
    child.stdin.write(`${line}\n`);
    return next();
  };
  const { connectionString } = await next();
  return {
    child,
    connectionString,
    query: async (sql) => (await tell(sql)).rows,
    release: async () => {
      await tell('release');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The processes of a DATA_DIR's server that run now. */
export async function processesOf(
  dataDir: string,
): Promise<{ readonly servers: readonly number[]; readonly keepers: readonly number[] }> {
  const home = path.join(await realpath(dataDir), 'postgres');
  const { ino } = await stat(path.join(home, 'cluster', 'data'));
  const { stdout } = await promisify(execFile)('ps', ['-eww', '-o', 'pid=,stat=,args='], {
    maxBuffer: 10_000_000,
  });
  const running = stdout.split('\n').filter((line) => !/^\s*\d+\s+Z/.test(line));
  const ids = (word: string) =>
    running.filter((line) => line.includes(word)).map((line) => Number.parseInt(line, 10));
  return {
    servers: ids(`cluster_name=callpermit-${ino}`),
    keepers: ids(`postgres-keeper.js ${home} `),
  };
}

/** Waits until the processes are as wanted; jest's time limit ends it. */
export async function processesBecome(
  dataDir: string,
  wanted: (now: Awaited<ReturnType<typeof processesOf>>) => boolean,
): Promise<void> {
  while (!wanted(await processesOf(dataDir))) await sleep(100);
}

/** The only one of a list. */
export function sole(ids: readonly number[]): number {
  const [id] = ids;
  if (id === undefined || ids.length !== 1) throw new Error(`expected one process, got [${ids}]`);
  return id;
}
