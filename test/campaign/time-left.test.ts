import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type TimeLeft, timeLeftBy } from '../../src/campaign/time-left.ts';

/** A look every half second at a run that has its first outcome after `startMs`, to its end. */
function looksAt(run: {
  readonly people: number;
  readonly rate: number;
  readonly startMs: number;
  readonly expectedSeconds?: number;
}): readonly (TimeLeft & { readonly atMs: number; readonly truth: number })[] {
  const { people, rate, startMs } = run;
  const see = timeLeftBy(run.expectedSeconds);
  const endMs = startMs + (people * 1_000) / rate;
  const looks = [];
  for (let atMs = 0; atMs < endMs; atMs += 500) {
    const settled = Math.floor((Math.max(0, atMs - startMs) * rate) / 1_000);
    const left = see({ atMs, open: people - Math.min(people, settled), later: 0 });
    looks.push({ ...left, atMs, truth: (endMs - atMs) / 1_000 });
  }
  return looks;
}

describe('the time left of a campaign that is watched', () => {
  test('is there from the first look on, and never far from the truth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 3_000 }),
        (people, rate, startMs) => {
          fc.pre(people / rate < 600);
          const looks = looksAt({ people, rate, startMs, expectedSeconds: people / rate + 0.7 });
          const isFar = ({ secondsLeft, truth }: (typeof looks)[number]) =>
            secondsLeft === null || Math.abs(secondsLeft - truth) > 4 + truth / 4;
          expect(looks.filter(isFar)).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('follows from the measured rate once there is one, whatever was expected', () => {
    const looks = looksAt({ people: 4_000, rate: 40, startMs: 800, expectedSeconds: 10 });
    expect(looks[0]).toMatchObject({ rate: null, isMeasured: false, secondsLeft: 10 });
    const measured = looks.filter((look) => look.isMeasured);
    expect(measured[0]?.atMs).toBeLessThan(4_000);
    for (const { rate, secondsLeft, truth } of measured) {
      expect(rate).toBeCloseTo(40, -1);
      expect(Math.abs((secondsLeft ?? 0) - truth)).toBeLessThan(2 + truth / 10);
    }
  });

  test('is not told before a rate is measured where nothing was expected', () => {
    const looks = looksAt({ people: 1_000, rate: 50, startMs: 1_000 });
    for (const { isMeasured, secondsLeft } of looks) expect(secondsLeft !== null).toBe(isMeasured);
  });

  test('leaves out those who are due later, and is over with the others', () => {
    const see = timeLeftBy(30);
    expect(see({ atMs: 0, open: 300, later: 0 }).secondsLeft).toBe(30);
    expect(see({ atMs: 500, open: 300, later: 200 }).secondsLeft).toBe(10);
    expect(see({ atMs: 1_000, open: 200, later: 200 }).secondsLeft).toBe(0);
  });

  test('is not told where nobody has had an outcome for half a minute, and comes back', () => {
    const see = timeLeftBy(100);
    for (let atMs = 0; atMs <= 10_000; atMs += 500)
      see({ atMs, open: 1_000 - atMs / 100, later: 0 });
    expect(see({ atMs: 50_000, open: 900, later: 0 }).secondsLeft).toBeNull();
    expect(see({ atMs: 51_000, open: 890, later: 0 }).secondsLeft).toBeGreaterThan(0);
  });
});
