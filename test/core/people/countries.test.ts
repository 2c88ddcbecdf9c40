import { expect, test } from '@jest/globals';
import { getCountries } from 'libphonenumber-js/min';
import { isCountry } from '../../../src/core/people/countries.ts';

test('the countries are those of the tables of phone numbers', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  expect(codes.filter(isCountry)).toEqual([...getCountries()].sort());
});
