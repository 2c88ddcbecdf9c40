/** People a day of a portfolio: what its tiers say, and which of its senders’ limits holds. */
import { describe, expect, test } from '@jest/globals';
import { lowestLimit, peopleOfTier, portfolioOf } from '../../../src/core/pace/portfolio.ts';

test.each([
  ['TIER_1K', 1_000],
  ['tier_1m', 1_000_000],
  ['TIER_250', 250],
  ['tier_unlimited', null],
  ['X_TIER_1K', undefined],
  ['TIER_1K_NEW', undefined],
  ['TIER_K', undefined],
  ['TIER_1G', undefined],
  [undefined, undefined],
])('%p is %p people a day', (tier, people) => {
  expect(peopleOfTier(tier)).toBe(people);
});

type Config = Parameters<typeof lowestLimit>[0][number];

describe('the limit of a portfolio', () => {
  const limits = new Map<string, number | null>([
    ['two', 2_000],
    ['ten', 10_000],
    ['free', null],
  ]);
  const one = (phoneNumberId: string, dailyRecipientLimit?: number): Config => ({
    phoneNumberId,
    ...(dailyRecipientLimit === undefined ? {} : { dailyRecipientLimit }),
  });

  test.each<[string, Config[], object]>([
    ['its lowest', [one('two'), one('ten')], { limit: 2_000, isWhole: true }],
    ['its lowest, beside one without', [one('free'), one('ten')], { limit: 10_000, isWhole: true }],
    ['none, where none of them has one', [one('free')], { limit: null, isWhole: true }],
    ['what is set, before what Meta says', [one('two', 9_000)], { limit: 9_000, isWhole: true }],
    [
      'not whole, where one is not known',
      [one('two'), one('new')],
      { limit: 2_000, isWhole: false },
    ],
    ['not known, where none is', [one('new')], { limit: undefined, isWhole: false }],
  ])('is %s', (_, configs, limit) => {
    expect(lowestLimit(configs, limits, 'default')).toEqual(limit);
  });

  test('is of its own senders alone', () => {
    const configs = [one('ten'), { ...one('two'), portfolio: 'other' }];
    expect(lowestLimit(configs, limits, 'default').limit).toBe(10_000);
    expect(lowestLimit(configs, limits, 'other').limit).toBe(2_000);
    expect(configs.map((config) => portfolioOf(config))).toEqual(['default', 'other']);
  });
});
