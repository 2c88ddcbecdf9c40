import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seenNumbers } from '../../src/core/seen-numbers.ts';

const number = fc.bigInt({ min: 1_000_000n, max: 999_999_999_999_999n }).map((n) => `+${n}`);

test('a number that came before is never taken for a new one', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (numbers) => {
      const seen = seenNumbers();
      for (const one of numbers) seen.add(one);
      expect(numbers.every((one) => seen.add(one))).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test.each([1, 7, 4_096, 1_000_003])(
  'of 200,000 new numbers %i apart, fewer than one in a thousand is taken for an old one',
  (apart) => {
    const seen = seenNumbers();
    let wrong = 0;
    for (let i = 0; i < 200_000; i += 1)
      if (seen.add(`+${491_510_000_000 + i * apart}`)) wrong += 1;
    expect(wrong).toBeLessThan(200);
  },
);
