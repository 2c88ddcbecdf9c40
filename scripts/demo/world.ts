/**
 * The demo's world: a folder of its own, a simulated Graph API, and the real command line run in
 * child processes. The settings of whoever runs it stay outside: a demo must not send by a real
 * token or write to a real database, so they are taken out and no `.env` is near.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import {
  type Simulator,
  type SimulatorProfileInput,
  startSimulator,
} from '../../src/simulator/index.ts';
import { APP_SECRET, DEMO_PROFILE } from './profile.ts';

/** Compiled beside this file: the demo runs from `dist`. */
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** The last command to end stops the embedded Postgres; it needs a second or two. */
const POSTGRES_STOP_MS = 20_000;

/** A running demo. */
export interface World {
  readonly simulator: Simulator;
  /** What the commands are told, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Aborted once the demo is to stop. */
  readonly signal: AbortSignal;
  /** Where commands run, and where their data is; gone when it closes. */
  readonly folder: string;
  /**
   * Runs `callpermit ...`; what it says to people is shown, what it prints is returned.
   * @param hints `pipe`: what it says is returned too, to be shown below what it prints
   * @param input what stands at its standard input
   */
  run(
    args: readonly string[],
    hints?: 'pipe',
    input?: string,
  ): Promise<{ readonly code: number | null; readonly out: string; readonly hints: string }>;
  /** Starts a service; resolves with its first line of standard output. */
  serve(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly ready: string; stop(): Promise<void> }>;
  /** Stops everything; says what would not stop. */
  close(): Promise<readonly string[]>;
}

/** What a world other than the plain demo's differs in. */
export interface WorldOptions {
  readonly profile?: SimulatorProfileInput;
  /** Further settings. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
}

/**
 * Makes the world.
 *
 * @param signal once aborted, running commands are told to stop
 */
export async function createWorld(signal: AbortSignal, p: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-demo-'));
  const simulator = await startSimulator({ profile: p.profile ?? DEMO_PROFILE });
  const settings = {
    ...settingsFor(simulator),
    DATA_DIR: join(folder, 'data'),
    WHATSAPP_APP_SECRET: APP_SECRET,
    // Short, so that people who get no answer do not hold up the demo.
    REQUEST_TIMEOUT_MS: '3000',
    UNCERTAIN_CHECK_AFTER_MS: '2000',
    ...p.env?.(folder),
  };
  const env = { ...withoutSettings(process.env), ...settings };
  const running = new Set<ChildProcess>();
  signal.addEventListener('abort', () => {
    for (const child of running) child.kill('SIGINT');
  });

  const start = (
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    hints: 'inherit' | 'pipe' = 'inherit',
    input?: string,
  ) => {
    signal.throwIfAborted();
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: { ...env, ...more },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', hints],
    });
    child.stdin?.end(input);
    running.add(child);
    let out = '';
    let later = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      later += chunk;
    });
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    const ended = new Promise<{ code: number | null; out: string; hints: string }>(
      (resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => {
          running.delete(child);
          resolve({ code, out, hints: later });
        });
      },
    );
    return { child, ended };
  };

  return {
    simulator,
    signal,
    folder,
    settings,
    run: async (args, hints, input) => {
      const ended = await start(args, {}, hints, input).ended;
      signal.throwIfAborted();
      return ended;
    },
    serve: async (args, more) => {
      const { child, ended } = start(args, more);
      const ready = await new Promise<string>((resolve, reject) => {
        child.stdout?.once('data', (chunk: string) => resolve(chunk.trim()));
        ended.then(() => reject(new Error(`callpermit ${args[0]} ended at once`)), reject);
      });
      return {
        ready,
        stop: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      };
    },
    close: async () => {
      for (const child of running) child.kill('SIGTERM');
      while (running.size > 0) await sleep(50);
      await simulator.close();
      return removeData(folder);
    },
  };
}

/** Waits for the embedded Postgres to be gone, then removes what it leaves behind. */
async function removeData(folder: string): Promise<readonly string[]> {
  const pidFile = join(folder, 'data', 'postgres', 'cluster', 'data', 'postmaster.pid');
  const deadline = performance.now() + POSTGRES_STOP_MS;
  while (await isThere(pidFile)) {
    if (performance.now() > deadline) return [`the embedded Postgres in ${folder} still runs`];
    await sleep(100);
  }
  await rm(folder, { recursive: true, force: true });
  return [];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in SETTINGS)));
}
