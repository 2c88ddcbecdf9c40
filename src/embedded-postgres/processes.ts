/**
 * What the system knows about processes that may not be our children: whether they are gone, what
 * they were started as; and running a short command to its end. A zombie counts as gone: in a
 * container whose first process does not reap (plain `node`), it would otherwise live forever.
 */
import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The user a process is to run as; absent means: as ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The whole environment of what we start. Not ours: that holds tokens, and `PGDATA`, `PGPORT` or
 * `PGOPTIONS` of somebody's other Postgres.
 */
export const PLAIN_ENVIRONMENT = {
  LC_ALL: 'C',
  TZ: 'UTC',
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
} as const;

/** Whether no process of that id runs any more. */
export async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return true;
  }
  if (process.platform !== 'linux') return false;
  // The second field is the name in brackets and may hold anything, brackets too.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
}

/**
 * Waits until all of these processes are gone.
 * @param timeoutMs milliseconds
 * @returns the ids of those that still run at the end of that time
 */
export async function waitUntilGone(
  pids: readonly number[],
  timeoutMs: number,
): Promise<readonly number[]> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const gone = await Promise.all(pids.map(isGone));
    const left = pids.filter((_, i) => gone[i] !== true);
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(10);
  }
}

/** The command line of a process, its arguments joined by blanks; empty when there is none. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    // `cmdline` is open to everybody; `cwd` and `exe` are not, even to root in a Docker container
    // (no SYS_PTRACE there).
    const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return raw.replaceAll('\0', ' ');
  }
  const ps = promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return ps.then((r) => r.stdout.trim()).catch(() => '');
}

/**
 * Runs a short command to its end, in a session of its own, so that a Ctrl-C meant for us does not
 * cut it in the middle.
 * @returns `code` is undefined when it could not be started or died by a signal; `output` has both streams
 */
export function run(
  command: string,
  args: readonly string[],
  p: { readonly cwd: string; readonly account?: Account; readonly input?: string },
): Promise<{ readonly code: number | undefined; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: p.cwd,
      env: PLAIN_ENVIRONMENT,
      detached: true,
      ...(p.account ?? {}),
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    // A command that ends before it read its input: its exit code says more than EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(p.input ?? '');
    child.on('error', (error) => resolve({ code: undefined, output: `${output}${error.message}` }));
    child.on('close', (code, signal) =>
      resolve(
        code === null
          ? { code: undefined, output: `${output}killed by ${signal}` }
          : { code, output },
      ),
    );
  });
}
