/** A queue paused in the dashboard keeps its jobs: it is not empty, and they are not lost. */
import { expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { jobs, numbers, useAdapter } from './support.ts';

describeOnBothQueues('a paused queue', (ground) => {
  const bench = useAdapter(ground);

  test('counts what waits, and misses nothing', async () => {
    const senderId = bench.newSender();
    await bench.adapter.add(senderId, jobs(5));
    await bench.queue(senderId).pause();
    expect(await bench.adapter.isPaused(senderId)).toBe(true);
    expect(await bench.adapter.size(senderId)).toBe(5);
    expect(await bench.adapter.missing(senderId, numbers(jobs(5)))).toEqual([]);
  });

  test('is what the queue complains of, for its own sender alone, until it is resumed', async () => {
    const [paused, other] = [bench.newSender(), bench.newSender()];
    await bench.queue(paused).pause();
    expect(await bench.adapter.complaint(paused)).toMatch(/paused in the dashboard/);
    expect(await bench.adapter.complaint(other)).toBeNull();
    await bench.adapter.resume(paused);
    expect(await bench.adapter.complaint(paused)).toBeNull();
    await bench.adapter.resume(other);
    expect(await bench.adapter.isPaused(other)).toBe(false);
  });
});
