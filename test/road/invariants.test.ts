/** The invariants that a whole run shows, each on both queues. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../src/campaign/control.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { dropBullMq } from '../support/drop-bullmq.ts';
import { describeOnBothQueues } from '../support/queues.ts';

const PEOPLE = 300;
const completed = (c: { readonly state: string }) => c.state === 'completed';

/** POSTs to each of these numbers. */
function postsOf(simulator: Simulator, numbers: readonly string[]): number[] {
  return numbers.map((to) => simulator.requests({ to }).length);
}

describeOnBothQueues('a whole run', (ground) => {
  let system: OpenSystem;

  beforeAll(async () => {
    system = await openSystem(ground, { env: { MESSAGES_PER_SECOND: '100' } });
  });

  afterAll(() => system.close());

  test('invariant 1: the ledger is the truth: with all of the queue deleted twice in the middle, everybody is asked once', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await system.ask(numbers);
    const losses = [
      { share: 0.2, lose: () => system.rows('delete from bullmq.job') },
      { share: 0.5, lose: () => dropBullMq(ground.databaseUrl) },
    ];
    for (const { share, lose } of losses) {
      await system.until(id, (c) => c.counts.accepted > PEOPLE * share);
      if (ground.redis !== undefined) await ground.redis.flush();
      else await lose();
    }
    const ended = await system.until(id, completed);
    expect(ended.counts).toMatchObject({ accepted: PEOPLE });
    expect(new Set(postsOf(system.simulator, numbers))).toEqual(new Set([1]));
  });

  test('invariant 2: a job doubled by hand and one with a forged id cause no POST, and are logged', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await system.ask(numbers);
    // The claim before deleted the queue: it is there again once somebody was asked by it.
    await system.until(id, (c) => c.counts.accepted > 0);
    const queue = system.app.dashboard()[0];
    const fed = await system.rows<{ batch: number }>(
      'select distinct batch::float8 as batch from requests where campaign_id = $1 and batch is not null',
      [id],
    );
    expect(fed.length).toBeGreaterThan(0);
    for (const { batch } of fed)
      for (const jobId of [`doubled-${batch}`, `again-${batch}`])
        await queue?.add('doubled', { batch, size: 10_000_000 }, { jobId });
    await queue?.add('forged', { batch: 999_999_999, size: 1 }, { jobId: 'forged-1' });
    const garbage = { batch: "1'; drop table requests", size: {} };
    await queue?.add('forged', garbage, { jobId: 'forged-2' });
    // As a program of before put it in.
    await queue?.add('bulk', { request: '1', feed: 1, lane: 1 }, { jobId: '1-1' });
    await system.until(id, completed);
    expect(new Set(postsOf(system.simulator, numbers))).toEqual(new Set([1]));
    expect(system.warnings().some((w) => w.msg.startsWith('jobs refused'))).toBe(true);
  });

  test('invariant 3: nobody is forgotten: every line ends in one final state, with a reason where it was not accepted', async () => {
    const numbers = newNumbers(60);
    system.simulator.addFaults([
      { to: numbers.slice(0, 10), effect: { kind: 'refuse', code: 131026 } },
      { to: numbers.slice(10, 20), effect: { kind: 'refuse', code: 138017 } },
    ]);
    const id = await system.ask(numbers);
    const ended = await system.until(id, completed);
    expect(ended.counts).toMatchObject({ accepted: 40, rejected: 10, 'already-granted': 10 });
    for (const result of await system.results(id)) {
      expect(result.status === 'accepted' || result.advice !== null).toBe(true);
    }
  });

  test('a pause is felt within one claim, a resume finishes the rest, each asked once', async () => {
    // More than go out while a busy machine comes to pause.
    const people = 500;
    const numbers = newNumbers(people);
    const id = await system.ask(numbers);
    await system.until(id, (c) => c.counts.accepted > 50);
    expect(await pauseCampaign(system.app, id)).toMatchObject({ ok: true });
    await system.untilIdle(id);
    const asked = postsOf(system.simulator, numbers).filter((n) => n > 0).length;
    expect(asked).toBeLessThan(people);
    expect((await system.get(id)).counts).toMatchObject({
      accepted: asked,
      pending: people - asked,
    });
    await resumeCampaign(system.app, id);
    await system.until(id, completed);
    expect(new Set(postsOf(system.simulator, numbers))).toEqual(new Set([1]));
  });

  test('what is cancelled is not sent, what was sent is kept', async () => {
    const numbers = newNumbers(PEOPLE);
    const id = await system.ask(numbers);
    await system.until(id, (c) => c.counts.accepted > 50);
    await cancelCampaign(system.app, id);
    const ended = await system.until(
      id,
      (c) => c.counts.sending + c.counts.queued + c.counts.pending === 0,
    );
    const asked = postsOf(system.simulator, numbers).filter((n) => n > 0).length;
    expect(ended.counts).toMatchObject({ accepted: asked, cancelled: PEOPLE - asked });
  });
});

// By itself: eight seconds are too few for many people at once on a busy machine.
describeOnBothQueues('a whole run with an impatient sender', (ground) => {
  let system: OpenSystem;

  beforeAll(async () => {
    system = await openSystem(ground, { env: { REQUEST_TIMEOUT_MS: '8000' } });
  });

  afterAll(() => system.close());

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
    system.simulator.addFaults(kinds.map((effect, i) => ({ to: numbers[i] ?? '', effect })));
    const id = await system.ask(numbers);
    await system.until(id, (c) => c.counts.uncertain === numbers.length);
    expect(postsOf(system.simulator, numbers)).toEqual(numbers.map(() => 1));
    const causes = (await system.results(id)).map((r) => [
      r.status,
      r.error_message !== null,
      r.advice !== null,
    ]);
    expect(causes).toEqual(numbers.map(() => ['uncertain', true, true]));
  });
});
