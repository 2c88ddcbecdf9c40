import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { samePerson, shortestSpelling, spellingsOf } from '../../../src/core/people/spellings.ts';

const digits = (length: number) =>
  fc.stringMatching(new RegExp(`^\\d{${length}}$`), { size: 'max' });

describe('one person under several spellings', () => {
  test.each([
    ['Mexico with and without its 1', '+525512345678', '5215512345678'],
    ['Brazil with and without the ninth digit', '+5531987654321', '553187654321'],
    ['Argentina with and without its 9', '+541123456789', '5491123456789'],
    ['Argentina as it is dialled at home', '+54111523456789', '5491123456789'],
    ['an area code of three digits', '+5435115123456 7'.replace(' ', ''), '5493511234567'],
    ['an area code of four digits', '+54290115123456', '5492901123456'],
    ['both the 9 and the 15', '+549111523456789', '541123456789'],
    ['with signs between', '+1 (650) 555-1234', '16505551234'],
  ])('%s', (_what, a, b) => {
    expect([samePerson(a, b), samePerson(b, a)]).toEqual([true, true]);
  });

  test.each([
    ['the next number', '+16505551234', '+16505551235'],
    ['a landline of Brazil and a number with a 9 before it', '+553132345678', '+5531932345678'],
    ['a 1 in another place of Mexico', '+525512345678', '+525151234567'],
    ['a short number', '+52155', '+5255'],
    ['other area codes', '+5491123456789', '+5491223456789'],
    ['other countries', '+5215512345678', '+5515512345678'],
  ])('not: %s', (_what, a, b) => {
    expect([samePerson(a, b), samePerson(b, a)]).toEqual([false, false]);
  });

  test('a number is itself, and the order does not matter', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[1-9]\d{6,14}$/),
        fc.stringMatching(/^5[245]\d{9,12}$/),
        (a, b) => {
          expect(samePerson(a, `+${a}`)).toBe(true);
          expect(samePerson(a, b)).toBe(samePerson(b, a));
        },
      ),
    );
  });

  test('two different numbers written the same way are two people', () => {
    const forms: ((local: string) => string)[] = [
      (local) => `52${local}`,
      (local) => `521${local}`,
      (local) => `54${local}`,
      (local) => `549${local}`,
      (local) => `5511${local.slice(2)}`,
      (local) => `1${local}`,
    ];
    fc.assert(
      fc.property(digits(10), digits(10), fc.constantFrom(...forms), (a, b, form) => {
        expect(samePerson(form(a), form(b))).toBe(form(a) === form(b));
      }),
    );
  });

  test('the ninth digit counts only before eight that begin with 6 to 9', () => {
    fc.assert(
      fc.property(digits(2), digits(8), (area, eight) => {
        const isMobile = /^[6-9]/.test(eight);
        expect(samePerson(`55${area}${eight}`, `55${area}9${eight}`)).toBe(isMobile);
      }),
    );
  });
});

describe('all spellings of a number, the shortest first', () => {
  test.each([
    ['Mexico', '525512345678 5215512345678'],
    ['Brazil', '553187654321 5531987654321'],
    ['Buenos Aires', '541123456789 5491123456789 54111523456789 549111523456789'],
    [
      'area codes of three or four digits',
      '543511234567 5493511234567 54351151234567 549351151234567 54351115234567 549351115234567',
    ],
    [
      'area codes that begin with 2',
      '542901123456 5492901123456 54290151123456 549290151123456 54290115123456 549290115123456',
    ],
    ['no area code of Argentina', '544212345678 5494212345678'],
    ['another one that ends with 11', '544212345611 5494212345611'],
    ['Ivory Coast', '22507123456 2250707123456'],
    ['Benin', '22996123456 2290196123456'],
  ])('%s', (_what, all) => {
    const forms = all.split(' ');
    for (const form of forms) {
      expect(spellingsOf(`+${form}`)).toEqual(forms);
      expect(shortestSpelling(form)).toBe(forms[0]);
    }
  });

  test.each([
    ['1525512345678', 'Mexico’s code is not in front'],
    ['5255123456789', 'a digit too many'],
    ['15531987654321', 'Brazil’s code is not in front'],
    ['5531876543210', 'a digit too many'],
    ['1541123456789', 'Argentina’s code is not in front'],
    ['154111523456789', 'nor here, with a 15'],
    ['54411523456789', 'a 15 behind no area code'],
    ['12250707123456', 'the code of Ivory Coast is not in front'],
    ['225071234567', 'a digit too many'],
    ['22520300000', 'a landline, which got other digits'],
    ['122996123456', 'Benin’s code is not in front'],
    ['229961234567', 'a digit too many'],
    ['', 'no number'],
  ])('%j has none but itself: %s', (number) => {
    expect(spellingsOf(number)).toEqual([number]);
  });
});
