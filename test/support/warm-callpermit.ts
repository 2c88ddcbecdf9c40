/**
 * The built program for commands that end by themselves, without a process for each: a start costs a second of a busy
 * machine, a command a tenth of that. What a process does at its end or by a signal is told by `spawnCallpermit`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Ended } from './callpermit.ts';

const HOST = fileURLToPath(new URL('./command-host.mjs', import.meta.url));

/** A process that has the program loaded. */
export interface WarmCallpermit {
  /**
   * Runs `callpermit ...args`.
   *
   * @param env its settings, and nothing else of ours
   */
  run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended>;
  close(): Promise<void>;
}

/** Makes one, which starts with its first command, in that folder. */
export function warmCallpermit(cwd: string): WarmCallpermit {
  let host: ChildProcess | undefined;
  let next = 0;
  const start = () => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir() };
    const child = fork(HOST, [], { cwd, env, execArgv: [] });
    child.setMaxListeners(0);
    return child;
  };
  return {
    run: (args, env) =>
      new Promise((resolve, reject) => {
        host ??= start();
        const child = host;
        next += 1;
        const id = next;
        const stop = () => {
          child.off('message', onMessage);
          child.off('exit', onExit);
        };
        const onExit = (code: number | null) => {
          stop();
          reject(new Error(`callpermit ${args.join(' ')} ended its process (${code})`));
        };
        const onMessage = (message: Ended & { readonly id: number }) => {
          if (message.id !== id) return;
          stop();
          const { code, stdout, stderr } = message;
          resolve({ code, signal: null, stdout, stderr });
        };
        child.on('message', onMessage);
        child.on('exit', onExit);
        child.send({ id, args, env });
      }),
    close: async () => {
      const child = host;
      host = undefined;
      if (child === undefined) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}
