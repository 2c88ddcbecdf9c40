/** What the tests stand on, tested itself: a kill that does not kill would prove nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { borrowedRedis } from './borrowed-redis.ts';
import { spawnCallpermit } from './callpermit.ts';
import { createTestDatabase } from './postgres.ts';
import { describeOnBothQueues } from './queues.ts';
import { startRedis, type TestRedis } from './redis.ts';

/** One try and no waiting: what a command gives now. */
async function ask<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    client.disconnect();
  }
}

describe("a Redis of one's own", () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis({ aof: true });
  });

  afterAll(() => redis.stop());

  test('keeps its append-only file over kill -9 and comes back on the same port', async () => {
    await ask(redis.url, (client) => client.set('a', '1'));
    await redis.kill9();
    await expect(ask(redis.url, (client) => client.ping())).rejects.toThrow();
    await redis.restart();
    expect(await ask(redis.url, (client) => client.get('a'))).toBe('1');
  });

  test('is empty after a flush', async () => {
    await ask(redis.url, (client) => client.set('a', '1'));
    await redis.flush();
    expect(await ask(redis.url, (client) => client.dbsize())).toBe(0);
  });

  test('one that belongs to somebody else is shut and opened without touching it', async () => {
    await ask(redis.url, (client) => client.set('theirs', '1'));
    const borrowed = await borrowedRedis(redis.url);
    await ask(borrowed.url, (client) => client.set('ours', '1'));
    await borrowed.kill9();
    await expect(ask(borrowed.url, (client) => client.ping())).rejects.toThrow();
    await borrowed.restart();
    expect(await ask(borrowed.url, (client) => client.get('ours'))).toBe('1');
    await borrowed.stop();
    expect(await ask(redis.url, (client) => client.keys('*'))).toEqual(['theirs']);
  });
});

describe("a database of one's own", () => {
  async function tables(connectionString: string): Promise<number> {
    const client = new pg.Client({ connectionString });
    await client.connect();
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from information_schema.tables where table_schema = 'public'`,
    );
    await client.end();
    return rows[0]?.n ?? -1;
  }

  test('has the schema, or nothing, as wished', async () => {
    const [full, empty] = await Promise.all([
      createTestDatabase(),
      createTestDatabase({ migrated: false }),
    ]);
    expect(await tables(full.connectionString)).toBeGreaterThan(0);
    expect(await tables(empty.connectionString)).toBe(0);
    await Promise.all([full.drop(), empty.drop()]);
  });

  test('is gone once dropped', async () => {
    const database = await createTestDatabase({ migrated: false });
    await database.drop();
    await expect(tables(database.connectionString)).rejects.toThrow('does not exist');
  });
});

describeOnBothQueues('the ground of a test on both queues', (ground) => {
  test('names a Redis on its queue only', () => {
    expect(Object.keys(ground.env)).toEqual(
      ground.queue === 'redis' ? ['DATABASE_URL', 'REDIS_URL'] : ['DATABASE_URL'],
    );
  });
});

describe('callpermit as a user runs it', () => {
  test('gives its lines, its end and its code', async () => {
    const program = spawnCallpermit(['--version']);
    expect(await program.untilLine(/^\d+\.\d+\.\d+/)).toMatch(/^\d/);
    expect(await program.untilExit()).toMatchObject({ code: 0, signal: null });
  });

  test('waiting for a line that never comes fails with what was said', async () => {
    const program = spawnCallpermit(['--version']);
    await expect(program.untilLine(/never/)).rejects.toThrow('ended (0) before /never/');
  });

  test('none of our own settings reach it', async () => {
    process.env.PORT = 'wrong';
    try {
      const { stderr } = await spawnCallpermit(['campaign', 'list'], {
        LOG_LEVEL: 'wrong',
      }).untilExit();
      expect(stderr).toContain('LOG_LEVEL');
      expect(stderr).not.toContain('PORT');
    } finally {
      delete process.env.PORT;
    }
  });
});
