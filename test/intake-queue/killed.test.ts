/** A process that dies between what it wrote and its answer: the job is begun again, and asks nobody a second time. */
import { expect, it } from '@jest/globals';
import pg from 'pg';
import { spawnCallpermit } from '../support/callpermit.ts';
import { describeOnBothQueues, type QueueGround } from '../support/queues.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { ended, openAsOther, person, query, requestsIn, settingsOf, startMeta } from './support.ts';

/** Whoever writes this waits for the test's lock first. */
const HELD = {
  redis: { table: 'public.campaigns', when: `new.state = 'running'` },
  postgres: { table: 'bullmq.job', when: `new.state = 'completed'` },
} as const;
const LOCK = 4_711;

describeOnBothQueues('a taker of jobs killed between write and completion', (ground) => {
  it('leaves one request, and the next one answers the job by it', async () => {
    const simulator = await startMeta();
    const proxy = ground.redis && (await startTcpProxy({ port: ground.redis.port }));
    const env = settingsOf(ground, simulator);
    const held =
      ground.redisUrl === undefined
        ? env
        : { ...env, REDIS_URL: proxy?.through(ground.redisUrl) ?? '' };
    const first = spawnCallpermit(['api', '--json'], held);
    const lock = new pg.Client({ connectionString: ground.databaseUrl });
    await lock.connect();
    let other: ReturnType<typeof openAsOther> | undefined;
    let next: ReturnType<typeof spawnCallpermit> | undefined;
    try {
      await first.untilLine(/"state":"ready"/);
      await holdUp(lock, ground);
      other = openAsOther(ground);
      const { id } = await other.queue.add('call-permission-request', person(1), { jobId: 'one' });
      await untilHeldUp(ground);
      if (proxy) {
        // It has the job and is about to write the last of it; its answer will not get through.
        proxy.setNew('refuse');
        proxy.stallAll();
        await lock.query(`select pg_advisory_unlock(${LOCK})`);
        await untilRunning(ground);
      }
      first.kill('SIGKILL');
      await first.untilExit();
      await letGo(lock, ground);
      expect(await requestsIn(ground.databaseUrl)).toHaveLength(1);
      expect(await other.queue.getJobState('one')).toBe('active');

      next = spawnCallpermit(['api', '--json'], env);
      const job = await ended(other.queue, id);
      const [campaign] = await query<{ id: string }>(
        ground.databaseUrl,
        'select id from campaigns',
      );
      expect(job.returnvalue).toMatchObject({ id: campaign?.id, created: false, state: 'running' });
      expect(await requestsIn(ground.databaseUrl)).toHaveLength(1);
    } finally {
      first.kill('SIGKILL');
      next?.kill('SIGTERM');
      await next?.untilExit();
      await other?.close();
      await lock.end();
      await proxy?.close();
      await simulator.close();
    }
  }, 300_000);
});

async function holdUp(lock: pg.Client, { queue }: QueueGround): Promise<void> {
  const { table, when } = HELD[queue];
  await lock.query(`select pg_advisory_lock(${LOCK})`);
  await lock.query(`create function public.hold_up() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock_shared(${LOCK}); return new; end $$`);
  await lock.query(`create trigger hold_up before insert or update on ${table} for each row
    when (${when}) execute function public.hold_up()`);
}

async function untilHeldUp({ databaseUrl }: QueueGround): Promise<void> {
  while ((await waiters(databaseUrl)).length === 0);
}

async function untilRunning({ databaseUrl }: QueueGround): Promise<void> {
  while (
    (await query(databaseUrl, `select 1 from campaigns where state = 'running'`)).length === 0
  );
}

/** What a dead process asked of Postgres would else be done once the lock is free. */
async function letGo(lock: pg.Client, { queue, databaseUrl }: QueueGround): Promise<void> {
  for (const { pid } of await waiters(databaseUrl))
    await lock.query('select pg_terminate_backend($1)', [pid]);
  while ((await waiters(databaseUrl)).length > 0);
  await lock.query(`drop trigger hold_up on ${HELD[queue].table}`);
}

function waiters(databaseUrl: string): Promise<{ pid: number }[]> {
  return query(
    databaseUrl,
    `select pid from pg_locks where locktype = 'advisory' and not granted and objid = ${LOCK}
      and database = (select oid from pg_database where datname = current_database())`,
  );
}
