/** Redis of the run, which can also run short of memory. */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../test/support/free-port.ts';
import { plainEnvironment } from './process.ts';
import { keepAt, type OwnStore, type Store } from './stores.ts';

/** A Redis, or what stands in for one in tests. */
export interface RedisStore extends Store {
  flush(): Promise<void>;
  /** Leaves it next to no memory: it throws keys away, or takes none. Absent where it is not ours. */
  squeeze?(policy: 'allkeys-lru' | 'noeviction'): Promise<void>;
  /** Gives it its memory back. */
  relax?(): Promise<void>;
}

/** Less than an empty Redis takes. */
const NO_MEMORY = '1mb';

/** The server program of this machine. */
export function findRedis(): string | undefined {
  return ['redis-server', 'valkey-server'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
}

/** Starts a Redis (or Valkey) under `dir`, with an append-only file synced every second. */
export async function startRedis(dir: string): Promise<RedisStore & OwnStore> {
  const command = findRedis();
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
  const configure = (policy: string, memory: string) =>
    withRedis(url, async (redis) => {
      await redis.config('SET', 'maxmemory-policy', policy);
      await redis.config('SET', 'maxmemory', memory);
    });
  return {
    ...store,
    flush: async () => {
      await withRedis(url, (redis) => redis.flushall());
    },
    squeeze: (policy) => configure(policy, NO_MEMORY),
    relax: () => configure('noeviction', '0'),
  };
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
