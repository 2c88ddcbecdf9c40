import { describe, expect, test } from '@jest/globals';
import { judge, mostWithin } from '../../scripts/bench/arrivals.ts';

const evenly = (n: number, stepMs: number, from = 0) =>
  Array.from({ length: n }, (_, i) => from + i * stepMs);

describe('the most arrivals in a sliding window', () => {
  test('is N for N arrivals spaced exactly a window through N apart', () => {
    expect(mostWithin(evenly(400, 12.5), 1_000)).toBe(80);
  });

  test('finds a burst that lies across two calendar seconds', () => {
    expect(mostWithin([...evenly(40, 1, 960), ...evenly(40, 1, 1_000)], 1_000)).toBe(80);
  });

  test('is nothing where nothing arrived', () => {
    expect(mostWithin([], 1_000)).toBe(0);
  });
});

describe('the judge', () => {
  const times = { warmUpMs: 5_000, windowMs: 10_000 };

  test('gives 1 for a rate that is held exactly', () => {
    const judged = judge(evenly(1_600, 12.5), { rate: 80, ...times });
    expect(judged).toEqual({
      held: 1,
      worstSecond: 1,
      worstTenth: 1,
      counted: 800,
      windowMs: 10_000,
    });
  });

  test('leaves the warm-up out of the rate held, not out of the worst second', () => {
    const judged = judge([...evenly(160, 5), ...evenly(400, 25, 5_000)], { rate: 80, ...times });
    expect(judged.held).toBe(0.5);
    expect(judged.worstSecond).toBe(2);
  });

  test('counts a silence in the window against the rate', () => {
    const judged = judge([...evenly(800, 12.5), ...evenly(400, 12.5, 20_000)], {
      rate: 80,
      ...times,
    });
    expect(judged.held).toBe(0.5);
  });

  test('sees a burst within the second that the second does not show', () => {
    const bursts = Array.from({ length: 15 }, (_, s) => evenly(80, 0.125, s * 1_000)).flat();
    const judged = judge(bursts, { rate: 80, ...times });
    expect(judged.worstSecond).toBe(1);
    expect(judged.worstTenth).toBe(10);
  });
});
