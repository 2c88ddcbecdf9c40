/** The built program as a user runs it: `dist/src/cli/main.js` (`npm test` has built it). */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** How a run ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running callpermit. */
export interface Callpermit {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Where it runs; its `.env` and its default DATA_DIR would be here. */
  readonly cwd: string;
  /** Resolves when it has ended and said everything. */
  untilExit(): Promise<Ended>;
  /** The first line, past ones included, of either stream that fits; fails when it ends before. */
  untilLine(form: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Runs `callpermit ...args`.
 *
 * @param env its settings, and nothing else of ours but what a program needs to run
 * @param p.cwd a folder of one's own; by default a fresh temporary one, removed when it ends
 * @param p.input what it reads from standard input
 * @param p.outputs files or devices (`/dev/full`) that its outputs go to instead
 */
export function spawnCallpermit(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  p: {
    readonly cwd?: string;
    readonly input?: string;
    readonly outputs?: { readonly stdout?: string; readonly stderr?: string };
  } = {},
): Callpermit {
  const cwd = p.cwd ?? mkdtempSync(join(tmpdir(), 'callpermit-cwd-'));
  const { stdout, stderr } = p.outputs ?? {};
  const files = [stdout, stderr].map((path) => (path === undefined ? 'pipe' : openSync(path, 'w')));
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir(), ...env },
    stdio: ['pipe', ...files],
  });
  for (const file of files) if (typeof file === 'number') closeSync(file);
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8');
    child[name]?.on('data', (chunk: string) => {
      said[name] += chunk;
      for (const look of [...listeners]) look();
    });
  }
  // It may end without having read what it was given.
  child.stdin?.on('error', () => {});
  child.stdin?.end(p.input ?? '');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (p.cwd === undefined) rmSync(cwd, { recursive: true, force: true });
      resolve({ code, signal, ...said });
    });
  });
  // Whoever does not wait for the end must not be told of a failed start as an unhandled rejection.
  ended.catch(() => {});

  const untilLine = (form: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const find = () =>
        [...said.stdout.split('\n'), ...said.stderr.split('\n')].find((line) => form.test(line));
      const look = () => {
        const line = find();
        if (line === undefined) return;
        listeners.delete(look);
        resolve(line);
      };
      listeners.add(look);
      look();
      ended.then((end) => {
        const message = `callpermit ${args.join(' ')} ended (${end.code ?? end.signal}) before ${form}`;
        reject(new Error(`${message}:\n${end.stdout}\n${end.stderr}`));
      }, reject);
    });

  return {
    child,
    pid: child.pid ?? -1,
    cwd,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    untilExit: () => ended,
    untilLine,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
