/** Events as jobs of `callpermit-events`, on both queues: each once, by its own id, in order, and gone with the person. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { forgetPerson } from '../../src/campaign/forget-person.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { open, query, settingsOf, startMeta } from '../intake-queue/support.ts';
import { describeOnBothQueues } from '../support/queues.ts';

describeOnBothQueues('the queue of events', (ground) => {
  let simulator: Simulator;
  let app: Awaited<ReturnType<typeof open>>;
  let running: Awaited<ReturnType<typeof app.runEvents>>;
  let queue: Queue;

  beforeAll(async () => {
    simulator = await startMeta();
    app = await open({
      ...{ ...settingsOf(ground, simulator), EVENTS_QUEUE: '1' },
      FORGET_KEY: '0123456789abcdef0123456789abcdef',
    });
    running = await app.runEvents();
    queue = app.dashboard().find(({ name }) => name === 'callpermit-events') as Queue;
    while ((await app.ledger.events.subscriptions()).length === 0);
  });
  afterAll(async () => {
    await running?.close();
    await app?.close();
    await simulator?.close();
  });

  const word = (
    person: string,
    status: 'permanent' | 'declined',
    key = `wamid.${person}.${status}`,
  ) =>
    app.ledger.replies.bookAnswers([
      {
        ...{ senderId: simulator.phoneNumberId, key, person, status },
        ...{ source: 'answer', at: new Date() },
      },
    ]);

  async function jobs(n: number) {
    while ((await queue.getWaitingCount()) < n);
    const found = await queue.getJobs(['waiting'], 0, 100, true);
    return found.map(({ id, name, data }) => ({ id, name, data }));
  }

  it('has each event once, in order, by its own id', async () => {
    await word('16505550001', 'declined');
    await word('16505550001', 'permanent');
    await word('16505550002', 'permanent');
    const found = await jobs(3);
    const log = (await app.ledger.events.list({ limit: 10 })).toReversed();
    expect(found.map(({ id }) => id)).toEqual(log.map(({ id }) => id));
    expect(found.map(({ name, data }) => [name, data.type, data.data.to])).toEqual([
      ['permission.declined', 'permission.declined', '+16505550001'],
      ['permission.granted', 'permission.granted', '+16505550001'],
      ['permission.granted', 'permission.granted', '+16505550002'],
    ]);
    // Told again they are the same jobs.
    const since = new Date(Date.now() - 60_000);
    await app.ledger.events.replay({ subscription: 'queue', since });
    while ((await app.ledger.events.standing()).some(({ pending }) => pending > 0));
    expect(await jobs(3)).toEqual(found);
  });

  it('has nothing of a person who was forgotten', async () => {
    const { ledger } = app;
    const done = await forgetPerson(
      {
        ...{ ledger, uncertainCheckAfterMs: 1, defaultCountry: undefined },
        spool: await app.spool(),
        intakeQueue: await app.intakeQueue(),
        eventQueue: await app.eventQueue(),
      },
      { name: '+16505550001', clock: systemClock },
    );
    expect(done).toMatchObject({ ok: true, value: { eventJobs: 2, known: true } });
    const left = await jobs(1);
    expect(left.map(({ data }) => data.data.to)).toEqual(['+16505550002']);
    const events = await query(ground.databaseUrl, 'select data::text from events');
    expect(JSON.stringify(events)).not.toContain('16505550001');
  });
});
