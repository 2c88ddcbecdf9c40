/** Lists, a simulator and the built program: what the tests of whole commands share. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import {
  type Simulator,
  type SimulatorProfileInput,
  startSimulator,
} from '../../src/simulator/index.ts';
import { type Callpermit, type Ended, spawnCallpermit } from '../support/callpermit.ts';
import { type WarmCallpermit, warmCallpermit } from '../support/warm-callpermit.ts';

/** JSON that a test looks into. */
export type Json = ReturnType<typeof JSON.parse>;

/** Commands that end by themselves and share one process (`warm-callpermit.ts`); the others have one each. */
const SHARED = new Set([
  ...['campaign', 'doctor', 'enqueue', 'errors', 'export', 'migrate', 'permissions', 'request'],
  ...['audit', 'forget', 'key', 'senders', 'suppress', 'template', 'user', 'webhook'],
]);

/** A folder, a simulator and a way to run commands against it. */
export interface Workspace {
  readonly folder: string;
  readonly simulator: Simulator;
  /** Starts over with another simulator; the default has the approved template `t`. */
  useSimulator(profile: SimulatorProfileInput): Promise<Simulator>;
  /** Writes a file into the folder; gives its path. */
  file(name: string, text: string): Promise<string>;
  /** How a campaign stands. */
  show(id: string): Promise<Json>;
  /** How it stands once it runs no more. */
  untilEnded(id: string): Promise<Json>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Callpermit;
  run(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<Ended & { readonly json: Json }>;
}

/**
 * Sets one up for the tests of a file.
 *
 * @param env where database and queue are, once the tests run
 */
export function setUpWorkspace(env: () => Readonly<Record<string, string>>): Workspace {
  let folder = '';
  let simulator: Simulator | undefined;
  let warm: WarmCallpermit | undefined;
  const running = new Set<Callpermit>();

  const useSimulator = async (profile: SimulatorProfileInput) => {
    await simulator?.close();
    simulator = await startSimulator({
      profile: { messagesPerSecond: 10_000, templates: [{ name: 't' }], ...profile },
    });
    return simulator;
  };
  const now = () => {
    if (simulator === undefined) throw new Error('the simulator is there once the tests run');
    return simulator;
  };
  const settings = (more: Readonly<Record<string, string>>) => ({
    ...settingsFor(now()),
    ...env(),
    ...more,
  });
  const spawn = (args: readonly string[], more: Readonly<Record<string, string>>, input?: string) =>
    spawnCallpermit(args, settings(more), {
      cwd: folder,
      ...(input === undefined ? {} : { input }),
    });

  const run: Workspace['run'] = async (args, more = {}, input) => {
    const ended =
      warm !== undefined && input === undefined && SHARED.has(args[0] ?? '')
        ? await warm.run(args, settings(more))
        : await spawn(args, more, input).untilExit();
    return { ...ended, json: lastJson(ended.stdout) };
  };
  const show = async (id: string) => (await run(['campaign', 'show', id, '--json'])).json;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callpermit-workspace-'));
    warm = warmCallpermit(folder);
    await useSimulator({});
  });
  afterEach(async () => {
    for (const process of running) process.kill('SIGKILL');
    await Promise.all([...running].map((process) => process.untilExit()));
    running.clear();
  });
  afterAll(async () => {
    await warm?.close();
    await simulator?.close();
    await rm(folder, { recursive: true });
  });

  return {
    get folder() {
      return folder;
    },
    get simulator() {
      return now();
    },
    useSimulator,
    file: async (name, text) => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    start: (args, more = {}) => {
      const process = spawn(args, more);
      running.add(process);
      return process;
    },
    run,
    show,
    untilEnded: async (id) => {
      for (;;) {
        const stands = await show(id);
        if (stands.state !== 'running') return stands;
        await sleep(100);
      }
    },
  };
}

/** The object in the last line of a text, or `undefined`. */
function lastJson(text: string): Json {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

/**
 * A CSV of people nobody else in the tests asks.
 *
 * @param from the first of their last six digits
 */
export function people(n: number, from: number): string {
  const lines = Array.from(
    { length: n },
    (_, i) => `${number(from + i)},ref-${i + 1},Ann ${i + 1}`,
  );
  return `to,reference,1\n${lines.join('\n')}\n`;
}

/** A German mobile number that libphonenumber takes. */
export function number(i: number): string {
  return `+4915112${String(i).padStart(6, '0')}`;
}
