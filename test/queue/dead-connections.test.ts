import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { InfrastructureError } from '../../src/core/problem.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type Adapter, Gate, jobs, openAdapter, taker } from './support.ts';

/** Everything works again within this long, in ms. */
const RECOVERED_MS = 15_000;

describeOnBothQueues('a queue whose standing connections go dead silently', (ground) => {
  let proxy: TcpProxy;
  let near: Adapter;
  let far: Adapter;

  beforeAll(async () => {
    const url = ground.redisUrl ?? ground.databaseUrl;
    proxy = await startTcpProxy({ port: Number(new URL(url).port) });
    far = await openAdapter(ground);
    near = await openAdapter({
      redisUrl: ground.redisUrl === undefined ? undefined : proxy.through(ground.redisUrl),
      databaseUrl: proxy.through(ground.databaseUrl),
    });
  });
  afterAll(async () => {
    await near.close();
    await far.close();
    await proxy.close();
  });

  test('its worker takes jobs again, and what is put in arrives, each within fifteen seconds', async () => {
    const came = new Gate<number>();
    const worker = near.work(
      '106540001',
      taker(async (job) => came.push(job.batch), 20),
    );
    await near.add('106540001', jobs(3));
    await came.until(3);

    proxy.stallAll();
    const began = performance.now();
    await far.add('106540001', jobs(3, { from: 4 }));
    await came.until(6);
    expect(performance.now() - began).toBeLessThan(RECOVERED_MS);
    for (;;) {
      const failed = await near.add('106540001', jobs(3, { from: 7 })).catch((e: unknown) => e);
      if (failed === undefined) break;
      expect(failed).toBeInstanceOf(InfrastructureError);
    }
    await came.until(9);
    expect(performance.now() - began).toBeLessThan(RECOVERED_MS);
    await worker.close();
  });

  test('it is closed within ten seconds while nothing answers, new connections neither', async () => {
    const adapter = await openAdapter({
      redisUrl: ground.redisUrl === undefined ? undefined : proxy.through(ground.redisUrl),
      databaseUrl: proxy.through(ground.databaseUrl),
    });
    const came = new Gate<number>();
    const worker = adapter.work(
      '106540002',
      taker(async (job) => came.push(job.batch), 20),
    );
    await adapter.add('106540002', jobs(1));
    await came.until(1);
    proxy.stallAll();
    proxy.setNew('stall');
    const began = performance.now();
    // As a process that must end does: it waits for its worker no longer than it has.
    void worker.close();
    await adapter.close();
    expect(performance.now() - began).toBeLessThan(10_000);
    proxy.setNew('pass');
  });
});
