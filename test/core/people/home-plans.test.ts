import { describe, expect, test } from '@jest/globals';
import {
  homePlanOf,
  isKeptForFilms,
  isKnown,
  isMobile,
} from '../../../src/core/people/home-plans.ts';

describe('the plan of a country’s people', () => {
  test.each([
    ['US', 10, 10, false, [10], '1'],
    ['NZ', 8, 10, false, [8, 9, 10], '0'],
    ['ID', 7, 12, true, [9, 10, 11, 12], '0'],
    ['DE', 5, 15, true, [10, 11], '0'],
    ['HU', 8, 9, false, [9], '06'],
    ['IT', 6, 12, true, [9, 10], undefined],
    ['TA', 4, 4, false, [], undefined],
  ] as const)(
    '%s: %i to %i digits',
    (country, shortest, longest, hasManyLengths, mobile, trunk) => {
      const plan = homePlanOf(country);
      expect(plan).toEqual({ shortest, longest, hasManyLengths, mobile: new Set(mobile), trunk });
      expect(homePlanOf(country)).toBe(plan);
    },
  );
});

describe('a mobile number', () => {
  test.each([
    ['1', '6505551234', true, 'of the USA, whose fixed lines look alike'],
    ['49', '15112345678', true, ''],
    ['49', '3012345678', false, 'a fixed line'],
    ['49', '151123456789', false, 'a digit too many behind'],
    ['49', '015112345678', false, 'a digit too many in front'],
    ['290', '51234', true, 'of Saint Helena'],
    ['290', '8123', true, 'of Tristan da Cunha, which shares its code and has one pattern for all'],
    ['290', '22158', false, 'a fixed line of Saint Helena'],
    ['999', '15112345678', false, 'of no country'],
  ])('+%s %s is one: %p (%s)', (code, number, is) => {
    expect(isMobile(code, number)).toBe(is);
    expect(isMobile(code, number)).toBe(is);
  });
});

describe('the tables know a number', () => {
  test.each([
    ['41', '791234567', 'mobile'],
    ['41', '441234567', 'a fixed line'],
    ['41', '800123456', 'free of charge'],
    ['41', '900123456', 'dear'],
    ['41', '878123456', 'personal'],
    ['41', '860123456789', 'a voice mailbox'],
    ['41', '581234567', 'of a company'],
    ['41', '740123456', 'a pager'],
    ['44', '5612345678', 'over the internet'],
    ['41', '840123456', 'of shared cost'],
    ['52', '5512345678', ''],
    ['52', '15512345678', 'in its old spelling'],
    ['225', '07123456', 'in its old spelling'],
    ['54', '91123456789', 'in the spelling from abroad'],
    ['999', '1', 'of no country: there are no tables that could deny it'],
  ])('+%s %s: %s', (code, number) => {
    expect(isKnown(code, number)).toBe(true);
    expect(isKnown(code, number)).toBe(true);
  });

  test.each([
    ['41', '991234567'],
    ['41', '7912345678'],
    ['41', '0791234567'],
    ['49', '999999999999999'],
  ])('but not +%s %s', (code, number) => {
    expect(isKnown(code, number)).toBe(false);
  });
});

test.each([
  ['447700900000', true],
  ['447700900999', true],
  ['447700901123', false],
  ['44770090012', false],
  ['4477009001234', false],
  ['1447700900123', false],
])('%s is kept for films: %p', (digits, is) => {
  expect(isKeptForFilms(digits)).toBe(is);
});
