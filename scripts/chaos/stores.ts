/** What both stores of a run are: real servers of our own, on ports that stay, to be killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, type Start, startProcess } from './process.ts';

/** A server that can be killed and comes back on the same port with what it had on disk. */
export interface Store {
  readonly url: string;
  /** Ends it as a crash would. */
  kill9(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A store that is a process of ours. */
export interface OwnStore extends Store {
  /** Ends it by a signal; resolves when it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Of the server as it runs now; its children are below it. */
  pid(): number;
}

/** What is left of a killed Postgres keeps its shared memory until its last query has ended. */
const START_LIMIT_MS = 60_000;

/** Starts a server and gives it once it answers. */
export async function keepAt(
  url: string,
  gently: NodeJS.Signals,
  answers: () => Promise<boolean>,
  start: Start,
): Promise<OwnStore> {
  let child: Child | undefined;
  async function up(): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (performance.now() < deadline) {
      child = startProcess(start);
      while (child.running() && performance.now() < deadline) {
        if (await answers()) return;
        await sleep(50);
      }
      await sleep(100);
    }
    throw new Error(`${start.command} does not start: see ${start.log}`);
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    child?.kill(signal);
    await child?.exited;
  }
  await up();
  return {
    url,
    end,
    pid: () => child?.pid ?? -1,
    kill9: () => end('SIGKILL'),
    restart: up,
    stop: () => end(gently),
  };
}
