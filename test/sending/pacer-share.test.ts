/** A share of the rate: how it begins, what has a place in its last second, how far back it reaches. */
import { describe, expect, test } from '@jest/globals';
import { CATCH_UP_MS, IN_LINE_MS } from '../../src/core/pace/pacing.ts';
import { bench, steady } from './pacer-bench.ts';

describe('a send whose connection took its time', () => {
  /** Share 2/s: `b` went, then `a`; then the share is halved, and the last second is full without `a`. */
  function halved() {
    const b = steady(2);
    b.enter('b');
    expect(b.steps()).toEqual(['go b']);
    b.time.now += 320;
    const one = b.enter('a');
    expect(b.steps()).toEqual(['go a']);
    b.time.now += 1;
    b.answer(1);
    return { b, one };
  }

  test.each([
    [4, true],
    [5, false],
  ])('has its place for 5 ms, also where a second is full by then: %p ms more', (ms, isWritten) => {
    const { b, one } = halved();
    b.time.now += ms;
    expect(b.pacer.confirm(one)).toBe(isWritten);
  });

  test('that was not counted is not written', () => {
    const b = steady(80);
    expect(b.pacer.confirm(b.turn('a'))).toBe(false);
  });
});

describe('how a share begins', () => {
  const GROWS = ['go 0', 'wait 10'];
  // At once what 20 ms hold at half as fast again as 10/s.
  const FULL = ['go 0', 'wait 47'];
  const enter = (b: ReturnType<typeof bench>) => {
    for (const name of ['0', '1', '2']) b.enter(name);
    return b.steps();
  };

  test('of who just joined it grows, looked at every 10 ms', () => {
    const b = bench();
    b.answer(10);
    expect(b.pacer.share).toBe(10);
    expect(enter(b)).toEqual(GROWS);
  });

  test('of who just joined it grows from the first send time', () => {
    const b = bench();
    b.answer(40, { firstMs: b.time.now + 500 });
    b.time.now += 500;
    expect(enter(b)).toEqual(GROWS);
  });

  test('who takes turns is bound by the ledger alone, from the first claim on', () => {
    const b = bench();
    b.answer(10, { share: false });
    expect(b.pacer.share).toBeUndefined();
    expect(enter(b)).toEqual(FULL);
  });

  test.each([
    [1_000, FULL],
    [1_001, GROWS],
  ])('of who was away for more than a second it grows anew: %p ms', (ms, steps) => {
    const b = steady(10);
    b.time.now += ms;
    b.answer(10);
    expect(enter(b)).toEqual(steps);
  });

  test('it is the process’s own part, whatever the rate of all', () => {
    const b = bench();
    for (let i = 0; i < 4; i += 1) {
      b.answer(10, { rate: 80 });
      b.time.now += 400;
    }
    b.answer(10, { rate: 80 });
    expect(enter(b)).toEqual(FULL);
  });
});

describe('how far back send times are claimed', () => {
  /** A share of 10/s in force for long, with `sent` sends 100 ms apart, the last one now. */
  function sending(sent: number) {
    const b = steady(10);
    for (let i = 0; i < sent; i += 1) {
      if (i > 0) b.time.now += 100;
      b.enter(String(i));
      expect(b.steps()).toEqual([`go ${i}`]);
    }
    return b;
  }

  test('as far as may be, while the last second has room', () => {
    expect(sending(5).pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('as far as the last second has had room for what is in line and one more', () => {
    const b = sending(10);
    // The oldest leaves 112 ms from now, the next 212.
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 112, 6);
    b.enter('waits');
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 212, 6);
  });

  test('what is withheld, or waits for another send time, takes no room', () => {
    const b = sending(10);
    b.enter('paused').withheld = true;
    b.pacer.miss(b.turn('missed'));
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 112, 6);
  });

  test('as far as may be, while its share shrinks', () => {
    const b = sending(10);
    b.answer(5);
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('as far as may be, while it takes turns, however full the last second is', () => {
    const b = sending(10);
    b.answer(10, { share: false });
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('by a share in full at once, for who took turns before', () => {
    const b = sending(10);
    b.answer(10, { share: false });
    b.answer(5);
    // The sixth of ten leaves 512 ms later than the first.
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 612, 6);
  });

  test('as far as may be, while its share grows or it takes turns', () => {
    const b = sending(10);
    b.answer(20);
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
    b.answer(20, { share: false });
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });
});
