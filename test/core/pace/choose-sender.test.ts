import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseSender } from '../../../src/core/pace/choose-sender.ts';

const numbers = Array.from({ length: 20_000 }, (_, i) => `+1650${2_000_000 + i}`);

const share = (senders: { id: string; weight: number }[], id: string) =>
  numbers.filter((to) => chooseSender(to, senders) === id).length / numbers.length;

describe('who asks a person', () => {
  test('is the same sender every time, in whatever order they are named', () => {
    const senders = fc.uniqueArray(
      fc.record({ id: fc.string({ minLength: 1 }), weight: fc.integer({ min: 1, max: 1_000 }) }),
      { minLength: 1, maxLength: 5, selector: (s) => s.id },
    );
    fc.assert(
      fc.property(senders, fc.constantFrom(...numbers.slice(0, 200)), (some, to) => {
        expect(chooseSender(to, some.toReversed())).toBe(chooseSender(to, some));
      }),
    );
  });

  test('follows the rates', () => {
    const senders = [
      { id: '1001', weight: 80 },
      { id: '1002', weight: 20 },
    ];
    expect(share(senders, '1001')).toBeCloseTo(0.8, 1);
    expect(share(senders, '1002')).toBeCloseTo(0.2, 1);
  });

  test('a sender more takes only its own share of people away', () => {
    const two = [
      { id: '1001', weight: 80 },
      { id: '1002', weight: 80 },
    ];
    const three = [...two, { id: '1003', weight: 80 }];
    for (const to of numbers.slice(0, 2_000)) {
      const now = chooseSender(to, three);
      if (now !== '1003') expect(now).toBe(chooseSender(to, two));
    }
    expect(share(three, '1003')).toBeCloseTo(1 / 3, 1);
  });
});
