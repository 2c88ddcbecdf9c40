/** A queue that cannot do its work is explained: the log, the ledger and the probe say why nothing is sent. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startHttp } from '../../src/http/server.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const PEOPLE = 60;
let redis: TestRedis;
let database: TestDatabase;
let system: OpenSystem;
let operator: Redis;

beforeAll(async () => {
  [redis, database] = await Promise.all([startRedis(), createTestDatabase()]);
  const env = { DATABASE_URL: database.connectionString, REDIS_URL: redis.url };
  system = await openSystem({ env });
  operator = new Redis(redis.url);
});
afterAll(async () => {
  operator.disconnect();
  await system.close();
  await redis.stop();
  await database.drop();
});

async function setMemory(bytes: number, policy: string): Promise<void> {
  await operator.config('SET', 'maxmemory-policy', policy);
  await operator.config('SET', 'maxmemory', bytes);
}

describe('a Redis without room', () => {
  test.each([
    ['that throws keys away', 'allkeys-lru', /throws jobs away.*allkeys-lru.*noeviction/],
    ['that is full', 'noeviction', /is full/],
  ])(
    '%s is named as the reason, and once it has room everybody is asked once',
    async (_, policy, why) => {
      // Less than an empty one needs.
      await setMemory(700_000, policy);
      const numbers = newNumbers(PEOPLE);
      const id = await system.ask(numbers);
      const silence = async () => (await system.app.ledger.senders.list())[0]?.silence ?? null;
      let found = await silence();
      while (found === null) found = await silence();
      expect(found.why).toMatch(why);
      expect(system.warnings().map((w) => w.msg)).toContain('people are due and nothing is sent');

      const http = await startHttp(system.app, { host: '127.0.0.1', port: 0 });
      const ready = await fetch(`${http.url}/health/ready`);
      expect(ready.status).toBe(200);
      expect(await ready.json()).toMatchObject({
        status: 'ready',
        silent: [{ why: expect.stringMatching(why) }],
      });
      await http.close();

      await setMemory(0, 'noeviction');
      await system.until(id, (c) => c.state === 'completed');
      expect(numbers.map((to) => system.posts(to))).toEqual(numbers.map(() => 1));
      while ((await silence()) !== null);
    },
  );
});
