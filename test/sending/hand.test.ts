import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { CATCH_UP_MS, IN_LINE_MS, LATE_COUNTED_MS, LATE_MS } from '../../src/core/pace/pacing.ts';
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { createHand, type Hand } from '../../src/sending/hand.ts';
import { systemClock } from '../../src/telemetry/clock.ts';

const claim = (request: string, campaignId = 'c'): ClaimedRequest => ({
  request,
  fence: 1,
  epoch: 0,
  leaseLeftMs: ANSWER_MS + 5_000,
  job: { request, feed: 1, lane: 1 },
  campaignId,
  senderId: 's',
  to: '+16505551234',
  template: 't',
  language: 'en',
  parameterFormat: 'positional',
  headerParameters: [],
  bodyParameters: null,
  parameters: {},
  attempts: 1,
  slotAtMs: 0,
});
/** Time-out and time to record. */
const ANSWER_MS = 40_000;

/** A claim taken in hand as soon as it was asked for. */
function take(hand: Hand, one: ClaimedRequest, slot: number) {
  const asked = { now: systemClock.now(), wall: systemClock.wall() };
  return hand.take({ claim: one, done: () => undefined, asked, slot });
}

afterEach(() => void jest.useRealTimers());

describe('a claim in hand', () => {
  test('goes at its send time', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(80, false);
    expect(hand.leave(take(hand, claim('1'), performance.now()))).toEqual({ kind: 'go' });
  });

  test('that missed its time (a frozen process woke) is not sent', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(80, false);
    const late = take(hand, claim('1'), performance.now() - LATE_MS - 1);
    expect(hand.leave(late).kind).toBe('missed');
    hand.miss(late);
    expect(hand.takeMissed().again).toEqual([late]);
    expect(hand.missed).toBe(0);
  });

  test("the sender's only process may be later, and waits when the last second is full", () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(2, true);
    const one = take(hand, claim('1'), performance.now() - LATE_MS - 1);
    expect(hand.leave(one).kind).toBe('go');
    expect(hand.leave(one).kind).toBe('wait');
    one.slot -= LATE_COUNTED_MS;
    expect(hand.leave(one).kind).toBe('missed');
  });

  test('of a process that just joined: its share counts in proportion for a second', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(40, true);
    const claims = Array.from({ length: 40 }, (_, i) =>
      take(hand, claim(String(i)), performance.now()),
    );
    const begun = performance.now();
    while (performance.now() - begun < 150);
    // 0.15 s of 40/s is 6, however many are due.
    const leaves = claims.map((one) => hand.leave(one));
    expect(leaves.filter((leave) => leave.kind === 'go').length).toBeLessThanOrEqual(7);
    for (const leave of leaves)
      if (leave.kind === 'wait') expect(leave.untilMs - begun).toBeLessThan(300);
  });

  test('of a process that is told late that another joined: it gives way from when that one began', () => {
    jest.useFakeTimers({ now: 0 });
    const went = new Map<Hand, number>();
    const send = (hand: Hand) => {
      if (hand.leave(take(hand, claim('1'), performance.now())).kind === 'go')
        went.set(hand, (went.get(hand) ?? 0) + 1);
    };
    const [told, late] = [createHand(systemClock, ANSWER_MS), createHand(systemClock, ANSWER_MS)];
    for (const hand of [told, late]) hand.pace(100, true, 0, 10);
    jest.advanceTimersByTime(210);
    told.pace(25, true, 210, 220);
    jest.advanceTimersByTime(600);
    late.pace(25, true, 810, 820);
    for (let i = 0; i < 900; i += 1) {
      for (const hand of [told, late]) send(hand);
      jest.advanceTimersByTime(1);
    }
    expect(went.get(told)).toBeGreaterThan(10);
    expect(went.get(late)).toBe(went.get(told));
  });

  test('is counted once it may go, looked at once more at its first byte, and uncounted if nothing was written', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(1, true);
    const [one, other] = [
      take(hand, claim('1'), performance.now()),
      take(hand, claim('2'), performance.now()),
    ];
    expect(hand.leave(one).kind).toBe('go');
    expect(hand.confirm(one)).toBe(true);
    expect(hand.leave(other).kind).toBe('wait');
    hand.uncount(one);
    expect(hand.confirm(one)).toBe(false);
    expect(hand.confirm(other)).toBe(false);
  });

  test('is not written when it was withheld since it was let go', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(80, true);
    const one = take(hand, claim('1'), performance.now());
    expect(hand.leave(one).kind).toBe('go');
    hand.withhold(() => true);
    expect(hand.confirm(one)).toBe(false);
    expect(hand.leave(one).kind).toBe('withheld');
  });

  test('whose connection took its time is counted again, when it is written', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(1, true);
    const one = take(hand, claim('1'), performance.now());
    expect(hand.leave(one).kind).toBe('go');
    const first = one.countedAt ?? 0;
    while (performance.now() - first < 10);
    expect(hand.confirm(one)).toBe(true);
    expect((one.countedAt ?? 0) - first).toBeGreaterThanOrEqual(10);
  });

  test('of a paused campaign is withheld, those of others are not', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(80, false);
    const [one, other] = [
      take(hand, claim('1', 'a'), performance.now()),
      take(hand, claim('2', 'b'), performance.now()),
    ];
    hand.withhold((c) => c.campaignId === 'a');
    expect([hand.leave(one).kind, hand.leave(other).kind]).toEqual(['withheld', 'go']);
  });

  test('withheld after it missed its time, it gets no other one', () => {
    const hand = createHand(systemClock, ANSWER_MS);
    const one = take(hand, claim('1'), 0);
    hand.miss(one);
    hand.withhold(() => true);
    expect(hand.takeMissed()).toEqual({ again: [], tooOld: [one] });
  });
});

