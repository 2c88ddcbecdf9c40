/** The invariants that a whole road shows, each on both queues. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../src/campaign/control.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { newNumbers, type OpenRoad, openRoad } from '../refusals/support.ts';
import { describeOnBothQueues } from '../support/queues.ts';

const PEOPLE = 300;
const completed = (c: { readonly state: string }) => c.state === 'completed';

/** POSTs to each of these numbers. */
function postsOf(simulator: Simulator, numbers: readonly string[]): number[] {
  return numbers.map((to) => simulator.requests({ to }).length);
}

describeOnBothQueues('the road', (ground) => {
  let road: OpenRoad;

  beforeAll(async () => {
    road = await openRoad(ground, { env: { MESSAGES_PER_SECOND: '100' } });
  });

  afterAll(() => road.close());

  test('invariant 1: the ledger is the truth: with all of the queue deleted twice in the middle, everybody is asked once', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await road.ask(numbers);
    const losses = [
      { share: 0.2, sql: 'delete from bullmq.job' },
      { share: 0.5, sql: 'drop schema bullmq cascade' },
    ];
    for (const { share, sql } of losses) {
      await road.until(id, (c) => c.counts.accepted > PEOPLE * share);
      if (ground.redis !== undefined) await ground.redis.flush();
      else await road.rows(sql);
    }
    const ended = await road.until(id, completed);
    expect(ended.counts).toMatchObject({ accepted: PEOPLE });
    expect(new Set(postsOf(road.simulator, numbers))).toEqual(new Set([1]));
  });

  test('invariant 2: a job doubled by hand and one with a forged id cause no POST, and are logged', async () => {
    const numbers = newNumbers(40);
    const id = await road.ask(numbers);
    const queue = road.app.dashboard()[0];
    const ids = await road.rows<{ id: string; feed: number }>(
      'select id::text, feed from requests where campaign_id = $1',
      [id],
    );
    for (const { id: request, feed } of ids) {
      await queue?.add(
        'bulk',
        { request, feed: Math.max(1, feed), lane: 1 },
        { jobId: `doubled-${request}` },
      );
    }
    await queue?.add('bulk', { request: '999999999', feed: 1, lane: 1 }, { jobId: 'forged-1' });
    await queue?.add(
      'bulk',
      { request: "1'; drop table requests", feed: {}, lane: 'x' },
      { jobId: 'forged-2' },
    );
    await road.until(id, completed);
    expect(new Set(postsOf(road.simulator, numbers))).toEqual(new Set([1]));
    expect(road.warnings().some((w) => w.msg.startsWith('jobs refused'))).toBe(true);
  });

  test('invariant 3: nobody is forgotten: every line ends in one final state, with a reason where it was not accepted', async () => {
    const numbers = newNumbers(60);
    road.simulator.addFaults([
      { to: numbers.slice(0, 10), effect: { kind: 'refuse', code: 131026 } },
      { to: numbers.slice(10, 20), effect: { kind: 'refuse', code: 138017 } },
    ]);
    const id = await road.ask(numbers);
    const ended = await road.until(id, completed);
    expect(ended.counts).toMatchObject({ accepted: 40, rejected: 10, 'already-granted': 10 });
    for (const result of await road.results(id)) {
      expect(result.status === 'accepted' || result.advice !== null).toBe(true);
    }
  });

  test('a pause is felt within one claim, a resume finishes the rest, each asked once', async () => {
    // More than go out while a busy machine comes to pause.
    const people = 500;
    const numbers = newNumbers(people);
    const id = await road.ask(numbers);
    await road.until(id, (c) => c.counts.accepted > 50);
    expect(await pauseCampaign(road.app, id)).toMatchObject({ ok: true });
    await road.untilIdle(id);
    const asked = postsOf(road.simulator, numbers).filter((n) => n > 0).length;
    expect(asked).toBeLessThan(people);
    expect((await road.get(id)).counts).toMatchObject({ accepted: asked, pending: people - asked });
    await resumeCampaign(road.app, id);
    await road.until(id, completed);
    expect(new Set(postsOf(road.simulator, numbers))).toEqual(new Set([1]));
  });

  test('what is cancelled is not sent, what was sent is kept', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await road.ask(numbers);
    await road.until(id, (c) => c.counts.accepted > 50);
    await cancelCampaign(road.app, id);
    const ended = await road.until(
      id,
      (c) => c.counts.sending + c.counts.queued + c.counts.pending === 0,
    );
    const asked = postsOf(road.simulator, numbers).filter((n) => n > 0).length;
    expect(ended.counts).toMatchObject({ accepted: asked, cancelled: PEOPLE - asked });
  });
});

// By itself: eight seconds are too few for many people at once on a busy machine.
describeOnBothQueues('the road with an impatient sender', (ground) => {
  let road: OpenRoad;

  beforeAll(async () => {
    road = await openRoad(ground, { env: { REQUEST_TIMEOUT_MS: '8000' } });
  });

  afterAll(() => road.close());

  test('invariant 2: nobody is asked twice: outcomes that are not known stay uncertain, with one POST each', async () => {
    const numbers = newNumbers(8);
    const kinds = [
      { kind: 'accept-and-never-answer' },
      { kind: 'accept-and-reset' },
      { kind: 'drop-before-accept' },
      { kind: 'html', accepted: true },
      { kind: 'html', accepted: false },
      { kind: 'truncated-json' },
      { kind: 'no-body', accepted: true },
      { kind: 'drop-and-never-answer' },
    ] as const;
    road.simulator.addFaults(kinds.map((effect, i) => ({ to: numbers[i] ?? '', effect })));
    const id = await road.ask(numbers);
    await road.until(id, (c) => c.counts.uncertain === numbers.length);
    expect(postsOf(road.simulator, numbers)).toEqual(numbers.map(() => 1));
    const causes = (await road.results(id)).map((r) => [
      r.status,
      r.error_message !== null,
      r.advice !== null,
    ]);
    expect(causes).toEqual(numbers.map(() => ['uncertain', true, true]));
  });
});
