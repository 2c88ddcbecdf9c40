/** Numbers that are rounded: nothing and all are said of nothing and of all alone. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimals, shares, tenthsOf } from '../../src/console/rounded.ts';

const share = shares('en');
const decimal = decimals('en');

describe('a share', () => {
  it.each([
    [0, 600, '0%'],
    [1, 200_000, '<0.1%'],
    [199, 200_000, '<0.1%'],
    [200, 200_000, '0.1%'],
    [54, 600, '9%'],
    [972, 973, '99.9%'],
    [199_999, 200_000, '>99.9%'],
    [600, 600, '100%'],
  ])('of %i in %i is %s', (part, whole, said) => expect(share(part, whole)).toBe(said));

  it('is 100 of all, and 0 of nobody, and of nothing else', () => {
    const of = fc
      .integer({ min: 1, max: 5_000_000 })
      .chain((whole) => fc.tuple(fc.integer({ min: 0, max: whole }), fc.constant(whole)));
    fc.assert(
      fc.property(of, ([part, whole]) => {
        expect([share(part, whole) === '100%', share(part, whole) === '0%']).toEqual([
          part === whole,
          part === 0,
        ]);
      }),
    );
  });

  it('in tenths is full ones', () => {
    expect([tenthsOf(54, 600), tenthsOf(972, 973), tenthsOf(5, 5), tenthsOf(0, 0)]).toEqual([
      ...[0, 9, 10, 0],
    ]);
  });
});

it.each([
  [0, '0'],
  [0.04, '<0.1'],
  [0.72, '0.7'],
  [79.96, '80'],
])('a rate of %d is %s', (n, said) => expect(decimal(n)).toBe(said));
