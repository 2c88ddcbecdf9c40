/** A queue paused in the dashboard keeps its jobs: it is not empty, and they are not lost. */
import { expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { jobs, useStation } from './support.ts';

describeOnBothQueues('a paused queue', (ground) => {
  const bench = useStation(ground);

  test('counts what waits, and misses nothing', async () => {
    const senderId = bench.newSender();
    await bench.station.add(senderId, jobs(5));
    await bench.station.queue(senderId).pause();
    expect(await bench.station.isPaused(senderId)).toBe(true);
    expect(await bench.station.size(senderId)).toBe(5);
    expect(await bench.station.missing(senderId, jobs(5))).toEqual([]);
  });

  test('is what the queue complains of, for its own sender alone, until it is resumed', async () => {
    const [paused, other] = [bench.newSender(), bench.newSender()];
    await bench.station.queue(paused).pause();
    expect(await bench.station.complaint(paused)).toMatch(/paused in the dashboard/);
    expect(await bench.station.complaint(other)).toBeNull();
    await bench.station.resume(paused);
    expect(await bench.station.complaint(paused)).toBeNull();
    await bench.station.resume(other);
    expect(await bench.station.isPaused(other)).toBe(false);
  });
});
