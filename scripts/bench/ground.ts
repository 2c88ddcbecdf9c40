/**
 * What the cases stand on: one Postgres, one Redis, one measuring server, all real and our own, on
 * free ports. Each case has a database of its own, so that none inherits another's dead rows.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../chaos/postgres-store.ts';
import {
  type Child,
  type Exit,
  plainEnvironment,
  runToEnd,
  startProcess,
} from '../chaos/process.ts';
import { type RedisStore, startRedis } from '../chaos/redis-store.ts';
import type { OwnStore } from '../chaos/stores.ts';

/** What the cases stand on. */
export interface Ground {
  readonly dir: string;
  readonly postgres: OwnStore;
  readonly redis: RedisStore & OwnStore;
  readonly server: MeasuringServer;
  /** Makes an empty database; gives its URL. */
  database(name: string): Promise<string>;
  /** Removes it again, if it is there: what Postgres still cleans up in it is counted in nobody's case. */
  dropDatabase(name: string): Promise<void>;
  /** Starts a program of `dist` for one case; its standard error goes to `<log>.log`. */
  start(program: Program, args: readonly string[], p: Surroundings): Child;
  /** Runs it to its end. */
  run(
    program: Program,
    args: readonly string[],
    p: Surroundings,
  ): Promise<Exit & { readonly out: string }>;
  close(p: { readonly keepFolder: boolean }): Promise<void>;
}

/** Programs of ours, as built. */
export type Program =
  | 'src/cli/main.js'
  | 'scripts/bench/limiter-worker.js'
  | `scripts/bench/cost/${'plain-worker' | 'bare-loop' | 'feeder'}.js`;

/** How one is run. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

/** The measuring server, seen from here. */
export interface MeasuringServer {
  readonly url: string;
  /** Its zero on the machine's monotonic clock (`monotonicMs`), ms. */
  readonly zeroMs: number;
  /** Forgets the arrivals and answers after so long from now on. */
  begin(latencyMs: number): Promise<void>;
  /** When each POST so far arrived, ms. */
  arrivals(): Promise<Float64Array>;
  /** Digits of those who were accepted, without the first so many. */
  people(from: number): Promise<readonly string[]>;
}

/** Compiled, this file is in `dist/scripts/bench`. */
const DIST = fileURLToPath(new URL('../../', import.meta.url));
/** How long a sender may take to end what is in flight; the slowest server answers within a second. */
const STOP_LIMIT_MS = 10_000;

/** Lays the ground; on failure nothing is left running. */
export async function layGround(): Promise<Ground> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-bench-'));
  const undo: (() => Promise<unknown>)[] = [];
  async function close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    for (const step of undo.splice(0).reverse()) await step();
    if (!keepFolder) await rm(dir, { recursive: true, force: true });
  }
  const start = (program: Program, args: readonly string[], p: Surroundings) => ({
    command: process.execPath,
    args: [join(DIST, program), ...args],
    cwd: dir,
    env: { ...plainEnvironment(), ...p.env },
    log: join(dir, `${p.log}.log`),
  });
  try {
    const postgres = await startPostgres(dir, '18');
    undo.push(() => postgres.stop());
    const redis = await startRedis(dir);
    undo.push(() => redis.stop());
    const server = await startServer(dir, undo);
    return {
      dir,
      postgres,
      redis,
      server,
      database: async (name) => {
        await onServer(postgres.adminUrl, `create database ${name}`);
        const own = new URL(postgres.adminUrl);
        own.pathname = `/${name}`;
        return own.href;
      },
      dropDatabase: (name) =>
        onServer(postgres.adminUrl, `drop database if exists ${name} with (force)`),
      start: (program, args, p) => startProcess(start(program, args, p)),
      run: (program, args, p) => runToEnd(start(program, args, p)),
      close,
    };
  } catch (error) {
    await close({ keepFolder: false });
    throw error;
  }
}

/** Ends processes gently; those that take too long, by force. */
export async function endAll(children: readonly Child[]): Promise<void> {
  for (const child of children) {
    child.kill('SIGCONT');
    child.kill('SIGTERM');
  }
  const limit = new AbortController();
  void sleep(STOP_LIMIT_MS, undefined, { signal: limit.signal }).then(
    () => {
      for (const child of children) child.kill('SIGKILL');
    },
    () => undefined,
  );
  await Promise.all(children.map((child) => child.exited));
  limit.abort();
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startServer(
  dir: string,
  undo: (() => Promise<unknown>)[],
): Promise<MeasuringServer> {
  const log = join(dir, 'server.log');
  const child = startProcess({
    command: process.execPath,
    args: [fileURLToPath(new URL('measuring-server.js', import.meta.url))],
    cwd: dir,
    env: plainEnvironment(),
    log,
  });
  undo.push(() => {
    child.kill('SIGTERM');
    return child.exited;
  });
  const line = await Promise.race([
    child.firstLine,
    child.exited.then(({ code }) => {
      throw new Error(`the measuring server ended with ${code}: see ${log}`);
    }),
  ]);
  const { url, zeroMs } = JSON.parse(line) as Pick<MeasuringServer, 'url' | 'zeroMs'>;
  return {
    url,
    zeroMs,
    async begin(latencyMs) {
      await fetch(`${url}/bench?latency=${latencyMs}`, { method: 'PUT' });
    },
    async people(from) {
      const text = await (await fetch(`${url}/bench?people=${from}`)).text();
      return text === '' ? [] : text.split('\n');
    },
    async arrivals() {
      const answer = await fetch(`${url}/bench`);
      return new Float64Array(await answer.arrayBuffer());
    },
  };
}
