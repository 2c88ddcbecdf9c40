/** What all processes of one sender send together. */
import { describe, expect, test } from '@jest/globals';
import { chance, mostInASecond, run } from './several-processes.ts';

const RATE = 40;
const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const quick = (r: () => number) => 3 + r() * 12;
const slow = (r: () => number) => (r() < 0.1 ? r() * 500 : 3 + r() * 60);
const stalls = { perSecond: 1, mostMs: 400 };

/** By seed, so that a failure names the one that shows it. */
function eachSeed<T>(of: (seed: number, r: () => number) => T): ReadonlyMap<number, T> {
  return new Map(SEEDS.map((seed) => [seed, of(seed, chance(seed))]));
}

describe('processes of one sender', () => {
  test('that start one after the other send nine tenths of the rate in their first second', () => {
    const firsts = eachSeed((seed, r) => {
      const joins = [0, r() * 400, r() * 900];
      const sends = run({ seed, rate: RATE * 4, joins, forMs: 1_100, claimMs: quick });
      const [first = 0] = sends;
      return sends.filter((at) => at < first + 1_000).length;
    });
    expect([...firsts].filter(([, sent]) => sent < RATE * 4 * 0.9)).toEqual([]);
  });

  const at = (rate: number, p: Omit<Parameters<typeof run>[0], 'seed' | 'rate'>) =>
    eachSeed((seed) => mostInASecond(run({ seed, rate, ...p })));

  test.each([
    ['that start one after the other', { joins: [0, 150, 600], claimMs: quick }],
    ['whose claims take their time', { joins: [0, 400, 1_100], claimMs: slow }],
    ['that stall', { joins: [0, 500, 1_300], claimMs: slow, stalls }],
    ['that end', { joins: [0, 0, 900], leaves: [1_200, Infinity, 1_700], claimMs: slow, stalls }],
    [
      'that come back',
      { joins: [0, 100, 2_300], leaves: [1_000, Infinity], claimMs: slow, stalls },
    ],
    ['that are many', { joins: [0, 90, 180, 270, 360, 900], claimMs: slow, stalls }],
  ])('%s never send more than the rate in any second', (_, p) => {
    // A low rate: the work grows with its square.
    const most = at(RATE, { ...p, forMs: 3_500 });
    expect([...most].filter(([, sent]) => sent > RATE)).toEqual([]);
  });
});
