import { describe, expect, test } from '@jest/globals';
import { international, isPlainNumber } from '../../../src/core/people/numbering-plans.ts';

describe('a number that is E.164 as it stands', () => {
  test.each([
    ['+16505551234', 'a country code of one digit'],
    ['+4915112345678', 'of two'],
    ['+358401234567', 'of three'],
    ['+6834123', 'seven digits'],
    ['+525512345678', ''],
    ['+5215512345678', 'Mexico’s old spelling'],
    ['+2250707123456', ''],
    ['+22507123456', 'the old spelling of Ivory Coast'],
    ['+2290196123456', ''],
    ['+22996123456', 'Benin’s old spelling'],
  ])('%s: %s', (text) => {
    expect(isPlainNumber(text)).toBe(true);
  });

  test.each([
    ['+490151123456', 'a 0 in front, as it is dialled within Germany'],
    ['+78123456789', 'an 8 that may be what Russia dials'],
    ['+9991234567', 'no country’s code'],
    ['+1650555', 'too short'],
    ['+165055512345', 'too long'],
    ['+44123456789012', 'too long'],
    ['+0123456789', 'no code begins with 0'],
    ['?33+61234567', 'more than a number'],
    ['+3361234567x', 'more than a number'],
    ['33612345678', 'without its plus'],
    ['', 'nothing'],
  ])('is not %j: %s', (text) => {
    expect(isPlainNumber(text)).toBe(false);
  });
});

describe('a number with a plus', () => {
  test.each([
    ['+16505551234', '+16505551234'],
    ['+490151123456', '+49151123456'],
    ['+86000000000', '+860000000'],
    ['+881612345678', '+881612345678'],
  ])('%s is %s', (number, read) => {
    expect(international(number)).toEqual({ ok: true, value: read });
  });

  test.each([
    ['+1', 'TOO_SHORT', 'the number is too short: 1 digits'],
    ['+8811', 'TOO_SHORT', 'the number is too short: 4 digits'],
    ['+99912', 'TOO_SHORT', 'the number is too short: 5 digits'],
    ['+999123', 'TOO_SHORT', 'the number is too short: 6 digits'],
    ['+870123', 'TOO_SHORT', 'the number is too short: 3 digits after +870'],
    [
      '+491234',
      'TOO_SHORT',
      'the number is too short: 4 digits after +49; numbers of +49 have 4 to 15 after it',
    ],
    [
      '+78000000',
      'TOO_SHORT',
      'the number is too short: 7 digits after +7; numbers of +7 have 10 to 14 after it',
    ],
    ['+4412345678', 'IMPOSSIBLE', 'no number of +44 has 8 digits after it, they have 7, 9, 10'],
    ['+225123456789', 'IMPOSSIBLE', 'no number of +225 has 9 digits after it, they have 8, 10'],
    ['+8701234', 'IMPOSSIBLE', 'no number of +870 has 4 digits after it'],
    ['+88312345', 'IMPOSSIBLE', 'no number of +883 has 5 digits after it'],
    [
      '+33612345678901',
      'TOO_LONG',
      'the number is too long: 12 digits after +33; numbers of +33 have 9 after it',
    ],
    [
      '+4915112345678901',
      'TOO_LONG',
      'the number is too long: 16 digits; no number in the world has more than 15',
    ],
    [
      '+9991234567890123',
      'TOO_LONG',
      'the number is too long: 16 digits; no number in the world has more than 15',
    ],
    ...['+9991234', '+999123456789012'].map(
      (number) =>
        [
          number,
          'COUNTRY_UNKNOWN',
          'no country has a country code like this; look at the digits after the +',
        ] as const,
    ),
  ])('%s is PHONE_%s', (number, code, message) => {
    expect(international(number)).toEqual({
      ok: false,
      error: { code: `PHONE_${code}`, message },
    });
  });
});
