/** What sending asks of a queue, on both backends alike: what goes in and what it holds. */
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { QueueJob } from '../../src/core/ports/index.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { deferred, Gate, jobs, until, useAdapter } from './support.ts';

describeOnBothQueues('the queue', (ground) => {
  const bench = useAdapter(ground);

  describe('adding', () => {
    test('puts in jobs that are counted, each queue by itself', async () => {
      const [senderId, other] = [bench.newSender(), bench.newSender()];
      await bench.adapter.add(senderId, jobs(7));
      expect(await bench.adapter.size(senderId)).toBe(7);
      expect(await bench.adapter.size(other)).toBe(0);
    });

    test('of nothing does nothing', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, []);
      expect(await bench.adapter.size(senderId)).toBe(0);
    });

    test('a job that is there already does not double it; a new feed number is another job', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(3));
      await bench.adapter.add(senderId, jobs(3));
      expect(await bench.adapter.size(senderId)).toBe(3);
      await bench.adapter.add(senderId, jobs(3, { feed: 2 }));
      expect(await bench.adapter.size(senderId)).toBe(6);
    });

    test('of more than one bulk keeps them all', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(1_201));
      expect(await bench.adapter.size(senderId)).toBe(1_201);
    });

    test('is not swallowed by a kept job: one that was completed may come again under a new feed', async () => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      await bench.adapter.add(senderId, jobs(1));
      await gate.until(1);
      await bench.adapter.add(senderId, jobs(1, { feed: 2 }));
      expect((await gate.until(2)).map((job) => job.feed)).toEqual([1, 2]);
    });
  });

  describe('missing', () => {
    test('are the jobs that are neither waiting nor active', async () => {
      const senderId = bench.newSender();
      const [active, waiting, completed, removed, never] = jobs(5) as [
        QueueJob,
        QueueJob,
        QueueJob,
        QueueJob,
        QueueJob,
      ];
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      bench.work(
        senderId,
        async (job) => {
          taken.push(job);
          if (job.request === active.request) await hold.promise;
        },
        1,
      );
      await bench.adapter.add(senderId, [completed]);
      await taken.until(1);
      await until(async () => (await bench.adapter.missing(senderId, [completed])).length === 1);
      await bench.adapter.add(senderId, [active]);
      await taken.until(2);
      await bench.adapter.add(senderId, [waiting, removed]);
      await (await bench.adapter.queue(senderId).getJob('4-1'))?.remove();
      const asked = [active, waiting, completed, removed, never];
      expect(await bench.adapter.missing(senderId, asked)).toEqual([completed, removed, never]);
      hold.resolve();
      await taken.until(3);
    });

    test('are all of them once the queue is obliterated', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(4));
      await bench.adapter.queue(senderId).obliterate({ force: true });
      expect(await bench.adapter.missing(senderId, jobs(4))).toHaveLength(4);
      expect(await bench.adapter.size(senderId)).toBe(0);
    });
  });

  test('answers a ping', async () => {
    await expect(bench.adapter.ping(5_000)).resolves.toBeUndefined();
  });

  test('keeps nothing but ids: no number, no token', async () => {
    const senderId = bench.newSender();
    await bench.adapter.add(senderId, [
      { ...(jobs(1)[0] as QueueJob), to: '+16505551234' } as QueueJob,
    ]);
    const [job] = await bench.adapter.queue(senderId).getJobs(['waiting']);
    expect(job?.data).toEqual({ request: '1', feed: 1, lane: 1 });
  });

  test('emptied, or its tables dropped, under those who work on it: takes jobs and hands them over again', async () => {
    const senderId = bench.newSender();
    const gate = bench.collect(senderId);
    await bench.adapter.add(senderId, jobs(1));
    await gate.until(1);
    if (ground.redis === undefined) {
      const client = new pg.Client({ connectionString: ground.databaseUrl });
      await client.connect();
      await client.query('drop schema bullmq cascade');
      await client.end();
    } else await ground.redis.flush();
    const again = jobs(1, { feed: 2 });
    await until(() =>
      bench.adapter.add(senderId, again).then(
        () => true,
        () => false,
      ),
    );
    expect((await gate.until(2)).map((job) => job.feed)).toEqual([1, 2]);
  }, 60_000);
});
