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

  // A list that is handed in again after an upgrade must not ask by another number.
  test('is the one that every version so far has chosen', () => {
    const senders = ['1001', '1002', '1003'].map((id) => ({ id, weight: 80 }));
    const chosen = numbers.slice(0, 24).map((to) => chooseSender(to, senders).at(-1));
    expect(chosen.join('')).toBe('311333111123323233223212');
  });

  test('is the only one there is; of none there is no choice', () => {
    expect(chooseSender('+16502000000', [{ id: '7', weight: 1 }])).toBe('7');
    expect(() => chooseSender('+16502000000', [])).toThrow(
      'expected at least one sender, got none',
    );
  });

  test('is the first by its id where two are as good', () => {
    const none = ['b', 'a', 'c'].map((id) => ({ id, weight: Number.POSITIVE_INFINITY }));
    expect(chooseSender('+16502000000', none)).toBe('a');
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
