/**
 * Child processes, each in a session of its own: a Ctrl-C reaches only the runner, which then stops
 * them in order. Whatever way the runner ends, none is left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running process. */
export interface Child {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** The first line of standard output; never comes if it ends before. */
  readonly firstLine: Promise<string>;
  running(): boolean;
  /** Sends a signal, unless it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/** What to run. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard error is appended to this file. */
  readonly log: string;
  /** What comes on standard input, which then stays open: a list that does not end. */
  readonly input?: string;
  /** Postgres does not run as root. */
  readonly account?: { readonly uid: number; readonly gid: number };
}

const alive = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** What every process of ours finds in its environment, and nothing of the runner's settings. */
export function plainEnvironment(): Record<string, string> {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
  };
}

/** Starts a process. */
export function startProcess(p: Start): Child {
  const log = openSync(p.log, 'a', 0o600);
  const child = spawn(p.command, p.args, {
    cwd: p.cwd,
    env: p.env,
    detached: true,
    stdio: [p.input === undefined ? 'ignore' : 'pipe', 'pipe', log],
    ...(p.account ?? {}),
  });
  closeSync(log);
  alive.add(child);
  child.stdin?.on('error', () => undefined).write(p.input);
  let out = '';
  let gotFirstLine: (line: string) => void = () => undefined;
  const firstLine = new Promise<string>((resolve) => {
    gotFirstLine = resolve;
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (out.includes('\n')) return;
    out += text;
    if (out.includes('\n')) gotFirstLine(out.slice(0, out.indexOf('\n')));
  });
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', (error) => {
      alive.delete(child);
      reject(error);
    });
    child.once('exit', (code, signal) => {
      alive.delete(child);
      resolve({ code, signal });
    });
  });
  exited.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    exited,
    firstLine,
    running: () => alive.has(child),
    kill: (signal) => {
      if (alive.has(child)) child.kill(signal);
    },
  };
}

/** Runs a command to its end (or kills it after `killAfterMs`) and gives what it printed. */
export async function runToEnd(
  p: Start,
  killAfterMs?: number,
): Promise<Exit & { readonly out: string }> {
  const log = openSync(p.log, 'a', 0o600);
  const child = spawn(p.command, p.args, {
    cwd: p.cwd,
    env: p.env,
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  alive.add(child);
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      alive.delete(child);
      resolve({ code, signal, out: Buffer.concat(chunks).toString('utf8') });
    });
  });
}
