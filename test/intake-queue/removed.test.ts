/** Jobs hold people: old ones go by themselves, and those of a person who is forgotten with the rest of them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { IntakeWorker } from '../../src/core/ports/index.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { spawnCallpermit } from '../support/callpermit.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import {
  ended,
  open,
  openAsOther,
  person,
  query,
  requestsIn,
  settingsOf,
  startMeta,
} from './support.ts';

const NAME = 'call-permission-request';
const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;

describeOnBothQueues('jobs of the intake queue', (ground) => {
  describe('that ended', () => {
    let simulator: Simulator;
    let app: Awaited<ReturnType<typeof open>>;
    let other: ReturnType<typeof openAsOther>;
    let queue: Queue;
    let taker: IntakeWorker;

    beforeAll(async () => {
      simulator = await startMeta();
      app = await open(settingsOf(ground, simulator));
      other = openAsOther(ground);
      queue = other.queue;
      taker = await app.runIntake();
    });

    afterAll(async () => {
      await taker?.close();
      await other?.close();
      await app?.close();
      await simulator?.close();
    });

    /** As if they had ended so long ago. */
    async function age(state: 'completed' | 'failed', ids: readonly string[], ms: number) {
      const at = Date.now() - ms;
      if (ground.redisUrl === undefined) {
        const names = ids.map((id) => `'${id}'`).join(', ');
        const text = `update bullmq.job set finished_at_ms = ${at} where id in (${names})`;
        await query(ground.databaseUrl, text);
        return;
      }
      const redis = new Redis(ground.redisUrl);
      for (const id of ids) await redis.zadd(`bull:callpermit-intake:${state}`, at, id);
      redis.disconnect();
    }

    it('go with the next end: completed ones after an hour, failed ones after a week', async () => {
      const bad = { to: '12' };
      for (const [jobId, more] of [
        ...[['good-old', {}] as const, ['good-young', {}] as const],
        ...[['bad-old', bad] as const, ['bad-young', bad] as const],
      ]) {
        await queue.add(NAME, person(1, { ...more, reference: jobId }), { jobId });
        await ended(queue, jobId);
      }
      await age('completed', ['good-old'], HOUR_MS + 60_000);
      await age('completed', ['good-young'], HOUR_MS - 60_000);
      await age('failed', ['bad-old'], WEEK_MS + 60_000);
      await age('failed', ['bad-young'], WEEK_MS - 60_000);
      for (const [jobId, more] of [['good', {}] as const, ['bad', bad] as const]) {
        await queue.add(NAME, person(2, { ...more, reference: jobId }), { jobId });
        await ended(queue, jobId);
      }
      const left = await queue.getJobs(['completed', 'failed']);
      expect(left.map(({ id }) => id).sort()).toEqual(['bad', 'bad-young', 'good', 'good-young']);
    });

    it('go with `callpermit forget`, and only theirs', async () => {
      const [theirs, others] = [person(7, { reference: 'theirs' }), person(8, { reference: 'o' })];
      for (const data of [theirs, { ...theirs, template: 'nope', reference: 'bad' }, others]) {
        const jobId = `of-${data.reference}`;
        await queue.add(NAME, data, { jobId });
        await ended(queue, jobId);
      }
      const env = {
        ...settingsOf(ground, simulator),
        FORGET_KEY: 'a key of the tests of 32 characters',
      };
      const run = spawnCallpermit(['forget', '+16502000007', '--yes', '--json'], env);
      const { code, stdout } = await run.untilExit();
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, requests: 1, jobs: 2 });
      const left = (await queue.getJobs(['completed', 'failed'])).map(({ id }) => id);
      expect(left).toContain('of-o');
      expect(left).not.toContain('of-theirs');
      expect(left).not.toContain('of-bad');
      const keys = (await requestsIn(ground.databaseUrl)).map((r) => r.idempotency_key);
      expect(keys).toContain('intake reference o');
      expect(keys).not.toContain('intake reference theirs');
    });
  });

  // On Postgres the queue is where the ledger is.
  const onRedis = ground.queue === 'redis' ? it : undefined;
  onRedis?.('stay, and the person with them, where the queue does not answer', async () => {
    const simulator = await startMeta();
    const env = {
      ...settingsOf(ground, simulator),
      FORGET_KEY: 'a key of the tests of 32 characters',
    };
    await ground.redis?.kill9();
    const run = spawnCallpermit(['forget', '+16502000008', '--yes', '--json'], env);
    const { code } = await run.untilExit();
    expect(code).toBe(4);
    const left = (await requestsIn(ground.databaseUrl)).map((r) => r.to_number);
    expect(left).toContain('+16502000008');
    await simulator.close();
  });
});
