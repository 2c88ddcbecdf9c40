/**
 * The server process: whether one runs, starting one, stopping it. Which of several starters wins
 * is decided by Postgres itself (postmaster.pid, and below it a shared memory key made of the data
 * directory's inode); a loser's server ends by itself and its starter looks again.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, open, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logEnd, logTail } from './failure.ts';
import { type Layout, onDirectory, type Paths } from './layout.ts';
import { commandLine, isGone, PLAIN_ENVIRONMENT, waitUntilGone } from './processes.ts';

/** A server that runs on a cluster, perhaps not ready yet. */
export interface Server {
  readonly pid: number;
  /** Of 127.0.0.1. */
  readonly port: number;
}

/** What a {@link launch} led to. */
export type Launched =
  | { readonly pid: number }
  | { readonly passing: boolean; readonly said: string };

/** A fast shutdown writes a checkpoint; on a slow disk after much writing that takes a while. */
const STOP_LIMIT_MS = 30_000;
/** An empty postmaster.pid is a server in its first microseconds, or what a power loss left. */
const EMPTY_LOCK_IS_STALE_MS = 5_000;

/** What a loser of a race says, or one that came too early after a crash: look again. */
const PASSING_FAILURES =
  /lock file ".*" (already exists|is empty)|pre-existing shared memory block|could not bind|could not create any TCP\/IP sockets|the database system is/;

/** The server that runs on this cluster, if one does. */
export async function runningServer(paths: Paths): Promise<Server | undefined> {
  const lock = await readLock(paths);
  if (lock?.pid === undefined || !(await serves(lock.pid, paths))) return undefined;
  // The port is the fourth line, written a moment after the first three.
  return lock.port === undefined ? undefined : { pid: lock.pid, port: lock.port };
}

/**
 * Starts a server and waits until it is ready, has ended, or the time is over.
 * @param deadline on the clock of `performance.now()`, milliseconds
 * @returns its process id if it runs (at the deadline perhaps not ready); else what it said, and whether another try
 *   may succeed
 */
export async function launch(layout: Layout, deadline: number): Promise<Launched> {
  const lock = await readLock(layout);
  if (lock !== undefined && (await isStale(lock, layout))) await putAside(layout, lock.text);

  const start = await logEnd(layout.log);
  const port = await choosePort(layout);
  const { argument, cwd, account } = onDirectory(layout, layout.data);
  const log = await open(layout.log, 'a');
  const child = spawn(
    path.join(layout.native, 'bin', 'postgres'),
    ['-D', argument, ...settings(port, await mark(layout))],
    {
      cwd,
      ...(account ?? {}),
      env: PLAIN_ENVIRONMENT,
      // A session of its own: neither Ctrl-C nor the end of our process group reaches it.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  let failure: string | undefined;
  child.on('error', (error) => {
    failure = error.message;
  });
  child.unref();
  await log.close();
  const { pid } = child;

  for (;;) {
    if (pid === undefined || failure !== undefined || (await isGone(pid))) {
      const said = failure ?? (await logTail(layout.log, start));
      return { passing: PASSING_FAILURES.test(said), said };
    }
    const now = await readLock(layout);
    const ready = now?.pid === pid && now.ready;
    if (ready || performance.now() > deadline) return { pid };
    await sleep(20);
  }
}

/**
 * Stops a server: clients are cut off, all that is committed is on disk.
 * @param also ids of further processes that end with it
 * @returns false when some still run after {@link STOP_LIMIT_MS}
 */
export async function stopServer(pid: number, also: readonly number[] = []): Promise<boolean> {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  return (await waitUntilGone([pid, ...also], STOP_LIMIT_MS)).length === 0;
}

/** Given on every start, so that no edit of postgresql.conf takes a promise back. */
function settings(port: number, name: string): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // No socket files: their path may be too long (107 bytes), and TCP works alike everywhere.
    unix_socket_directories: '',
    // Twenty senders on their own, each with all its pools full, are 280 (docs/settings.md says of what).
    max_connections: '500',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_checkpoints: 'off',
    // Leaves out the errors of single statements: the client reports those, and their texts and
    // keys would put phone numbers into this log.
    log_min_messages: 'log',
    cluster_name: name,
  };
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/**
 * A word in the server's command line by which we know it among all processes: the process id of
 * postmaster.pid may belong to somebody else after a reboot or a crash. The inode follows the
 * directory when it is renamed.
 */
async function mark(paths: Paths): Promise<string> {
  return `callpermit-${(await stat(paths.data)).ino}`;
}

async function serves(pid: number, paths: Paths): Promise<boolean> {
  if (await isGone(pid)) return false;
  if ((await commandLine(pid)).includes(`cluster_name=${await mark(paths)}`)) return true;
  // Somebody may have started a Postgres on it by hand: it stands in its data directory.
  return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === paths.data;
}

interface Lock {
  readonly text: string;
  /** Milliseconds. */
  readonly age: number;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly ready: boolean;
}

/** Lines: process id, directory, start time, port, socket directory, address, memory key, status. */
async function readLock(paths: Paths): Promise<Lock | undefined> {
  const file = path.join(paths.data, 'postmaster.pid');
  try {
    const text = await readFile(file, 'utf8');
    const age = Date.now() - (await stat(file)).mtimeMs;
    const lines = text.split('\n').map((line) => line.trim());
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return {
      text,
      age,
      pid: pid > 0 ? pid : undefined,
      port: port > 0 ? port : undefined,
      ready: lines[7] === 'ready',
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isStale(lock: Lock, paths: Paths): Promise<boolean> {
  if (lock.pid === undefined) return lock.age > EMPTY_LOCK_IS_STALE_MS;
  return !(await serves(lock.pid, paths));
}

/**
 * Takes a stale postmaster.pid away. Postgres would do it for a process id that is free, but not
 * for one that now is another program's; and when several do it at once it may take away the fresh
 * file of the winner, which then shuts down. A rename lets one of us win; should it have caught a
 * fresh file anyway, that is put back. A wrong judgement costs nothing but a failed start:
 * the shared memory key still keeps a second server out.
 */
async function putAside(paths: Paths, judged: string): Promise<void> {
  const file = path.join(paths.data, 'postmaster.pid');
  const aside = `${file}.stale-${randomBytes(4).toString('hex')}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== judged) await link(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * The port of the last run if it is free, so that pools made before a crash find the server again;
 * else one the system gives. Postgres keeps its last command line in postmaster.opts.
 */
async function choosePort(paths: Paths): Promise<number> {
  const options = await readFile(path.join(paths.data, 'postmaster.opts'), 'utf8').catch(() => '');
  const last = Number(/"port=(\d+)"/.exec(options)?.[1] ?? 0);
  return (last > 0 ? await freePort(last) : undefined) ?? (await freePort(0)) ?? 0;
}

function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(port));
    });
  });
}