describe('a claim that must be written by a certain time', () => {
  /** Asked for at 0, with a whole lease ahead, and two seconds until its `not_after`. */
  function expiring() {
    jest.useFakeTimers({ now: 0 });
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(80, false);
    const one = take(hand, { ...claim('1'), expiresMs: 2_000 }, performance.now());
    return { hand, one, left: one.lastMs - performance.now() };
  }

  test('is written up to then', () => {
    const { hand, one, left } = expiring();
    expect(left).toBe(2_000);
    jest.advanceTimersByTime(2_000);
    one.slot = performance.now();
    expect(hand.leave(one).kind).toBe('go');
    expect(hand.confirm(one)).toBe(true);
  });

  test('is not let go after it, and gets no other send time', () => {
    const { hand, one } = expiring();
    jest.advanceTimersByTime(2_001);
    one.slot = performance.now();
    expect(hand.leave(one).kind).toBe('withheld');
    hand.miss(one);
    expect(hand.takeMissed()).toEqual({ again: [], tooOld: [one] });
  });

  test('is not written after it where its connection took its time', () => {
    const { hand, one } = expiring();
    jest.advanceTimersByTime(1_999);
    one.slot = performance.now();
    expect(hand.leave(one).kind).toBe('go');
    jest.advanceTimersByTime(2);
    expect(hand.confirm(one)).toBe(false);
  });

  test('ends with its lease where that is over before', () => {
    jest.useFakeTimers({ now: 0 });
    const hand = createHand(systemClock, ANSWER_MS);
    const one = take(hand, { ...claim('1'), expiresMs: 60_000 }, 0);
    expect(one.lastMs - performance.now()).toBe(5_000);
  });
});

describe('how far back send times are claimed', () => {
  /** A hand whose share of 10/s is in force for long, with `sent` sends 100 ms apart, the last one now. */
  function sending(sent: number) {
    jest.useFakeTimers({ now: 0 });
    const hand = createHand(systemClock, ANSWER_MS);
    hand.pace(10, true);
    for (let i = 0; i < 3; i += 1) {
      jest.advanceTimersByTime(500);
      hand.pace(10, true);
    }
    for (let i = 0; i < sent; i += 1) {
      if (i > 0) jest.advanceTimersByTime(100);
      expect(hand.leave(take(hand, claim(String(i)), performance.now())).kind).toBe('go');
    }
    return hand;
  }

  test('as far as may be, while the last second has room', () => {
    expect(sending(5).reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('as far as the last second has had room for what is in hand and one more', () => {
    const hand = sending(10);
    // The oldest leaves 112 ms from now, the next 212.
    expect(hand.reachBackMs()).toBeCloseTo(IN_LINE_MS - 112, 6);
    take(hand, claim('waits'), performance.now());
    expect(hand.reachBackMs()).toBeCloseTo(IN_LINE_MS - 212, 6);
  });

  test('what is withheld, or waits for another send time, takes no room', () => {
    const hand = sending(10);
    take(hand, claim('paused', 'other'), performance.now());
    hand.withhold((c) => c.campaignId === 'other');
    hand.miss(take(hand, claim('missed'), performance.now()));
    expect(hand.reachBackMs()).toBeCloseTo(IN_LINE_MS - 112, 6);
  });

  test('as far as may be, while its share grows or it takes turns', () => {
    const hand = sending(10);
    hand.pace(20, true);
    expect(hand.reachBackMs()).toBe(CATCH_UP_MS);
    hand.pace(20, false);
    expect(hand.reachBackMs()).toBe(CATCH_UP_MS);
  });
});
