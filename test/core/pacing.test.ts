import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  claimSize,
  concurrencyFor,
  HORIZON_MS,
  isMissed,
  LATE_ALONE_MS,
  LATE_MS,
  lastSecond,
  narrow,
  nextClaimAt,
  STEP_FACTOR,
  toLocal,
} from '../../src/core/pacing.ts';

describe('send times', () => {
  test('one step apart and each late by at most the allowed, they keep to the rate in any sliding second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.double({ min: 0, max: LATE_MS, noNaN: true }), {
          minLength: 50,
          maxLength: 400,
        }),
        (rate, lateness) => {
          const step = (1_000 / rate) * STEP_FACTOR;
          const sends = lateness.map((late, i) => i * step + late).sort((a, b) => a - b);
          for (const [i, at] of sends.entries()) {
            const inSecond = sends.slice(i).filter((other) => other < at + 1_000).length;
            expect(inSecond).toBeLessThanOrEqual(Math.max(rate, 1));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    [LATE_MS, false, false],
    [LATE_MS + 1, false, true],
    [LATE_MS + 1, true, false],
    [LATE_ALONE_MS + 1, true, true],
  ])('late by %s ms, alone: %s, is missed: %s', (late, alone, missed) => {
    expect(isMissed(1_000 + late, 1_000, alone)).toBe(missed);
  });

  test('the next claim comes when half of the horizon is free, and never in a hot loop', () => {
    expect(nextClaimAt(1_200, 1_000)).toBe(1_200 - HORIZON_MS / 2);
    expect(nextClaimAt(1_000, 1_000)).toBe(1_010);
  });

  test.each([
    [1, 2],
    [80, 17],
    [1_000, 201],
    [10_000, 500],
  ])('at %s a second a claim names at most %s jobs', (rate, size) => {
    expect(claimSize(rate)).toBe(size);
  });

  test.each([
    [80, 50, 38],
    [80, 1_000, 152],
    [1_000, 1_000, 1_900],
    [1_000, 60_000, 4_000],
    [1, 50, 10],
  ])('Little: %s a second at %s ms of latency take %s jobs in hand', (rate, latency, jobs) => {
    expect(concurrencyFor(rate, latency)).toBe(jobs);
  });
});

describe('the last second', () => {
  test('one more send waits until the oldest of a full second leaves it', () => {
    const sends = lastSecond();
    for (const at of [0, 10, 20]) sends.add(at);
    expect(sends.freeAt(30, 4)).toBe(30);
    expect(sends.freeAt(30, 3)).toBe(1_000);
    expect(sends.freeAt(1_005, 3)).toBe(1_005);
  });

  test('whoever asks first keeps to the rate in any sliding second, however it stalls', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 500 }),
        (rate, gaps) => {
          const sends = lastSecond();
          const sent: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            now = sends.freeAt(now + gap, rate);
            sends.add(now);
            sent.push(now);
          }
          for (const [i, at] of sent.entries()) {
            expect(sent.slice(i).filter((other) => other < at + 1_000).length).toBeLessThanOrEqual(
              rate,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the database clock on ours', () => {
  test('bounds narrow to the true offset, whatever the exchanges took', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e12, noNaN: true }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
          minLength: 1,
          maxLength: 30,
        }),
        (offset, exchanges) => {
          let bounds: ReturnType<typeof narrow> | undefined;
          let now = 0;
          for (const [there, back] of exchanges) {
            const sent = now;
            const read = sent + there;
            now = read + back;
            bounds = narrow(bounds, sent, now, read + offset);
            now += 100;
          }
          if (bounds === undefined) throw new Error('no exchange');
          expect(bounds.low).toBeLessThanOrEqual(offset + 1e-3);
          expect(bounds.high).toBeGreaterThanOrEqual(offset - 1e-3);
          expect(Math.abs(toLocal(bounds, offset + 500) - 500)).toBeLessThanOrEqual(51);
        },
      ),
    );
  });

  test('a clock that was set begins anew', () => {
    const before = narrow(undefined, 0, 2, 1_000_001);
    const after = narrow(before, 100, 102, 5_000_101);
    expect(toLocal(after, 5_000_101)).toBeCloseTo(101, 0);
  });
});
