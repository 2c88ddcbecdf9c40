import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { getCountryCallingCode } from 'libphonenumber-js/min';
import { type HowToRead, toE164 } from '../../../src/core/people/phone.ts';
import {
  isAPersonsLength,
  type NationalDigits,
  whatIsMissing,
} from '../../../src/core/people/whole-number.ts';

function read(raw: string, country?: string, how?: HowToRead): string {
  const result = toE164(raw, country, how);
  return result.ok ? result.value : result.error.code;
}

describe('digits that the tables do not know, or that may be dialled within one town, are refused', () => {
  test.each([
    ['15 2345-6789', 'AR', 'PHONE_INVALID', 'a mobile number as it is dialled at home'],
    ['12345', 'DE', 'PHONE_LOCAL', ''],
    ['555 0120', 'DE', 'PHONE_LOCAL', 'a number of Nordrhein-Westfalen with a 0'],
    ['7654321', 'DE', 'PHONE_LOCAL', 'one of Baden-Württemberg'],
    ['0176 123', 'DE', 'PHONE_INVALID', 'a mobile number that was cut off'],
    ['6552 9988', 'CN', 'PHONE_LOCAL', ''],
    ['3333-4444', 'CN', 'PHONE_LOCAL', ''],
    ['6123456', 'IT', 'PHONE_INVALID', ''],
    ['3333-4444', 'ID', 'PHONE_LOCAL', ''],
    ['1234567', 'AT', 'PHONE_LOCAL', ''],
    ['123 4567', 'FI', 'PHONE_LOCAL', ''],
    ['123 456 78', 'SE', 'PHONE_LOCAL', ''],
    ['2345 6789', 'EG', 'PHONE_LOCAL', ''],
    ['123 4567', 'KR', 'PHONE_IMPOSSIBLE', ''],
    ['6110000', 'AU', 'PHONE_LOCAL', 'the country code and a service of five digits'],
    ['61131234', 'AU', 'PHONE_LOCAL', ''],
  ])('%s in %s is %s: %s', (raw, country, code) => {
    expect(read(raw, country)).toBe(code);
    expect(read(raw, country, 'national')).toBe(code);
    expect(read(raw, country, 'wa-id')).toBe(code);
  });

  test('and the words say what to write', () => {
    const message = (raw: string) => {
      const result = toE164(raw, 'DE');
      return result.ok ? '' : result.error.message;
    };
    expect(message('555 0120')).toMatch(/area code.*with its 0, or as \+49/);
    expect(message('0176 123')).toMatch(/area code.*write it as \+49/);
  });
});

