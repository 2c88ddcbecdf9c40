/** What sending asks of a queue, on both backends alike: what goes in and what it holds. */
import { describe, expect, test } from '@jest/globals';
import type { BatchJob, FedBatch } from '../../src/core/ports/index.ts';
import { deferred } from '../support/deferred.ts';
import { dropBullMq } from '../support/drop-bullmq.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { Gate, jobs, numbers, until, useAdapter } from './support.ts';

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

    test('a job that is there already does not double it; another number is another job', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(3));
      await bench.adapter.add(senderId, jobs(3));
      expect(await bench.adapter.size(senderId)).toBe(3);
      await bench.adapter.add(senderId, jobs(3, { from: 4 }));
      expect(await bench.adapter.size(senderId)).toBe(6);
    });

    test('of more than one bulk keeps them all', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(1_201));
      expect(await bench.adapter.size(senderId)).toBe(1_201);
    });

    test('single requests have a queue of their own, which the window does not count', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, [
        ...jobs(2),
        ...jobs(3, { from: 10, size: 1, single: true }),
      ]);
      expect(await bench.adapter.size(senderId)).toBe(2);
      const [, singles] = bench.adapter.queues(senderId);
      expect((await singles.getJobs(['waiting'])).map((job) => job.name)).toEqual(
        Array(3).fill('one person'),
      );
    });

    test('names each job so that a person understands it', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, [
        ...jobs(1, { size: 62 }),
        ...jobs(1, { from: 2, size: 1 }),
      ]);
      const names = (await bench.queue(senderId).getJobs(['waiting'])).map((job) => job.name);
      expect(names.sort()).toEqual(['Spring, 1 person', 'Spring, 62 people']);
    });
  });

  describe('missing', () => {
    test('are the jobs that are neither waiting nor active', async () => {
      const senderId = bench.newSender();
      const [active, waiting, completed, removed, single] = [1, 2, 3, 4, 6];
      const one = (from: number, more: Partial<FedBatch> = {}) => jobs(1, { from, ...more });
      const [hold, taken] = [deferred(), new Gate<BatchJob>()];
      const worker = bench.work(
        senderId,
        async (job) => {
          taken.push(job);
          if (job.batch === active) await hold.promise;
        },
        1,
      );
      await bench.adapter.add(senderId, one(completed));
      await taken.until(1);
      await until(async () => (await bench.adapter.missing(senderId, [completed])).length === 1);
      await bench.adapter.add(senderId, one(active));
      await taken.until(2);
      worker.setMost(0);
      await bench.adapter.add(senderId, [...one(waiting), ...one(removed)]);
      await (await bench.queue(senderId).getJob(`batch-${removed}`))?.remove();
      const asked = [active, waiting, completed, removed, 5];
      expect(await bench.adapter.missing(senderId, asked)).toEqual([completed, removed, 5]);
      hold.resolve();
      worker.setMost(1);
      await taken.until(3);
      await bench.adapter.queues(senderId)[1].pause();
      await bench.adapter.add(senderId, one(single, { single: true }));
      expect(await bench.adapter.missing(senderId, [single])).toEqual([]);
    });

    test('are all of them once the queue is obliterated', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(4));
      await bench.queue(senderId).obliterate({ force: true });
      expect(await bench.adapter.missing(senderId, numbers(jobs(4)))).toHaveLength(4);
      expect(await bench.adapter.size(senderId)).toBe(0);
    });
  });

  test('answers a ping', async () => {
    await expect(bench.adapter.ping(5_000)).resolves.toBeUndefined();
  });

  test('keeps nothing but numbers of batches: no person, no token', async () => {
    const senderId = bench.newSender();
    await bench.adapter.add(senderId, [
      { ...(jobs(1)[0] as FedBatch), to: '+16505551234' } as FedBatch,
    ]);
    const [job] = await bench.queue(senderId).getJobs(['waiting']);
    expect(job?.data).toEqual({ batch: 1, size: 20 });
  });

  test('emptied, or its tables dropped, under those who work on it: takes jobs and hands them over again', async () => {
    const senderId = bench.newSender();
    const gate = bench.collect(senderId);
    await bench.adapter.add(senderId, jobs(1));
    await gate.until(1);
    if (ground.redis === undefined) await dropBullMq(ground.databaseUrl);
    else await ground.redis.flush();
    const again = jobs(1, { from: 2 });
    await until(() =>
      bench.adapter.add(senderId, again).then(
        () => true,
        () => false,
      ),
    );
    expect(numbers(await gate.until(2))).toEqual([1, 2]);
  }, 60_000);
});
