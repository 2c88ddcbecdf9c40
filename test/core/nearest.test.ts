import { expect, test } from '@jest/globals';
import { unknownName } from '../../src/core/nearest.ts';

const NAMES = ['weights', 'weight', 'dryRun', 'defaultCountry', 'map', 'to', 'onPairLimit'];

test.each([
  ['dryrun', 'dryRun', 'in small letters'],
  ['dry-run', 'dryRun', ''],
  ['DRY_RUN', 'dryRun', ''],
  ['dry run', 'dryRun', ''],
  ['wight', 'weight', 'a letter too few'],
  ['weightt', 'weights', 'the first of two that are as near'],
  ['weighht', 'weight', 'a letter too many'],
  ['wieght', 'weight', 'two letters in each other’s place'],
  ['meight', 'weight', 'another first letter'],
  ['mop', 'map', 'one of three letters'],
  ['T-O', 'to', 'the same two letters'],
  ['country', 'defaultCountry', 'a part of it'],
  ['limi', 'onPairLimit', 'four letters of it'],
])('%s was meant to be %s: %s', (wrong, name) => {
  expect(unknownName(wrong, NAMES)).toBe(`There is no option "${wrong}"; did you mean "${name}"?`);
});

test.each([
  ['', 'nothing'],
  ['t', 'a single letter'],
  ['ta', 'one wrong letter of two'],
  ['mpa', 'two wrong letters of three'],
  ['run', 'three letters of a longer one'],
  ['wxyzht', 'three wrong letters'],
  ['reipients', 'nothing is near'],
])('%j is like none of them: %s', (wrong) => {
  expect(unknownName(wrong, NAMES)).toBe(`There is no option "${wrong}"`);
});

test('where there is no name at all, none is meant', () => {
  expect(unknownName('weight', [])).toBe('There is no option "weight"');
});
