/** What a run stands on: its folder, the two stores, the server, the processes, and their end. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRandom } from '../../src/simulator/prng.ts';
import { keepUp, type Service } from './fleet.ts';
import type { ChaosOptions } from './options.ts';
import { plainEnvironment, runToEnd, startProcess } from './process.ts';
import { chaosProfile, REQUEST_TIMEOUT_MS } from './profile.ts';
import { type RedisStore, type Store, startPostgres, startRedis } from './stores.ts';

/** What a run stands on. */
export interface Ground {
  readonly dir: string;
  readonly simulatorUrl: string;
  /** Aborted when the simulator ends before its time: its book is lost, and with it the run. */
  readonly lost: AbortSignal;
  readonly postgres: Store;
  readonly redis: RedisStore | undefined;
  /** A command of callpermit, run to its end; `killAfterMs`: or killed by then. */
  run(
    args: readonly string[],
    killAfterMs?: number,
  ): Promise<{ readonly code: number | null; readonly out: string }>;
  /** Keeps a service up until the ground is closed. */
  serve(name: string, args: readonly string[], onOddEnd: (what: string) => void): Service;
  /** Ends the services gently, all at once. */
  endServices(): Promise<void>;
  /** Ends everything; the folder goes too, unless it is wanted. */
  close(p: { readonly keepFolder: boolean }): Promise<void>;
}

/**
 * Lays the ground.
 * @param p.main the built command line
 * @param p.redis a Redis that is there already (tests); else one is started
 */
export async function layGround(
  options: ChaosOptions,
  p: { readonly main: string; readonly redis?: RedisStore },
): Promise<Ground> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-chaos-'));
  const undo: (() => Promise<unknown>)[] = [];
  const services: Service[] = [];
  const random = createRandom(options.seed + 1);

  async function close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    await Promise.all(services.splice(0).map((service) => service.close()));
    for (const step of undo.splice(0).reverse()) await step();
    if (!keepFolder) await rm(dir, { recursive: true, force: true });
  }

  try {
    const simulator = await startSimulator(options.seed, { main: p.main, dir, undo });
    const postgres = await startPostgres(dir);
    undo.push(() => postgres.stop());
    const redis = options.queue === 'postgres' ? undefined : (p.redis ?? (await startRedis(dir)));
    if (redis !== undefined && p.redis === undefined) undo.push(() => redis.stop());
    const env = {
      ...simulator.settings,
      DATABASE_URL: postgres.url,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      MESSAGES_PER_SECOND: String(options.rate),
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
      UNCERTAIN_CHECK_AFTER_MS: '1000',
      UNCERTAIN_POLICY: options.policy,
      ...(options.liftPairLimit ? { PAIR_LIMIT_PER_DAY: '25', PAIR_LIMIT_PER_WEEK: '100' } : {}),
      API_KEYS: 'chaos',
      PORT: '0',
      DATA_DIR: join(dir, 'data'),
    };
    return {
      dir,
      simulatorUrl: simulator.url,
      lost: simulator.lost,
      postgres,
      redis,
      run: (args, killAfterMs) =>
        runToEnd(
          {
            command: process.execPath,
            args: [p.main, ...args],
            cwd: dir,
            env: { ...plainEnvironment(), ...env },
            log: join(dir, 'commands.log'),
          },
          killAfterMs,
        ),
      serve(name, args, onOddEnd) {
        const service = keepUp({ name, args, main: p.main, dir, env, random, onOddEnd });
        services.push(service);
        return service;
      },
      endServices: async () => {
        await Promise.all(services.splice(0).map((service) => service.close()));
      },
      close,
    };
  } catch (error) {
    await close({ keepFolder: true });
    throw error;
  }
}

async function startSimulator(
  seed: number,
  p: { readonly main: string; readonly dir: string; readonly undo: (() => Promise<unknown>)[] },
): Promise<{
  readonly url: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly lost: AbortSignal;
}> {
  const profile = join(p.dir, 'profile.json');
  await writeFile(profile, JSON.stringify(chaosProfile(seed)));
  const log = join(p.dir, 'simulator.log');
  const child = startProcess({
    command: process.execPath,
    args: [fileURLToPath(new URL('../../scripts/chaos/server.js', pathToFileURL(p.main))), profile],
    cwd: p.dir,
    env: plainEnvironment(),
    log,
  });
  p.undo.push(() => {
    child.kill('SIGTERM');
    return child.exited;
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
  return {
    ...(JSON.parse(ready) as { url: string; settings: Record<string, string> }),
    lost: lost.signal,
  };
}
