/** Batches in hand, without a ledger: how many rows they count as, whom they tell, when they end. */
import { describe, expect, test } from '@jest/globals';
import type { JobEnd } from '../../src/core/ports/index.ts';
import { Batches } from '../../src/sending/batches.ts';
import { claim } from '../campaign/support.ts';
import { settled } from './stepped-clock.ts';

/** Batches on a clock of the test, which notes what each job is told. */
function bench() {
  const world = { now: 1_000, room: 0 };
  const batches = new Batches({ now: () => world.now }, () => {
    world.room += 1;
  });
  return {
    world,
    batches,
    take(batch: number, size: number, single = false) {
      const told: [number, readonly string[]][] = [];
      const held: { end: JobEnd | undefined; readonly told: typeof told } = {
        end: undefined,
        told,
      };
      const tell = (percent: number, lines: readonly string[]) => void told.push([percent, lines]);
      void batches.take({ batch, size, single, tell }).then((end) => {
        held.end = end;
      });
      return held;
    },
    claimed: (batch: number, more = {}) => batches.claimed(claim({ batch, ...more })),
  };
}

describe('rows in hand', () => {
  test('are as many as the job says, until the ledger knows better', () => {
    const b = bench();
    b.take(1, 10);
    expect([b.batches.rows(false), b.batches.rows(true)]).toEqual([10, 0]);
    const held = b.claimed(1);
    b.claimed(1);
    b.batches.settle(held, 'accepted');
    expect(b.batches.rows(false)).toBe(9);
    b.batches.done(new Set([1]));
    expect(b.batches.rows(false)).toBe(1);
  });

  test('are no fewer than those claimed, and one at least while somebody may wait', () => {
    const b = bench();
    b.take(1, 1);
    const held = b.claimed(1);
    b.claimed(1);
    expect(b.batches.rows(false)).toBe(2);
    b.batches.settle(held, 'accepted');
    b.batches.settle(held, 'accepted');
    expect(b.batches.rows(false)).toBe(1);
  });

  test('of single requests are counted apart', () => {
    const b = bench();
    b.take(1, 10);
    b.take(2, 1, true);
    b.take(3, 5);
    expect([b.batches.rows(false), b.batches.rows(true)]).toEqual([15, 1]);
  });
});

test('a batch is overdue two seconds after its fetch, as long as somebody waits in it', () => {
  const b = bench();
  b.take(1, 10);
  b.take(2, 10);
  b.batches.done(new Set([2]));
  const overdue = () => b.batches.overdue(b.world.now).map(({ job }) => job.batch);
  b.world.now = 2_999;
  expect(overdue()).toEqual([]);
  b.world.now = 3_000;
  b.take(3, 10);
  expect(overdue()).toEqual([1]);
});

test('a single request stays for ten seconds where the next send time is within two', () => {
  const b = bench();
  b.take(1, 1, true);
  const overdue = (nextMs: number) => b.batches.overdue(nextMs).map(({ job }) => job.batch);
  b.world.now = 3_000;
  expect([overdue(-Infinity), overdue(5_000), overdue(5_001)]).toEqual([[], [], [1]]);
  b.world.now = 10_999;
  expect(overdue(11_000)).toEqual([]);
  b.world.now = 11_000;
  expect(overdue(11_000)).toEqual([1]);
});

describe('a batch ends', () => {
  test('when nobody waits in it and all of its claims are done with, with the counts of both', async () => {
    const b = bench();
    const held = b.take(1, 4);
    const [one, two] = [b.claimed(1), b.claimed(1)];
    b.batches.decided(1, 'skipped');
    b.batches.decided(1, 'skipped');
    b.batches.decided(1, 'skipped');
    b.batches.decided(9, 'skipped');
    expect(b.batches.done(new Set([1, 5]))).toEqual([]);
    expect(b.batches.waiting()).toEqual([]);
    b.batches.settle(one, 'accepted');
    await settled();
    expect(held.end).toBeUndefined();
    b.batches.settle(two, 'accepted');
    await settled();
    expect(held.end).toEqual({ skipped: 3, accepted: 2 });
    expect(b.batches.rows(false)).toBe(0);
  });

  test('at once where nobody ever waited, and is named then', async () => {
    const b = bench();
    const held = [b.take(1, 4), b.take(2, 4), b.take(3, 4)];
    b.claimed(2);
    b.take(4, 4);
    // As many open as have ended.
    b.claimed(4);
    b.batches.decided(4, 'expired');
    b.batches.decided(3, 'expired');
    expect(b.batches.done(new Set([1, 2, 3, 4]))).toEqual([1]);
    await settled();
    expect(held.map(({ end }) => end)).toEqual([{}, undefined, { expired: 1 }]);
    expect(b.world.room).toBe(4);
  });
});

