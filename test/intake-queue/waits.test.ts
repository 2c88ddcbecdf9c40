/** What is not a job's fault is waited for, whatever its adder said of attempts; and a person's jobs can be removed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { isJobOf } from '../../src/campaign/intake-job-person.ts';
import { takeIntakeJob } from '../../src/campaign/take-intake-job.ts';
import { mentionsOf } from '../../src/core/people/mentions.ts';
import type { IntakeJob, IntakeWorker } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { ended, open, openAsOther, person, requestsIn, settingsOf, startMeta } from './support.ts';

const NAME = 'call-permission-request';
const HOUR_MS = 3_600_000;

describeOnBothQueues('the intake queue', (ground) => {
  describe('in trouble', () => {
    let simulator: Simulator;
    let app: Awaited<ReturnType<typeof open>>;
    let other: ReturnType<typeof openAsOther>;
    let queue: Queue;
    let taker: IntakeWorker | undefined;

    beforeAll(async () => {
      simulator = await startMeta();
      app = await open(settingsOf(ground, simulator));
      other = openAsOther(ground);
      queue = other.queue;
    });

    afterAll(async () => {
      await taker?.close();
      await other?.close();
      await app?.close();
      await simulator?.close();
    });

    it('removes a person’s jobs, whether they wait or have ended, and nobody else’s', async () => {
      await queue.addBulk([
        { name: NAME, data: person(1), opts: { jobId: 'theirs' } },
        { name: NAME, data: person(1, { to: '+1 (650) 200-0001' }), opts: { delay: HOUR_MS } },
        { name: NAME, data: person(1, { to: '12' }), opts: { jobId: 'bad' } },
        { name: NAME, data: person(2), opts: { jobId: 'another', delay: HOUR_MS } },
      ]);
      taker = await app.runIntake();
      await ended(queue, 'theirs');
      await ended(queue, 'bad');
      const mentions = mentionsOf({ names: ['16502000001'] });
      const removed = await (await app.intakeQueue()).remove((data) => isJobOf(mentions, data));
      expect(removed).toBe(2);
      const left = await queue.getJobs(['completed', 'failed', 'delayed', 'waiting']);
      expect(left.map(({ id }) => id).sort()).toEqual(['another', 'bad']);
    });

    it('waits for a token that Meta takes again, without attempts of its adder', async () => {
      simulator.apply({ set: 'token', action: 'revoke' });
      const { id = '' } = await queue.add(NAME, person(3, { template: 'late' }));
      const state = () => queue.getJobState(id);
      while (['waiting', 'active'].includes(await state()));
      expect(await state()).toBe('delayed');
      const { logs } = await queue.getJobLogs(id);
      expect(logs[0]).toMatch(/^\S+Z TOKEN_REFUSED: /);
      simulator.apply({ set: 'token', action: 'restore' });
      const job = await ended(queue, id);
      expect(job.returnvalue).toMatchObject({ created: true, state: 'running' });
      expect(job.attemptsMade).toBeLessThanOrEqual(1);
      expect((await requestsIn(ground.databaseUrl)).at(-1)?.to_number).toBe('+16502000003');
    });

    it('is left alone by a process without a token', async () => {
      await taker?.close();
      const { WHATSAPP_ACCESS_TOKEN: _, ...env } = settingsOf(ground, simulator);
      const poor = await open(env);
      taker = await poor.runIntake();
      const { id = '' } = await queue.add(NAME, person(4));
      expect(poor.logged()).toContain('left to processes with a sender and its token');
      expect(await queue.getWorkersCount()).toBe(0);
      await taker.close();
      await poor.close();
      taker = await app.runIntake();
      expect((await ended(queue, id)).returnvalue).toMatchObject({ created: true });
    });
  });
});

describe('a job that finds the database away', () => {
  const away = {
    config: { senders: [{ phoneNumberId: '1', messagesPerSecond: 1, token: { kind: 'none' } }] },
    tokens: 'spared',
    meta: () => Promise.reject(new Error('not asked')),
    ledger: () => Promise.reject(new InfrastructureError('database', 'gone')),
  };
  const job = (more: Partial<IntakeJob> = {}): IntakeJob => ({
    ...{ id: 'a', name: NAME, data: person(1, { skipPreflight: true }), addedAt: 0, starts: 1 },
    ...more,
  });
  const take = async (one: IntakeJob, now = 0) => {
    const { openIntake } = await import('../../src/wiring.ts');
    return takeIntakeJob({ ...away, lists: openIntake() } as never, one, now);
  };

  it('waits twice as long each time, a minute at most', async () => {
    const waits = await Promise.all(
      [1, 2, 3, 6, 7, 8, 10_000].map(async (starts) => take(job({ starts }))),
    );
    expect(waits.map((end) => end.kind === 'later' && end.waitMs)).toEqual([
      ...[1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000],
    ]);
  });

  it('is told so after a day', async () => {
    expect(await take(job(), 23 * HOUR_MS)).toMatchObject({ kind: 'later' });
    expect(await take(job(), 25 * HOUR_MS)).toMatchObject({
      kind: 'refused',
      reason: 'DATABASE_UNREACHABLE: The database does not answer.',
    });
  });
});
