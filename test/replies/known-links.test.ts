/** What a process remembers of names that it told the ledger to be one person's. */
import { expect, test } from '@jest/globals';
import { knownLinks } from '../../src/replies/known-links.ts';

const link = (n: number, at = 1) => ({ a: `US.${n}`, b: `1555${n}`, at: new Date(at) });

test('a pair is known as of the time it was told, until all is forgotten', () => {
  const known = knownLinks({ now: () => 0 });
  known.add([link(1, 5)]);
  expect([known.has(link(1, 5)), known.has(link(1, 9)), known.has(link(1, 4))]).toEqual([
    ...[true, true, false],
  ]);
  expect(known.has(link(2))).toBe(false);
  known.clear();
  expect(known.has(link(1, 5))).toBe(false);
});

test('nothing is known for more than a minute', () => {
  let now = 0;
  const known = knownLinks({ now: () => now });
  known.add([link(1)]);
  now = 59_999;
  expect(known.has(link(1))).toBe(true);
  now = 60_000;
  expect(known.has(link(1))).toBe(false);
});

test('of more than 50,000 the oldest are forgotten', () => {
  const known = knownLinks({ now: () => 0 });
  known.add(Array.from({ length: 50_001 }, (_, n) => link(n)));
  expect([known.has(link(0)), known.has(link(1)), known.has(link(50_000))]).toEqual([
    ...[false, true, true],
  ]);
});

test('none outlives that somebody is forgotten', () => {
  const known = knownLinks({ now: () => 0 });
  known.asOf('7');
  known.add([link(1)]);
  known.asOf('7');
  expect(known.has(link(1))).toBe(true);
  known.asOf('8');
  expect(known.has(link(1))).toBe(false);
});
