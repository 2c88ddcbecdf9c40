import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { samePerson } from '../../../src/core/people/spellings.ts';

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
