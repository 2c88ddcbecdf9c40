/** What the road asks of a queue, on both backends alike. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { QueueJob, QueueWorker } from '../../src/core/ports.ts';
import type { JobData } from '../../src/queue/backend.ts';
import { postgresBackend, redisBackend } from '../../src/queue/backend.ts';
import { queueStation } from '../../src/queue/station.ts';
import { describeOnBothQueues, type RoadGround } from '../support/queues.ts';
import { deferred, Gate } from './support.ts';

type Station = ReturnType<typeof queueStation>;

async function openStation(ground: RoadGround): Promise<Station> {
  const ignore = () => undefined;
  return queueStation(
    ground.redisUrl === undefined
      ? await postgresBackend(ground.databaseUrl, ignore)
      : redisBackend(ground.redisUrl, ignore),
  );
}

const jobs = (n: number, more: Partial<QueueJob> = {}): QueueJob[] =>
  Array.from({ length: n }, (_, i) => ({ request: String(i + 1), feed: 1, lane: 1, ...more }));

describeOnBothQueues('the queue', (ground) => {
  let station: Station;
  let senders = 0;
  const workers: QueueWorker[] = [];

  beforeAll(async () => {
    station = await openStation(ground);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await station.close();
  });

  /** A queue nobody else has. */
  function newSender(): string {
    senders += 1;
    return `10654000000${senders}`;
  }

  function work(
    senderId: string,
    handle: (job: QueueJob) => Promise<void>,
    concurrency = 10,
  ): QueueWorker {
    const worker = station.work(senderId, handle, concurrency);
    workers.push(worker);
    return worker;
  }

  /** Completes every job and lets wait until so many have come. */
  function collect(senderId: string, concurrency?: number) {
    const gate = new Gate<QueueJob>();
    work(senderId, async (job) => gate.push(job), concurrency);
    return gate;
  }

  describe('adding', () => {
    test('puts in jobs that are counted, each queue by itself', async () => {
      const [senderId, other] = [newSender(), newSender()];
      await station.add(senderId, jobs(7));
      expect(await station.size(senderId)).toBe(7);
      expect(await station.size(other)).toBe(0);
    });

    test('of nothing does nothing', async () => {
      const senderId = newSender();
      await station.add(senderId, []);
      expect(await station.size(senderId)).toBe(0);
    });

    test('a job that is there already does not double it; a new feed number is another job', async () => {
      const senderId = newSender();
      await station.add(senderId, jobs(3));
      await station.add(senderId, jobs(3));
      expect(await station.size(senderId)).toBe(3);
      await station.add(senderId, jobs(3, { feed: 2 }));
      expect(await station.size(senderId)).toBe(6);
    });

    test('of more than one bulk keeps them all', async () => {
      const senderId = newSender();
      await station.add(senderId, jobs(1_201));
      expect(await station.size(senderId)).toBe(1_201);
    });

    test('is not swallowed by a kept job: one that was completed may come again under a new feed', async () => {
      const senderId = newSender();
      const gate = collect(senderId);
      await station.add(senderId, jobs(1));
      await gate.until(1);
      await station.add(senderId, jobs(1, { feed: 2 }));
      expect((await gate.until(2)).map((job) => job.feed)).toEqual([1, 2]);
    });
  });

  describe('missing', () => {
    test('are the jobs that are neither waiting nor active', async () => {
      const senderId = newSender();
      const [active, waiting, completed, removed, never] = jobs(5) as [
        QueueJob,
        QueueJob,
        QueueJob,
        QueueJob,
        QueueJob,
      ];
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      work(
        senderId,
        async (job) => {
          taken.push(job);
          if (job.request === active.request) await hold.promise;
        },
        1,
      );
      await station.add(senderId, [completed]);
      await taken.until(1);
      await until(async () => (await station.missing(senderId, [completed])).length === 1);
      await station.add(senderId, [active]);
      await taken.until(2);
      await station.add(senderId, [waiting, removed]);
      await (await station.queue(senderId).getJob('4-1'))?.remove();
      const asked = [active, waiting, completed, removed, never];
      expect(await station.missing(senderId, asked)).toEqual([completed, removed, never]);
      hold.resolve();
      await taken.until(3);
    });

    test('are all of them once the queue is obliterated', async () => {
      const senderId = newSender();
      await station.add(senderId, jobs(4));
      await station.queue(senderId).obliterate({ force: true });
      expect(await station.missing(senderId, jobs(4))).toHaveLength(4);
      expect(await station.size(senderId)).toBe(0);
    });
  });

  describe('working', () => {
    test('hands over each job as it was put in', async () => {
      const senderId = newSender();
      const gate = collect(senderId);
      const given = [
        { request: '9007199254740993', feed: 12, lane: 1 },
        { request: '2', feed: 1, lane: 0 },
      ];
      await station.add(senderId, given);
      const taken = await gate.until(2);
      expect(new Set(taken.map((job) => JSON.stringify(job)))).toEqual(
        new Set(given.map((job) => JSON.stringify(job))),
      );
    });

    test('takes bulk in order, and single requests first though they came last', async () => {
      const senderId = newSender();
      await station.add(senderId, jobs(5));
      await station.add(senderId, [{ request: '100', feed: 1, lane: 0 }]);
      const gate = collect(senderId, 1);
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
      const senderId = newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      work(senderId, async (job) => {
        taken.push(job);
        await hold.promise;
      });
      await station.add(senderId, jobs(1));
      await taken.until(1);
      expect(await station.missing(senderId, jobs(1))).toEqual([]);
      hold.resolve();
      await until(async () => (await station.missing(senderId, jobs(1))).length === 1);
      expect(await station.size(senderId)).toBe(0);
    });

    test('takes as many at once as the concurrency allows, and more when it is raised', async () => {
      const senderId = newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const worker = work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        2,
      );
      await station.add(senderId, jobs(8));
      await taken.until(2);
      expect((await station.queue(senderId).getJobCounts('active')).active).toBe(2);
      worker.setConcurrency(8);
      // The fetch loop looks at it when a job ends or comes in.
      await station.add(senderId, jobs(1, { feed: 2 }));
      hold.resolve();
      await taken.until(9);
    });

    test('two workers of two stations share the jobs, each is run once', async () => {
      const senderId = newSender();
      const second = await openStation(ground);
      const gate = new Gate<QueueJob>();
      const handle = async (job: QueueJob) => gate.push(job);
      work(senderId, handle, 5);
      const other = second.work(senderId, handle, 5);
      await station.add(senderId, jobs(100));
      const taken = await gate.until(100);
      expect(new Set(taken.map((job) => job.request)).size).toBe(100);
      await until(async () => (await station.size(senderId)) === 0);
      expect(taken).toHaveLength(100);
      await other.close();
      await second.close();
    });

    test('many senders in one process all work: none takes the others’ connections', async () => {
      const many = await openStation(ground);
      const gate = new Gate<string>();
      const names = Array.from({ length: 12 }, newSender);
      const open = names.map((senderId) => many.work(senderId, async () => gate.push(senderId), 5));
      for (const senderId of names) await many.add(senderId, jobs(3));
      const taken = await gate.until(36);
      expect(new Set(taken).size).toBe(12);
      await Promise.all(open.map((worker) => worker.close()));
      await many.close();
    });

    test('closing takes no more and waits for what is in hand', async () => {
      const senderId = newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const worker = station.work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        1,
      );
      await station.add(senderId, jobs(3));
      await taken.until(1);
      let closed = false;
      const closing = worker.close().then(() => {
        closed = true;
      });
      await station.add(senderId, jobs(1, { feed: 2 }));
      expect(closed).toBe(false);
      hold.resolve();
      await closing;
      expect(taken.values).toHaveLength(1);
      expect(await station.size(senderId)).toBe(3);
    });

    test('abandoning does not wait', async () => {
      const senderId = newSender();
      const [hold, taken] = [deferred(), new Gate<QueueJob>()];
      const worker = station.work(
        senderId,
        async (job) => {
          taken.push(job);
          await hold.promise;
        },
        1,
      );
      await station.add(senderId, jobs(1));
      await taken.until(1);
      await worker.abandon();
      hold.resolve();
    });
  });

  describe('a job put in by hand', () => {
    async function put(queue: Queue<JobData>, data: unknown, jobId?: string): Promise<void> {
      await queue.add('by hand', data as JobData, jobId === undefined ? {} : { jobId });
    }

    test('doubled under another id is handed over again, as the same row', async () => {
      const senderId = newSender();
      const gate = collect(senderId);
      const [job] = jobs(1) as [QueueJob];
      await station.add(senderId, [job]);
      await put(station.queue(senderId), job);
      expect(await gate.until(2)).toEqual([job, job]);
    });

    test('with garbage in it names a row that cannot be, and fails nothing', async () => {
      const senderId = newSender();
      const gate = collect(senderId);
      const garbage = [
        {},
        { request: 'x; drop table requests', feed: 1, lane: 1 },
        { request: '12345678901234567890123', feed: 1, lane: 1 },
        { request: '5', feed: 'no', lane: 7 },
        { request: '5', feed: 2 ** 40, lane: 0 },
        { request: { $gt: '' }, feed: 1.5 },
        { request: '-5', feed: -3, lane: 0 },
      ];
      for (const [i, data] of garbage.entries()) await put(station.queue(senderId), data, `g-${i}`);
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
      await until(async () => (await station.size(senderId)) === 0);
    });
  });

  test('answers a ping', async () => {
    await expect(station.ping(5_000)).resolves.toBeUndefined();
  });

  test('keeps nothing but ids: no number, no token', async () => {
    const senderId = newSender();
    await station.add(senderId, [{ ...(jobs(1)[0] as QueueJob), to: '+16505551234' } as QueueJob]);
    const [job] = await station.queue(senderId).getJobs(['waiting']);
    expect(job?.data).toEqual({ request: '1', feed: 1, lane: 1 });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}
