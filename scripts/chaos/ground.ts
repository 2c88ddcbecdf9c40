/** What a run stands on: its folder, the two stores, the wires, the server, the processes, their end. */
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../src/simulator/prng.ts';
import { freePort } from '../../test/support/free-port.ts';
import { keepUp, type Service } from './fleet.ts';
import type { ChaosOptions } from './options.ts';
import { type PostgresStore, startPostgres } from './postgres-store.ts';
import { type Child, plainEnvironment, runToEnd, startProcess } from './process.ts';
import {
  APP_SECRET,
  type Condition,
  chaosProfile,
  makeNumbers,
  type PhoneNumber,
  REQUEST_TIMEOUT_MS,
} from './profile.ts';
import { type RedisStore, startRedis } from './redis-store.ts';
import { type ChaosServer, startServer } from './start-server.ts';
import { openSwitch } from './switch.ts';
import { layWires, type Wires } from './wires.ts';

/** What a run stands on. */
export interface Ground {
  readonly dir: string;
  readonly server: ChaosServer;
  readonly numbers: readonly PhoneNumber[];
  readonly postgres: PostgresStore;
  readonly redis: RedisStore | undefined;
  readonly wires: Wires;
  /** Ports that receivers of webhooks are to listen on; none where nothing comes back. */
  readonly receiverPorts: readonly number[];
  /** A command of callpermit, run to its end; `killAfterMs`: or killed by then. */
  run(
    args: readonly string[],
    killAfterMs?: number,
  ): Promise<{ readonly code: number | null; readonly out: string }>;
  /** A command that is given an input that does not end. */
  start(args: readonly string[], input: string): Child;
  /** Keeps a service up until the ground is closed. */
  serve(p: ServiceOrder): Service;
  /** Processes that were started with their log on a full disk. */
  fullLogs(): number;
  /** Ends the services gently, all at once. */
  endServices(): Promise<void>;
  /** Ends everything; the folder goes too, unless it is wanted. */
  close(p: { readonly keepFolder: boolean }): Promise<void>;
}

/** A service that is wanted. */
export interface ServiceOrder {
  readonly name: string;
  readonly args: readonly string[];
  /** Joined to the stores by the wires. */
  readonly isWired: boolean;
  readonly isTroubled: () => boolean;
  readonly onOddEnd: (what: string) => void;
}

/** So many take webhooks. */
const RECEIVERS = 2;
/** Every write to it fails with ENOSPC, as on a full disk. */
const FULL_DISK = '/dev/full';
/** So many of the senders are started with their log there. */
const FULL_DISK_SHARE = 0.15;

/**
 * Lays the ground.
 * @param p.main the built command line
 * @param p.redis a Redis that is there already (tests); else one is started
 */
export async function layGround(
  options: ChaosOptions,
  p: {
    readonly main: string;
    readonly has: (condition: Condition) => boolean;
    /** On all lists. */
    readonly people: number;
    readonly redis?: RedisStore;
  },
): Promise<Ground> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-chaos-'));
  // The account of Postgres must be able to come here by the path: initdb up to 15 insists on it.
  await chmod(dir, 0o711);
  const undo: (() => Promise<unknown>)[] = [];
  const services: Service[] = [];
  const random = createRandom(options.seed + 1);
  let fullLogs = 0;

  async function close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    await Promise.all(services.splice(0).map((service) => service.close()));
    for (const step of undo.splice(0).reverse()) await step();
    if (!keepFolder) await rm(dir, { recursive: true, force: true });
  }

  function logOf(name: string): string {
    const isFull = name.startsWith('sender') && p.has('full-log') && random() < FULL_DISK_SHARE;
    if (isFull) fullLogs += 1;
    return isFull ? FULL_DISK : join(dir, `${name}.log`);
  }

  try {
    const numbers = makeNumbers(options.numbers);
    const receiverPorts: number[] = [];
    for (let i = 0; options.webhooks && i < RECEIVERS; i += 1) receiverPorts.push(await freePort());
    const toReceivers = options.webhooks
      ? await openSwitch({ ports: receiverPorts, random: createRandom(options.seed + 4) })
      : undefined;
    if (toReceivers !== undefined) undo.push(() => toReceivers.close());
    const profile = chaosProfile({
      ...{ seed: options.seed, numbers, has: p.has },
      ...(toReceivers === undefined
        ? {}
        : { webhooks: { url: toReceivers.url, people: p.people } }),
    });
    const server = await startServer({ profile, main: p.main, dir });
    undo.push(() => server.stop());
    const postgres = await startPostgres(dir, options.postgres);
    undo.push(() => postgres.stop());
    const redis = options.queue === 'postgres' ? undefined : (p.redis ?? (await startRedis(dir)));
    if (redis !== undefined && p.redis === undefined) undo.push(() => redis.stop());
    const wires = await layWires({ postgresUrl: postgres.url, redisUrl: redis?.url });
    undo.push(() => wires.close());
    const env = {
      ...plainEnvironment(),
      ...server.settings,
      DATABASE_URL: postgres.url,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      ...(numbers.length > 1 ? { SENDERS_FILE: await writeSenders(dir, numbers) } : {}),
      MESSAGES_PER_SECOND: String(Math.ceil(options.rate / options.numbers)),
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
      UNCERTAIN_CHECK_AFTER_MS: '1000',
      UNCERTAIN_POLICY: options.policy,
      ...(options.liftPairLimit ? { PAIR_LIMIT_PER_DAY: '25', PAIR_LIMIT_PER_WEEK: '100' } : {}),
      ...(options.webhooks ? { WHATSAPP_APP_SECRET: APP_SECRET } : {}),
      API_KEYS: 'chaos',
      PORT: '0',
      DATA_DIR: join(dir, 'data'),
    };
    const command = (args: readonly string[]) => ({
      command: process.execPath,
      args: [p.main, ...args],
      cwd: dir,
      env,
      log: join(dir, 'commands.log'),
    });
    return {
      dir,
      server,
      numbers,
      postgres,
      redis,
      wires,
      receiverPorts,
      run: (args, killAfterMs) => runToEnd(command(args), killAfterMs),
      start: (args, input) => startProcess({ ...command(args), input }),
      serve({ name, isWired, ...order }) {
        const service = keepUp({
          ...order,
          name,
          main: p.main,
          dir,
          random,
          env: isWired ? { ...env, ...wires.env } : env,
          log: () => logOf(name),
        });
        services.push(service);
        return service;
      },
      fullLogs: () => fullLogs,
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

/** All numbers but the first, which stands in the environment. */
async function writeSenders(dir: string, numbers: readonly PhoneNumber[]): Promise<string> {
  const path = join(dir, 'senders.json');
  const entries = numbers.slice(1).map(({ phoneNumberId, token }) => ({ phoneNumberId, token }));
  await writeFile(path, JSON.stringify(entries), { mode: 0o600 });
  return path;
}
