/** Every test of sending runs on both queues: BullMQ on Redis, and BullMQ's Postgres backend. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { startRedis, type TestRedis } from './redis.ts';

/** What such a test stands on; read it inside tests and hooks, not while describing. */
export interface QueueGround {
  readonly queue: 'redis' | 'postgres';
  readonly databaseUrl: string;
  /** `undefined` on the Postgres queue. */
  readonly redisUrl: string | undefined;
  /** The two as settings of a callpermit process. */
  readonly env: Readonly<Record<string, string>>;
  /** The Redis itself, for tests that take it away. */
  readonly redis: TestRedis | undefined;
}

/**
 * Describes the same tests once for each queue, each with a fresh migrated database.
 *
 * @param p.aof the Redis keeps an append-only file
 */
export function describeOnBothQueues(
  name: string,
  body: (ground: QueueGround) => void,
  p: { readonly aof?: boolean } = {},
): void {
  describe.each(['redis', 'postgres'] as const)(`${name} (queue on %s)`, (queue) => {
    let database: TestDatabase | undefined;
    let redis: TestRedis | undefined;

    beforeAll(async () => {
      database = await createTestDatabase();
      if (queue === 'redis') redis = await startRedis(p);
    });

    body({
      queue,
      get databaseUrl() {
        if (!database) throw new Error('the database is there only once the tests run');
        return database.connectionString;
      },
      get redisUrl() {
        return redis?.url;
      },
      get redis() {
        return redis;
      },
      get env() {
        return {
          DATABASE_URL: this.databaseUrl,
          ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
        };
      },
    });

    // After the body's own hooks, which still need both.
    afterAll(async () => {
      await redis?.stop();
      await database?.drop();
    });
  });
}
