/** What a hand has done to the queue does not stand for people who wait, and is named where it is in the way. */
import { expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { jobs, useAdapter } from './support.ts';

const WEEK_MS = 7 * 86_400_000;

describeOnBothQueues('a queue that somebody works on by hand', (ground) => {
  const bench = useAdapter(ground);

  test('is not full of jobs that wait for a time, and who waits in them is missing', async () => {
    const senderId = bench.newSender();
    await bench.adapter.add(senderId, jobs(2));
    const late = { jobId: 'batch-7', delay: WEEK_MS };
    await bench.queue(senderId).add('by hand', { batch: 7, size: 1 }, late);
    expect(await bench.adapter.size(senderId)).toBe(2);
    expect(await bench.adapter.missing(senderId, [1, 2, 7])).toEqual([7]);
  });

  test('with a limit of BullMQ’s own says so', async () => {
    const [concurrent, limited] = [bench.newSender(), bench.newSender()];
    await bench.queue(concurrent).setGlobalConcurrency(1);
    expect(await bench.adapter.complaint(concurrent)).toMatch(/global concurrency or rate limit/);
    await bench.queue(limited).setGlobalRateLimit(1, 30_000);
    expect(await bench.adapter.complaint(limited)).toMatch(/global concurrency or rate limit/);
    await bench.queue(limited).removeGlobalRateLimit();
    expect(await bench.adapter.complaint(limited)).toBeNull();
  });

  test('shows no number that stands in a campaign’s name', async () => {
    const senderId = bench.newSender();
    const [batch] = jobs(1, { campaign: 'Call +4915112345678 back', size: 3 });
    if (batch !== undefined) await bench.adapter.add(senderId, [batch]);
    const [job] = await bench.queue(senderId).getJobs(['waiting']);
    expect(job?.name).toMatch(/^Call \+49\S*78 back, 3 people$/);
    expect(job?.name).not.toContain('15112345678');
  });
});
