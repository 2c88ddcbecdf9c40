import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  DAY_MS,
  MAX_PAIR_DELAYS,
  pairDelayMs,
  RETRY_CAP_MS,
  RETRY_FLOOR_MS,
  retryDelayMs,
} from '../../../src/core/pace/backoff.ts';

describe('retryDelayMs', () => {
  test.each([
    // failures, lowest, highest
    [1, 1_000, 5_000],
    [2, 1_000, 10_000],
    [3, 1_000, 20_000],
    [4, 1_000, 40_000],
    [7, 1_000, 300_000],
    [1_000, 1_000, 300_000],
  ])('after %i failures draws from %i to %i ms', (failures, lowest, highest) => {
    expect(retryDelayMs({ failures, random: () => 0 })).toBe(lowest);
    expect(retryDelayMs({ failures, random: () => 1 })).toBe(highest);
  });

  test.each([
    [60_000, 60_000],
    [0, 3_000],
    [10 * DAY_MS, DAY_MS],
  ])('a Retry-After of %i ms gives %i ms', (retryAfterMs, expected) => {
    expect(retryDelayMs({ failures: 1, random: () => 0.5, retryAfterMs })).toBe(expected);
  });

  test('is never shorter than a second nor longer than the cap', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, r) => {
          const ms = retryDelayMs({ failures: n, random: () => r });
          return ms >= RETRY_FLOOR_MS && ms <= RETRY_CAP_MS && Number.isInteger(ms);
        },
      ),
    );
  });
});

describe('pairDelayMs', () => {
  test.each([
    [1, 1_000],
    [2, 4_000],
    [3, 16_000],
    [4, 64_000],
    [MAX_PAIR_DELAYS, 4 ** 7 * 1_000],
    [100, 4 ** 7 * 1_000],
  ])('after %i refusals is %i ms', (refusals, expected) => {
    expect(pairDelayMs({ refusals })).toBe(expected);
  });

  test('keeps a longer Retry-After', () => {
    expect(pairDelayMs({ refusals: 1, retryAfterMs: 7_000 })).toBe(7_000);
    expect(pairDelayMs({ refusals: 3, retryAfterMs: 7_000 })).toBe(16_000);
  });
});
