/** Each code that closes its sender, on the queue that is quicker. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import {
  codesOf,
  expectPaused,
  expectResumed,
  openPausingSystem,
  startRefused,
} from './pausing.ts';
import { newNumbers, type OpenSystem } from './support.ts';

const SENDERS = 9;
const CODES = codesOf('pause-sender');
const ROUNDS = Array.from({ length: Math.ceil(CODES.length / SENDERS) }, (_, i) =>
  CODES.slice(i * SENDERS, (i + 1) * SENDERS),
);

describe('a code that is the fault of the sender', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let system: OpenSystem;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
    const env = { DATABASE_URL: database.connectionString, REDIS_URL: redis.url };
    system = await openPausingSystem({ env }, SENDERS);
  });
  afterAll(async () => {
    await system.close();
    await redis.stop();
    await database.drop();
  });

  test.each(ROUNDS.map((codes) => [codes] as const))(
    '%j: what else is started on it pauses too, without a POST; resumed, all are asked',
    async (codes) => {
      const cases = await startRefused(system, codes);
      await expectPaused(system, cases, 'sender', async () => {
        const late: { code: number; to: string; id: string }[] = [];
        for (const { code, senderId } of cases) {
          const [to] = newNumbers(1) as [string];
          late.push({ code, to, id: await system.ask([to], { senderId }) });
        }
        for (const { code, to, id } of late) {
          const { reason } = await system.until(id, ({ state }) => state === 'paused');
          expect(reason).toMatchObject({ scope: 'sender', code });
          expect(system.posts(to)).toBe(0);
        }
      });
      await expectResumed(system, cases);
    },
  );
});
