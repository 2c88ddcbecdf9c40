/** The simulator of a run, in a process of its own, and its book and controls over HTTP. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type {
  PersonStanding,
  RequestRecord,
  SimulatorProfileInput,
  SimulatorStats,
  WebhookStats,
} from '../../src/simulator/index.ts';
import { plainEnvironment, startProcess } from './process.ts';

/** The server. */
export interface ChaosServer {
  /** Settings of callpermit that lead to it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Aborted when it ends before its time: its book is lost, and with it the run. */
  readonly lost: AbortSignal;
  requests(): Promise<readonly RequestRecord[]>;
  stats(): Promise<Pick<SimulatorStats, 'posts' | 'rate'>>;
  /** Its own book of whom it was asked to ask, and what they said. */
  people(): Promise<readonly PersonStanding[]>;
  webhooks(): Promise<WebhookStats>;
  /** Lets the next `times` answers be late by `ms`, so that POSTs are on the wire. */
  slowDown(p: { readonly times: number; readonly ms: number }): Promise<void>;
  stop(): Promise<unknown>;
}

/**
 * Starts it.
 * @param p.main the built command line; the server lies beside it
 */
export async function startServer(p: {
  readonly profile: SimulatorProfileInput;
  readonly main: string;
  readonly dir: string;
}): Promise<ChaosServer> {
  const profile = join(p.dir, 'profile.json');
  await writeFile(profile, JSON.stringify(p.profile));
  const log = join(p.dir, 'simulator.log');
  const child = startProcess({
    command: process.execPath,
    args: [fileURLToPath(new URL('../../scripts/chaos/server.js', pathToFileURL(p.main))), profile],
    cwd: p.dir,
    env: plainEnvironment(),
    log,
  });
  const lost = new AbortController();
  const ended = child.exited.then(({ code, signal }) => {
    lost.abort(new Error(`the simulator ended before its time (${signal ?? code}): see ${log}`));
    return lost.signal.reason as Error;
  });
  const ready = await Promise.race([
    child.firstLine,
    ended.then((reason) => Promise.reject(reason)),
  ]);
  const { url, settings } = JSON.parse(ready) as {
    url: string;
    settings: Record<string, string>;
  };
  return {
    settings,
    lost: lost.signal,
    requests: () => lines<RequestRecord>(`${url}/_sim/requests?format=ndjson`),
    people: () => lines<PersonStanding>(`${url}/_sim/people?format=ndjson`),
    webhooks: async () => JSON.parse(await look(`${url}/_sim/webhooks`)) as WebhookStats,
    stats: async () => JSON.parse(await look(`${url}/_sim/stats?people=false`)) as SimulatorStats,
    async slowDown({ times, ms }) {
      const body = JSON.stringify({ times, effect: { kind: 'slow', ms } });
      const answer = await fetch(`${url}/_sim/faults?add=`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`the simulator takes no faults: ${await answer.text()}`);
    },
    stop() {
      child.kill('SIGTERM');
      return child.exited;
    },
  };
}

async function lines<T>(url: string): Promise<readonly T[]> {
  const texts = (await look(url)).split('\n').filter((line) => line !== '');
  return texts.map((line) => JSON.parse(line) as T);
}

/** Reads a page of the server's controls; a machine under such load may need a second try. */
async function look(url: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (attempt === 5)
        throw new Error(`${url} does not answer: ${(error as Error).cause}`, { cause: error });
      await sleep(1_000);
    }
  }
}
