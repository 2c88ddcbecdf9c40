/** Many jobs at once, some of them bad, with two that take and one that sends. */
import { expect, it } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { open, openAsOther, person, settingsOf, startMeta } from './support.ts';

const NAME = 'call-permission-request';
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

describeOnBothQueues('the intake queue with hundreds of jobs, some of them bad', (ground) => {
  it('asks all of the good ones once, and keeps the others with the reason', async () => {
    const simulator = await startMeta();
    const app = await open(settingsOf(ground, simulator));
    const other = openAsOther(ground);
    const takers = [await app.runIntake(), await app.runIntake()];
    const senders = await app.runSenders();
    try {
      const isBad = (i: number) => i % 51 === 50;
      const jobs = Array.from({ length: 306 }, (_, i) => ({
        name: NAME,
        data: person(i, { reference: `order ${i}`, ...(isBad(i) ? { to: '12' } : {}) }),
      }));
      const began = performance.now();
      await other.queue.addBulk(jobs);
      const isOver = async () =>
        (await other.queue.getJobCountByTypes('completed', 'failed')) === jobs.length;
      while (!(await isOver())) await pause();
      const seconds = (performance.now() - began) / 1_000;
      process.stdout.write(`306 jobs on ${ground.queue}: ${seconds.toFixed(1)} s\n`);
      while (simulator.stats().accepted < 300) await pause();

      const asked = simulator.requests().map(({ to }) => to?.replace('+', ''));
      const good = jobs.flatMap(({ data }, i) => (isBad(i) ? [] : [String(data.to).slice(1)]));
      expect([...asked].sort()).toEqual([...good].sort());
      const failed = await other.queue.getFailed(0, -1);
      expect(failed.map(({ data }) => data.to)).toEqual(Array(6).fill('12'));
      for (const job of failed) expect(job.failedReason).toMatch(/^PHONE_\w+: /);
    } finally {
      await senders.close();
      await Promise.all(takers.map((taker) => taker.close()));
      await other.close();
      await app.close();
      await simulator.close();
    }
  }, 600_000);
});
