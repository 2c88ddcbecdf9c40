/** What sending asks of a queue, on both backends alike: who works on it. */
import { describe, expect, test } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { QueueJob } from '../../src/core/ports/index.ts';
import type { JobData } from '../../src/queue/backend.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { deferred, Gate, jobs, openAdapter, until, useAdapter } from './support.ts';

describeOnBothQueues('the queue', (ground) => {
  const bench = useAdapter(ground);

  describe('working', () => {
    test('hands over each job as it was put in', async () => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      const given = [
        { request: '9007199254740993', feed: 12, lane: 1 },
        { request: '2', feed: 1, lane: 0 },
      ];
      await bench.adapter.add(senderId, given);
      const taken = await gate.until(2);
      expect(new Set(taken.map((job) => JSON.stringify(job)))).toEqual(
        new Set(given.map((job) => JSON.stringify(job))),
      );
    });

    test('takes bulk in order, and single requests first though they came last', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(5));
      await bench.adapter.add(senderId, [{ request: '100', feed: 1, lane: 0 }]);
      const gate = bench.collect(senderId, 1);
      expect((await gate.until(6)).map((job) => job.request)).toEqual([
        '100',
        '1',
        '2',
        '3',
        '4',
        '5',
      ]);
    });

    test('a job is active until its handle resolves, and gone then', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      bench.work(senderId, async (job) => {
        taken.push(job);
        await hold.promise;
      });
      await bench.adapter.add(senderId, jobs(1));
      await taken.until(1);
      expect(await bench.adapter.missing(senderId, jobs(1))).toEqual([]);
      hold.resolve();
      await until(async () => (await bench.adapter.missing(senderId, jobs(1))).length === 1);
      expect(await bench.adapter.size(senderId)).toBe(0);
    });

    test('takes as many at once as the concurrency allows, and more when it is raised', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const worker = bench.work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        2,
      );
      await bench.adapter.add(senderId, jobs(8));
      await taken.until(2);
      expect((await bench.adapter.queue(senderId).getJobCounts('active')).active).toBe(2);
      worker.setConcurrency(8);
      // The fetch loop looks at it when a job ends or comes in.
      await bench.adapter.add(senderId, jobs(1, { feed: 2 }));
      hold.resolve();
      await taken.until(9);
    });

    test('begins with the first before it has fetched as many as it may take', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const actives: Promise<number | undefined>[] = [];
      await bench.adapter.add(senderId, jobs(320));
      bench.work(
        senderId,
        async (job) => {
          if (taken.values.length === 0)
            actives.push(
              bench.adapter
                .queue(senderId)
                .getJobCounts('active')
                .then(({ active }) => active),
            );
          taken.push(job);
          await hold.promise;
        },
        300,
      );
      await taken.until(300);
      expect(await actives[0]).toBeLessThan(150);
      hold.resolve();
      await taken.until(320);
    });

    test('holds never more than the concurrency, however many workers fetch for it', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const most = 101;
      await bench.adapter.add(senderId, jobs(most + 40));
      bench.work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        most,
      );
      await taken.until(most);
      expect((await bench.adapter.queue(senderId).getJobCounts('active')).active).toBe(most);
      hold.resolve();
      await taken.until(most + 40);
      expect(new Set(taken.values.map((job) => job.request)).size).toBe(most + 40);
    });

    test('two workers of two adapters share the jobs, each is run once', async () => {
      const senderId = bench.newSender();
      const second = await openAdapter(ground);
      const gate = new Gate<QueueJob>();
      const handle = async (job: QueueJob) => gate.push(job);
      bench.work(senderId, handle, 5);
      const other = second.work(senderId, handle, 5);
      await bench.adapter.add(senderId, jobs(100));
      const taken = await gate.until(100);
      expect(new Set(taken.map((job) => job.request)).size).toBe(100);
      await until(async () => (await bench.adapter.size(senderId)) === 0);
      expect(taken).toHaveLength(100);
      await other.close();
      await second.close();
    });

    test('many senders in one process all work: none takes the others’ connections', async () => {
      const many = await openAdapter(ground);
      const gate = new Gate<string>();
      const names = Array.from({ length: 12 }, bench.newSender);
      const open = names.map((senderId) => many.work(senderId, async () => gate.push(senderId), 5));
      for (const senderId of names) await many.add(senderId, jobs(3));
      const taken = await gate.until(36);
      expect(new Set(taken).size).toBe(12);
      await Promise.all(open.map((worker) => worker.close()));
      await many.close();
    });

    test('closing takes no more and waits for what it holds', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const worker = bench.adapter.work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        1,
      );
      await bench.adapter.add(senderId, jobs(3));
      await taken.until(1);
      let closed = false;
      const closing = worker.close().then(() => {
        closed = true;
      });
      await bench.adapter.add(senderId, jobs(1, { feed: 2 }));
      expect(closed).toBe(false);
      hold.resolve();
      await closing;
      expect(taken.values).toHaveLength(1);
      expect(await bench.adapter.size(senderId)).toBe(3);
    });
  });

  describe('a job put in by hand', () => {
    async function put(queue: Queue<JobData>, data: unknown, jobId?: string): Promise<void> {
      await queue.add('by hand', data as JobData, jobId === undefined ? {} : { jobId });
    }

    test('doubled under another id is handed over again, as the same row', async () => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      const [job] = jobs(1) as [QueueJob];
      await bench.adapter.add(senderId, [job]);
      await put(bench.adapter.queue(senderId), job);
      expect(await gate.until(2)).toEqual([job, job]);
    });

    test('with garbage in it names a row that cannot be, and fails nothing', async () => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      const garbage = [
        {},
        { request: 'x; drop table requests', feed: 1, lane: 1 },
        { request: '12345678901234567890123', feed: 1, lane: 1 },
        { request: '5', feed: 'no', lane: 7 },
        { request: '5', feed: 2 ** 40, lane: 0 },
        { request: { $gt: '' }, feed: 1.5 },
        { request: '-5', feed: -3, lane: 0 },
      ];
      for (const [i, data] of garbage.entries())
        await put(bench.adapter.queue(senderId), data, `g-${i}`);
      const taken = (await gate.until(garbage.length)).map((job) => JSON.stringify(job)).sort();
      expect(taken).toEqual(
        [
          { request: '0', feed: -1, lane: 1 },
          { request: '0', feed: 1, lane: 1 },
          { request: '0', feed: 1, lane: 1 },
          { request: '5', feed: -1, lane: 1 },
          { request: '5', feed: -1, lane: 0 },
          { request: '0', feed: -1, lane: 1 },
          { request: '0', feed: -3, lane: 0 },
        ]
          .map((job) => JSON.stringify(job))
          .sort(),
      );
      await until(async () => (await bench.adapter.size(senderId)) === 0);
    });
  });
});