describe('what is whole stays', () => {
  test.each([
    ['089 1234567', 'DE', '+49891234567', 'a fixed line with its 0'],
    ['06841 12345', 'DE', '+49684112345', ''],
    ['30 12345678', 'DE', '+493012345678', 'a 0 that a spreadsheet lost: too long for one town'],
    ['(30) 123456', 'DE', '+4930123456', 'brackets show the area code'],
    ['30/123456', 'DE', '+4930123456', ''],
    ['1511 2345671', 'DE', '+4915112345671', ''],
    ['664 1234567', 'AT', '+436641234567', ''],
    ['812 3456 789', 'ID', '+628123456789', ''],
    ['10 6552 9988', 'CN', '+861065529988', ''],
    ['13800138000', 'CN', '+8613800138000', ''],
    ['0612345', 'IT', '+390612345', ''],
    ['9123 4567', 'SG', '+6591234567', 'eight digits, and none but these'],
    ['3 331 2345', 'NZ', '+6433312345', ''],
    ['40 123 456', 'FI', '+35840123456', 'a short mobile number'],
    ['650-555-0000', 'US', '+16505550000', ''],
    ['(333) 555-1234', 'US', '+13335551234', 'an area code that is not given out yet'],
    ['07700 900123', 'GB', '+447700900123', ''],
    ['7700 900123', 'GB', '+447700900123', ''],
    ['16977 2345', 'GB', '+44169772345', ''],
    ['11 8765-4321', 'BR', '+551187654321', 'without the ninth digit'],
    ['11 3333-4444', 'BR', '+551133334444', ''],
    ['2 9234 5678', 'AU', '+61292345678', ''],
    ['0152 1000 000', 'DE', '+491521000000', 'a mobile length and its 0: a new range perhaps'],
  ])('%s in %s is %s %s', (raw, country, expected) => {
    expect(read(raw, country)).toBe(expected);
  });

  test('with a plus the length alone decides as before', () => {
    for (const number of ['+4912345678', '+49176123456', '+541523456789', '+8665529988'])
      expect(read(number, 'DE')).toBe(number);
  });

  test('a number that is valid for the tables is taken as it is dialled within its country', () => {
    const country = fc.constantFrom('DE', 'AT', 'ID', 'CN', 'SE', 'FI', 'GB', 'AU', 'FR', 'NL');
    fc.assert(
      fc.property(country, fc.stringMatching(/^[1-9]\d{5,10}$/), (home, digits) => {
        const parsed = parsePhoneNumberFromString(`0${digits}`, home);
        const { nationalNumber, country: found } = parsed ?? {};
        if (!parsed?.isValid() || nationalNumber !== digits || found !== home) return;
        if (/^(?:FIXED_LINE|MOBILE)/.test(parsed.getType() ?? ''))
          expect(read(`0${digits}`, home, 'national')).toBe(parsed.number);
      }),
      { numRuns: 2_000 },
    );
  });

  test('nothing is read into digits of a closed plan that was not before: their length decides', () => {
    const country = fc.constantFrom('US', 'AU', 'FR', 'ES', 'IN', 'MX');
    fc.assert(
      fc.property(country, fc.stringMatching(/^[2-9]\d{6,9}$/), (home, digits) => {
        const least = home === 'US' || home === 'IN' || home === 'MX' ? 10 : 9;
        const taken = !read(digits, home, 'national').startsWith('PHONE');
        if (digits.length < least) expect(taken).toBe(false);
        // Australia's code and a service: the tables know no number that begins so.
        if (home === 'AU' && digits.startsWith('61')) return;
        if (digits.length === least) expect(taken).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what the digits of a national number lack', () => {
  const missing = (
    country: 'DE' | 'FI' | 'ID' | 'NZ' | 'CI' | 'BJ',
    p: Partial<NationalDigits>,
  ) => {
    const nationalNumber = p.nationalNumber ?? '';
    const digits = p.digits ?? nationalNumber;
    const code = getCountryCallingCode(country);
    return whatIsMissing({ country, code, nationalNumber, digits, raw: p.raw ?? digits });
  };

  test.each([
    ['ID', '999999999999', '999999999999', 'PHONE_INVALID', 'the most digits prove nothing'],
    ['DE', '30123456', '30123456', 'PHONE_LOCAL', 'a fixed line, or some of one'],
    ['DE', '30123456', '030123456', undefined, 'with its 0'],
    ['DE', '30123456', '4930123456', 'PHONE_LOCAL', 'a country code is no 0'],
    ['FI', '0123456', '0123456', 'PHONE_LOCAL', 'a 0 of the number itself is none in front of it'],
    ['NZ', '10000000', '010000000', 'PHONE_INVALID', 'short, and the tables do not know it'],
    ['NZ', '999999999', '0999999999', undefined, 'long as a mobile number, with its 0'],
    ['NZ', '999999999', '999999999', 'PHONE_INVALID', 'the same without'],
  ] as const)('%s: %s of %s is %s: %s', (country, nationalNumber, digits, code, _why) => {
    expect(missing(country, { nationalNumber, digits })?.code).toBe(code);
  });

  test.each([
    ...['(30) 123456', '. ( 30 )123456', '(30)123456', 'Tel (30) - 123456', '30/123456'],
    ...['30 / 123456', '30/ 123456', '（30）123456'],
  ])('%s shows an area code', (raw) => {
    expect(missing('DE', { nationalNumber: '30123456', raw })).toBeUndefined();
  });

  test.each([
    ...['30 123456', '30-123456', '(30123456', '(30123456)', '3 (012) 3456', '30123456/'],
    ...['3 0/123456', '()30123456'],
  ])('%s shows none', (raw) => {
    expect(missing('DE', { nationalNumber: '30123456', raw })?.code).toBe('PHONE_LOCAL');
  });

  test.each([
    ['CI', '07123456', 'January 2021', '07'],
    ['CI', '20300000', 'January 2021', 'the two digits that the number got'],
    ['BJ', '96123456', 'November 2024', '01'],
  ] as const)(
    '%s: %s is of the plan until %s, and wants %s',
    (country, nationalNumber, until, front) => {
      expect(missing(country, { nationalNumber })).toEqual({
        code: 'PHONE_LOCAL',
        message: `numbers of ${country} had 8 digits until ${until}, and have 10 now: write ${front} in front of it`,
      });
    },
  );

  test.each([
    ['AU', '12345', false],
    ['AU', '412345678', true],
    ['CI', '0712345', false],
    ['CI', '07123456', true],
    ['BJ', '0196123456', true],
    ['DE', '12345', true],
  ] as const)('%s: people have numbers as long as %s: %p', (country, nationalNumber, are) => {
    expect(isAPersonsLength(country, nationalNumber)).toBe(are);
  });
});
