/** Postgres and Redis of the run: real servers of our own, on ports that stay, to be killed. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ensureCluster, NAME } from '../../src/ledger/embedded/cluster.ts';
import { onDirectory, prepareLayout } from '../../src/ledger/embedded/layout.ts';
import { type Child, plainEnvironment, type Start, startProcess } from './process.ts';

/** A server that can be killed and comes back on the same port with what it had on disk. */
export interface Store {
  readonly url: string;
  /** Ends it as a crash would. */
  kill9(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis, or what stands in for one in tests. */
export interface RedisStore extends Store {
  flush(): Promise<void>;
}

/** What is left of a killed Postgres keeps its shared memory until its last query has ended. */
const START_LIMIT_MS = 60_000;

/** Makes a Postgres under `dir` (its programs come from npm) and starts it. */
export async function startPostgres(dir: string): Promise<Store> {
  const layout = await prepareLayout({ dataDir: join(dir, 'postgres') });
  await ensureCluster(layout);
  const password = (await readFile(layout.password, 'utf8')).trim();
  const port = await freePort();
  const url = `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}`;
  const { argument, cwd, account } = onDirectory(layout, layout.data);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    log_min_messages: 'log',
  };
  return keepAt(url, 'SIGINT', () => answersPostgres(url), {
    command: join(layout.native, 'bin', 'postgres'),
    args: [
      ...['-D', argument],
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    cwd,
    env: { ...plainEnvironment(), LC_ALL: 'C', TZ: 'UTC' },
    log: join(dir, 'postgres.log'),
    ...(account === undefined ? {} : { account }),
  });
}

/** Starts a Redis (or Valkey) under `dir`, with an append-only file synced every second. */
export async function startRedis(dir: string): Promise<RedisStore> {
  const command = ['redis-server', 'valkey-server'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
  if (command === undefined)
    throw new Error(
      'no redis-server or valkey-server found: install one, or take --queue postgres',
    );
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const cwd = join(dir, 'redis');
  await mkdir(cwd);
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: cwd,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
  };
  const store = await keepAt(url, 'SIGTERM', () => answersRedis(url), {
    command,
    args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
    cwd,
    env: plainEnvironment(),
    log: join(dir, 'redis.log'),
  });
  return {
    ...store,
    flush: async () => {
      await withRedis(url, (redis) => redis.flushall());
    },
  };
}

async function keepAt(
  url: string,
  gently: NodeJS.Signals,
  answers: () => Promise<boolean>,
  start: Start,
): Promise<Store> {
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
  return { url, kill9: () => end('SIGKILL'), restart: up, stop: () => end(gently) };
}

async function answersPostgres(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function answersRedis(url: string): Promise<boolean> {
  return withRedis(url, async (redis) => (await redis.ping()) === 'PONG').catch(() => false);
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 2_000,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
