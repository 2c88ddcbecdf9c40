/** A whole run behind a real pgbouncer in transaction mode, on both queues: with a way past it, and without. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pauseCampaign, resumeCampaign } from '../../src/campaign/control.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { startPgbouncer, type TestPooler } from '../support/pgbouncer.ts';
import { describeOnBothQueues } from '../support/queues.ts';

const PEOPLE = 100;

describeOnBothQueues('a whole run behind a transaction pooler', (ground) => {
  describe.each([
    ['with DATABASE_DIRECT_URL', true],
    ['without', false],
  ])('%s', (_name, isDirect) => {
    let pooler: TestPooler;
    let system: OpenSystem;

    beforeAll(async () => {
      pooler = await startPgbouncer(ground.databaseUrl, { mode: 'transaction', servers: 4 });
      const direct = isDirect ? { DATABASE_DIRECT_URL: ground.databaseUrl } : {};
      const env = { ...ground.env, DATABASE_URL: pooler.url, ...direct };
      system = await openSystem({ env }, { env: { MESSAGES_PER_SECOND: '100' } });
    });

    afterAll(async () => {
      await system?.close();
      await pooler?.stop();
    });

    test('everybody is asked once, also across a pause and a queue that is deleted', async () => {
      expect(system.app.reach.route).toBe('transactions');
      const numbers = newNumbers(PEOPLE);
      const id = await system.ask(numbers);
      await system.until(id, (c) => c.counts.accepted > PEOPLE * 0.1);
      expect(await pauseCampaign(system.app, id)).toMatchObject({ ok: true });
      const paused = await system.untilIdle(id);
      expect(paused.counts.accepted).toBeLessThan(PEOPLE);
      await resumeCampaign(system.app, id);
      await system.until(id, (c) => c.counts.accepted > PEOPLE * 0.6);
      if (ground.redis !== undefined) await ground.redis.flush();
      else await system.rows('delete from bullmq.job');
      const ended = await system.until(id, (c) => c.state === 'completed');
      expect(ended.counts).toMatchObject({ accepted: PEOPLE });
      expect(new Set(numbers.map((to) => system.posts(to)))).toEqual(new Set([1]));
    });

    test('a list that comes while senders are idle is taken up', async () => {
      const id = await system.ask(newNumbers(3));
      await system.until(id, (c) => c.state === 'completed');
    });
  });
});
