/** A whole run: whom, when and how many, with the processes and the server at work. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { describeOnBothQueues } from '../support/queues.ts';

const DAY_MS = 86_400_000;

describeOnBothQueues('whom, when and how many', (ground) => {
  let system: OpenSystem;

  beforeAll(async () => {
    system = await openSystem(ground, { senders: 2, env: { MESSAGES_PER_SECOND: '100' } });
  });
  afterAll(() => system.close());

  const expectEach = (people: readonly string[], posts: number) => {
    for (const to of people) expect(system.posts(to)).toBe(posts);
  };

  test('the same person in several campaigns at once is asked once, and again a day later', async () => {
    const people = newNumbers(5);
    const wait = await Promise.all([1, 2, 3].map(() => system.ask(people)));
    const skip = await system.ask(people, { onPairLimit: 'skip' });
    for (const id of [...wait, skip]) await system.untilIdle(id);
    expectEach(people, 1);
    const settled = await system.get(skip);
    expect(settled.counts.accepted + settled.counts.skipped).toBe(5);
    system.simulator.advanceClock(DAY_MS + 60_000);
    await system.advance(DAY_MS + 60_000);
    for (const id of wait) await system.untilIdle(id);
    expectEach(people, 2);
    system.simulator.advanceClock(DAY_MS + 60_000);
    await system.advance(DAY_MS + 60_000);
    for (const id of wait) await system.untilIdle(id);
    expectEach(people, 2);
  });

  test('one of two senders is blocked: its people wait, all others are asked', async () => {
    const people = newNumbers(40);
    const [first, second] = system.senders as [string, string];
    const of = (i: number) => (i % 2 === 0 ? first : second);
    const blocked = people.filter((_, i) => of(i) === second);
    system.simulator.addFaults([{ to: blocked, effect: { kind: 'refuse', code: 131031 } }]);
    const id = await system.ask(people, {
      senderIds: [first, second],
      recipient: (i) => ({ senderId: of(i) }),
    });
    const paused = await system.until(
      id,
      // What was held goes back a moment after.
      ({ state, counts }) => state === 'paused' && counts.pending === 20,
    );
    expect(paused.reason).toMatchObject({ scope: 'sender', code: 131031 });
    expect(paused.counts).toMatchObject({ accepted: 20, pending: 20, rejected: 0 });
    system.simulator.setFaults([]);
    expect((await resumeCampaign(system.app, id)).ok).toBe(true);
    const done = await system.until(id, ({ state }) => state === 'completed');
    expect(done.counts.accepted).toBe(40);
  });

  test('opt-outs that come while a campaign runs are not asked any more', async () => {
    const people = newNumbers(300);
    const id = await system.ask(people);
    await system.until(id, ({ counts }) => counts.accepted >= 20);
    const late = people.slice(-100).map((to) => ({ to }));
    await system.app.ledger.people.suppress({ people: late, source: 'import' });
    const done = await system.until(id, ({ state }) => state === 'completed');
    expect(done.counts.accepted + done.counts.skipped).toBe(300);
    // A busy machine may take a while to import; whom the list names after that is not asked.
    const asked = late.filter(({ to }) => system.posts(to) > 0).length;
    expect(done.counts.skipped).toBe(100 - asked);
    expect(done.counts.skipped).toBeGreaterThan(0);
  });

  test('a single request goes before a list that is already in the queue', async () => {
    const people = newNumbers(600);
    const list = await system.ask(people);
    await system.until(list, ({ counts }) => counts.accepted >= 20);
    const [one] = newNumbers(1) as [string];
    const single = await system.ask([one], { single: true });
    await system.until(single, ({ counts }) => counts.accepted === 1);
    const bulk = await system.get(list);
    expect(bulk.counts.accepted).toBeLessThan(600);
    await system.until(list, ({ state }) => state === 'completed');
  });
});
