/** What sending asks of a queue, on both backends alike: who works on it. */
import { describe, expect, test } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { BatchJob } from '../../src/core/ports/index.ts';
import type { JobData } from '../../src/queue/job.ts';
import { deferred } from '../support/deferred.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { Gate, jobs, numbers, openAdapter, taker, until, useAdapter } from './support.ts';

describeOnBothQueues('the queue', (ground) => {
  const bench = useAdapter(ground);

  describe('working', () => {
    test('hands over each batch as it was put in', async () => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      await bench.adapter.add(senderId, [
        ...jobs(1, { from: 2 ** 52, size: 250 }),
        ...jobs(1, { from: 2, size: 1, single: true }),
      ]);
      const taken = (await gate.until(2)).map(({ batch, size, single }) => ({
        batch,
        size,
        single,
      }));
      expect(taken.sort((a, b) => a.batch - b.batch)).toEqual([
        { batch: 2, size: 1, single: true },
        { batch: 2 ** 52, size: 250, single: false },
      ]);
    });

    test('takes batches of campaigns in order', async () => {
      const senderId = bench.newSender();
      await bench.adapter.add(senderId, jobs(5));
      expect(numbers(await bench.collect(senderId, 1).until(5))).toEqual([1, 2, 3, 4, 5]);
    });

    test('takes a single request at once while all room for campaigns is taken', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<BatchJob>()];
      bench.work(
        senderId,
        async (job) => {
          taken.push(job);
          if (!job.single) await hold.promise;
        },
        2,
      );
      await bench.adapter.add(senderId, jobs(5));
      await taken.until(2);
      await bench.adapter.add(senderId, jobs(1, { from: 100, size: 1, single: true }));
      expect((await taken.until(3))[2]).toMatchObject({ batch: 100, single: true });
      hold.resolve();
      await taken.until(6);
    });

    test('a job is active until its handle resolves, and shows what came of it then', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<BatchJob>()];
      bench.work(senderId, async (job) => {
        taken.push(job);
        job.tell(50, ['row 1: rejected, 131026: none', 'row 2: uncertain, timeout']);
        await hold.promise;
        return { accepted: 18, rejected: 1, uncertain: 1 };
      });
      await bench.adapter.add(senderId, jobs(1));
      await taken.until(1);
      expect(await bench.adapter.missing(senderId, [1])).toEqual([]);
      hold.resolve();
      await until(async () => (await bench.adapter.missing(senderId, [1])).length === 1);
      expect(await bench.adapter.size(senderId)).toBe(0);
      const job = await bench.queue(senderId).getJob('batch-1');
      expect(job?.returnvalue).toEqual({ accepted: 18, rejected: 1, uncertain: 1 });
      expect(job?.progress).toBe(50);
      const { logs } = await bench.queue(senderId).getJobLogs('batch-1');
      expect(logs.join('\n')).toBe('row 1: rejected, 131026: none\nrow 2: uncertain, timeout');
    });

    test('takes as many as there is room for, and more when there is, though none of its jobs ends', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<BatchJob>()];
      const worker = bench.work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        2,
      );
      await bench.adapter.add(senderId, jobs(9));
      await taken.until(2);
      expect((await bench.queue(senderId).getJobCounts('active')).active).toBe(2);
      for (const most of [3, 6]) {
        worker.setMost(most);
        await taken.until(most);
        expect((await bench.queue(senderId).getJobCounts('active')).active).toBe(most);
      }
      hold.resolve();
      await taken.until(9);
    });

    test('two workers of two adapters share the jobs, each is run once', async () => {
      const senderId = bench.newSender();
      const second = await openAdapter(ground);
      const gate = new Gate<BatchJob>();
      const handle = async (job: BatchJob) => gate.push(job);
      bench.work(senderId, handle, 5);
      const other = second.work(senderId, taker(handle, 5));
      await bench.adapter.add(senderId, jobs(100));
      const taken = await gate.until(100);
      expect(new Set(numbers(taken)).size).toBe(100);
      await until(async () => (await bench.adapter.size(senderId)) === 0);
      expect(taken).toHaveLength(100);
      await other.close();
      await second.close();
    });

    test('many senders in one process all work: none takes the others’ connections', async () => {
      const many = await openAdapter(ground);
      const gate = new Gate<string>();
      const names = Array.from({ length: 12 }, bench.newSender);
      const open = names.map((senderId) =>
        many.work(
          senderId,
          taker(async () => gate.push(senderId), 5),
        ),
      );
      for (const senderId of names) await many.add(senderId, jobs(3));
      const taken = await gate.until(36);
      expect(new Set(taken).size).toBe(12);
      await Promise.all(open.map((worker) => worker.close()));
      await many.close();
    });

    test('closing takes no more and waits for what it holds', async () => {
      const senderId = bench.newSender();
      const [hold, taken] = [deferred(), new Gate<BatchJob>()];
      const given = taker(async (job) => {
        taken.push(job);
        await hold.promise;
      }, 1);
      const worker = bench.adapter.work(senderId, given);
      await bench.adapter.add(senderId, jobs(3));
      await taken.until(1);
      let closed = false;
      const closing = worker.close().then(() => {
        closed = true;
      });
      await bench.adapter.add(senderId, jobs(1, { from: 9 }));
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

    test('doubled under another id is handed over again, as the same batch', async () => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      await bench.adapter.add(senderId, jobs(1));
      await put(bench.queue(senderId), { batch: 1, size: 20 });
      expect(numbers(await gate.until(2))).toEqual([1, 1]);
    });

    test.each<[string, unknown, number, number]>([
      ['nothing in it', {}, 0, 1],
      ['no data at all', null, 0, 1],
      ['what an older program put in', { request: '5', feed: 1, lane: 1 }, 0, 1],
      ['a text for a number', { batch: '7; drop table requests', size: '9' }, 0, 1],
      ['ten million rows', { batch: 7, size: 10_000_000 }, 7, 250],
      ['a number below zero', { batch: -7, size: -1 }, 0, 1],
      ['a broken number', { batch: 7.5, size: 0.5 }, 0, 1],
      ['a number too large', { batch: 2 ** 60, size: 20 }, 0, 20],
    ])('with %s names a batch that may be, and fails nothing', async (_, data, batch, size) => {
      const senderId = bench.newSender();
      const gate = bench.collect(senderId);
      await put(bench.queue(senderId), data);
      expect((await gate.until(1))[0]).toMatchObject({ batch, size, single: false });
      await until(async () => (await bench.adapter.size(senderId)) === 0);
    });
  });
});
