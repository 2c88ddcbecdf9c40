/** The whole road: whom, when and how many, with the processes and the server at work. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import { newNumbers, type OpenRoad, openRoad } from '../refusals/support.ts';
import { describeOnBothQueues } from '../support/queues.ts';

const DAY_MS = 86_400_000;

describeOnBothQueues('whom, when and how many', (ground) => {
  let road: OpenRoad;

  beforeAll(async () => {
    road = await openRoad(ground, { senders: 2, env: { MESSAGES_PER_SECOND: '100' } });
  });
  afterAll(() => road.close());

  const expectEach = (people: readonly string[], posts: number) => {
    for (const to of people) expect(road.posts(to)).toBe(posts);
  };

  test('the same person in several campaigns at once is asked once, and again a day later', async () => {
    const people = newNumbers(5);
    const wait = await Promise.all([1, 2, 3].map(() => road.ask(people)));
    const skip = await road.ask(people, { onPairLimit: 'skip' });
    for (const id of [...wait, skip]) await road.untilIdle(id);
    expectEach(people, 1);
    const settled = await road.get(skip);
    expect(settled.counts.accepted + settled.counts.skipped).toBe(5);
    road.simulator.advanceClock(DAY_MS + 60_000);
    await road.advance(DAY_MS + 60_000);
    for (const id of wait) await road.untilIdle(id);
    expectEach(people, 2);
    road.simulator.advanceClock(DAY_MS + 60_000);
    await road.advance(DAY_MS + 60_000);
    for (const id of wait) await road.untilIdle(id);
    expectEach(people, 2);
  });

  test('one of two senders is blocked: its people wait, all others are asked', async () => {
    const people = newNumbers(40);
    const [first, second] = road.senders as [string, string];
    const of = (i: number) => (i % 2 === 0 ? first : second);
    const blocked = people.filter((_, i) => of(i) === second);
    road.simulator.addFaults([{ to: blocked, effect: { kind: 'refuse', code: 131031 } }]);
    const id = await road.ask(people, {
      senderIds: [first, second],
      recipient: (i) => ({ senderId: of(i) }),
    });
    const paused = await road.until(
      id,
      // What was held goes back a moment after.
      ({ state, counts }) => state === 'paused' && counts.pending === 20,
    );
    expect(paused.reason).toMatchObject({ scope: 'sender', code: 131031 });
    expect(paused.counts).toMatchObject({ accepted: 20, pending: 20, rejected: 0 });
    road.simulator.setFaults([]);
    expect((await resumeCampaign(road.app, id)).ok).toBe(true);
    const done = await road.until(id, ({ state }) => state === 'completed');
    expect(done.counts.accepted).toBe(40);
  });

  test('opt-outs that come while a campaign runs are not asked any more', async () => {
    const people = newNumbers(300);
    const id = await road.ask(people);
    await road.until(id, ({ counts }) => counts.accepted >= 20);
    const late = people.slice(-100).map((to) => ({ to }));
    await road.app.ledger.people.suppress({ people: late, source: 'import' });
    const done = await road.until(id, ({ state }) => state === 'completed');
    expect(done.counts.accepted + done.counts.skipped).toBe(300);
    // A busy machine may take a while to import; whom the list names after that is not asked.
    const asked = late.filter(({ to }) => road.posts(to) > 0).length;
    expect(done.counts.skipped).toBe(100 - asked);
    expect(done.counts.skipped).toBeGreaterThan(0);
  });

  test('a single request goes before a list that is already in the queue', async () => {
    const people = newNumbers(600);
    const list = await road.ask(people);
    await road.until(list, ({ counts }) => counts.accepted >= 20);
    const [one] = newNumbers(1) as [string];
    const single = await road.ask([one], { single: true });
    await road.until(single, ({ counts }) => counts.accepted === 1);
    const bulk = await road.get(list);
    expect(bulk.counts.accepted).toBeLessThan(600);
    await road.until(list, ({ state }) => state === 'completed');
  });
});
