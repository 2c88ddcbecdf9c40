/** What the last second may hold while a rate falls, and what is thrown away of it. */
import { describe, expect, test } from '@jest/globals';
import { countedLater, fallen, lastSecond } from '../../../src/core/pace/last-second.ts';

/** The second that is counted, ms. */
const SECOND = 1_012;

describe('a rate that falls at a time to come', () => {
  const rate = { before: 80, now: 80, atMs: 0 };
  const fall = { now: 20, atMs: 5_000 };

  test('is what it was until then, and falls over a second', () => {
    const later = countedLater(rate, fall);
    const at = [0, 4_999, 5_000, 5_000 + SECOND / 2, 5_000 + SECOND, 9_000];
    expect(at.map(later)).toEqual([80, 80, 80, 50, 20, 20]);
  });

  test('while it grows falls from where it is by then', () => {
    const grows = { before: 0, now: 80, atMs: 5_000 - SECOND / 2 };
    expect(fallen(grows, fall)).toEqual({ before: 40, ...fall });
    expect([5_000, 5_000 + SECOND / 2].map(countedLater(grows, fall))).toEqual([40, 30]);
  });

  test('does not where none is known', () => {
    const grows = { before: 0, now: 80, atMs: 0 };
    expect([0, SECOND / 2, 9_000].map(countedLater(grows, undefined))).toEqual([0, 40, 80]);
  });
});

describe('one more send while the rate falls', () => {
  /** When it may go: three were sent at 0, 100 and 200; the rate falls to `to` at `fallsAt`. */
  function freeAt(now: number, p: { readonly from: number; readonly to: number; fallsAt: number }) {
    const sends = lastSecond();
    for (const at of [0, 100, 200]) sends.add(at, 100);
    return sends.freeWhileFalling(now, (atMs) => (atMs < p.fallsAt ? p.from : p.to));
  }

  test.each([
    ['now: all that are left then are no more than that', 300, 4, 1_050, 3, 300],
    ['when so many have left that it is within it', 300, 4, 1_050, 2, 1_112],
    ['when the last has left', 300, 4, 1_050, 1, 1_212],
    ['when the last has left, where it holds nothing then', 300, 4, 1_050, 0, 1_212],
    ['now: the rate falls when they have left', 300, 4, 1_213, 0, 300],
    ['when the first leaves: a second is full', 300, 3, 9_000, 0, 1_012],
    ['now, when all have left', 5_000, 0, 0, 0, 5_000],
    ['now, when the first has left', 1_012, 3, 9_000, 0, 1_012],
  ])('goes %s', (_what, now, from, fallsAt, to, at) => {
    expect(freeAt(now, { from, to, fallsAt })).toBe(at);
  });

  test('goes now where there was none', () => {
    expect(lastSecond().freeWhileFalling(300, () => 0)).toBe(300);
  });
});

describe('sends that are thrown away', () => {
  test('are none of the last second', () => {
    const sends = lastSecond();
    for (let i = 0; i <= 4_096; i += 1) sends.add(i, 1_000);
    expect(sends.freeAt(4_100, 1_000)).toBe(3_097 + SECOND);
    expect(sends.freeAt(4_096, 1_012)).toBe(3_085 + SECOND);
  });
});