describe('a claim', () => {
  test('is of the job of its batch in which somebody waits', () => {
    const b = bench();
    b.take(1, 4);
    const first = b.claimed(1);
    b.batches.done(new Set([1]));
    expect(b.claimed(1)).toBe(first);
    b.take(1, 4);
    const second = b.claimed(1);
    expect(second).not.toBe(first);
    expect([first.open, second.open, second.campaignId]).toEqual([2, 1, 'c1']);
  });

  test('of a batch that is in no hand ends nothing', () => {
    const b = bench();
    b.take(2, 4);
    const held = b.claimed(1);
    b.batches.settle(held, 'accepted');
    expect(b.batches.waiting().map(({ job }) => job.batch)).toEqual([2]);
    expect([b.batches.rows(false), b.batches.rows(true), held.open]).toEqual([4, 0, 0]);
  });
});

describe('who looks at the queue is told', () => {
  test('how far a batch is, every half second at most, with the lines of those not accepted', () => {
    const b = bench();
    const held = b.take(1, 8);
    const batch = b.claimed(1);
    for (let i = 0; i < 3; i += 1) b.claimed(1);
    b.world.now += 499;
    b.batches.settle(batch, 'rejected', 'row 1');
    expect(held.told).toEqual([]);
    b.world.now += 1;
    b.batches.settle(batch, 'accepted');
    expect(held.told).toEqual([[25, ['row 1']]]);
    b.batches.settle(batch, 'rejected', 'row 3');
    expect(held.told).toHaveLength(1);
    b.world.now += 500;
    b.batches.settle(batch, 'accepted');
    expect(held.told.at(-1)).toEqual([50, ['row 3']]);
  });

  test('never of more than the whole', () => {
    const b = bench();
    const held = b.take(1, 1);
    const batch = b.claimed(1);
    b.claimed(1);
    b.claimed(1);
    b.world.now += 500;
    b.batches.settle(batch, 'accepted');
    b.world.now += 500;
    b.batches.settle(batch, 'accepted');
    expect(held.told.map(([percent]) => percent)).toEqual([100, 100]);
  });

  test.each<[string, boolean, string | undefined, [number, string[]][]]>([
    ['nothing where all went well and nothing was told before', false, undefined, []],
    ['the last lines', false, 'row 1', [[100, ['row 1']]]],
    [
      'the end, where it heard of it on the way',
      true,
      undefined,
      [
        [0, []],
        [100, []],
      ],
    ],
  ])('at the end %s', (_, before, line, told) => {
    const b = bench();
    const held = b.take(1, 1_000);
    const batch = b.claimed(1);
    b.claimed(1);
    if (before) b.world.now += 500;
    b.batches.settle(batch, 'accepted');
    b.batches.done(new Set([1]));
    b.batches.settle(batch, 'accepted', line);
    expect(held.told).toEqual(told);
  });
});

describe('what is to be claimed', () => {
  test('names the batches in which somebody waits, with what their campaigns had', () => {
    const b = bench();
    b.take(1, 9);
    b.take(2, 9);
    b.take(3, 9);
    for (let i = 0; i < 4; i += 1) b.claimed(1, { campaignId: 'a' });
    b.claimed(2, { campaignId: 'b' });
    b.batches.done(new Set([3]));
    expect(b.batches.toClaim()).toEqual([
      { batch: 1, served: 3 },
      { batch: 2, served: 0 },
    ]);
  });

  test('counts one that came later from when it came, also before its campaign is known', () => {
    const b = bench();
    b.take(1, 9);
    for (let i = 0; i < 4; i += 1) b.claimed(1, { campaignId: 'a' });
    b.take(2, 9);
    b.claimed(1, { campaignId: 'a' });
    expect(b.batches.toClaim()).toEqual([
      { batch: 1, served: 1 },
      { batch: 2, served: 0 },
    ]);
    b.claimed(2, { campaignId: 'b', weight: 2 });
    expect(b.batches.toClaim()).toEqual([
      { batch: 1, served: 0.5 },
      { batch: 2, served: 0 },
    ]);
  });

  test('forgets a campaign of which nothing is in hand', () => {
    const b = bench();
    b.take(1, 1);
    const held = b.claimed(1, { campaignId: 'a' });
    b.batches.done(new Set([1]));
    b.batches.settle(held, 'accepted');
    b.batches.toClaim();
    b.take(2, 9);
    b.claimed(2, { campaignId: 'b' });
    b.claimed(2, { campaignId: 'b' });
    b.take(3, 9);
    b.claimed(3, { campaignId: 'a' });
    expect(b.batches.toClaim()).toEqual([
      { batch: 2, served: 0 },
      { batch: 3, served: 1 },
    ]);
  });
});
