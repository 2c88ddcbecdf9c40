import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples' with { type: 'json' };
import { isCountry } from '../../../src/core/people/countries.ts';
import { maskPhone } from '../../../src/core/people/mask-phone.ts';
import { type HowToRead, toE164 } from '../../../src/core/people/phone.ts';

const read = (raw: string, country?: string, how?: HowToRead) => {
  const result = toE164(raw, country, how);
  return result.ok ? result.value : result.error.code;
};

describe('any spelling becomes E.164', () => {
  test.each([
    ['+16505551234', undefined, '+16505551234'],
    ['+1 (650) 555-1234', undefined, '+16505551234'],
    ['(+1) 650.555.1234', undefined, '+16505551234'],
    ['tel:+1-650-555-1234', undefined, '+16505551234'],
    ['whatsapp:+16505551234', undefined, '+16505551234'],
    ["'+16505551234", undefined, '+16505551234'],
    ['="+16505551234"', undefined, '+16505551234'],
    ['\u202A+49\u00A0151 1234 5678\u202C', undefined, '+4915112345678'],
    ['＋４９１５１１２３４５６７８', undefined, '+4915112345678'],
    ['+٤٩١٥١١٢٣٤٥٦٧٨', undefined, '+4915112345678'],
    ['+४९१५११२३४५६७८', undefined, '+4915112345678'],
    ['+49 (0)151/12345678', undefined, '+4915112345678'],
    ['+49 0151 12345678', undefined, '+4915112345678'],
    ['+44 (0)20 7946 0958', undefined, '+442079460958'],
    ['+39 06 1234 5678', undefined, '+390612345678'],
    ['+7 8 916 123-45-67', undefined, '+79161234567'],
    ['+78123456789', undefined, '+78123456789'],
    ['+55 11 98765–4321', undefined, '+5511987654321'],
    ['+54 9 11 2345-6789', undefined, '+5491123456789'],
    ['+52 55 1234 5678', undefined, '+525512345678'],
    ['+91 98765 43210', undefined, '+919876543210'],
    ['0151 12345678', 'DE', '+4915112345678'],
    ['0151 12345678', 'de', '+4915112345678'],
    ['0049 151 12345678', 'DE', '+4915112345678'],
    ['011 49 151 12345678', 'US', '+4915112345678'],
    ['650-555-1234', 'US', '+16505551234'],
    ['1 650 555 1234', 'US', '+16505551234'],
    ['8 916 123 45 67', 'RU', '+79161234567'],
    ['919876543210', 'IN', '+919876543210'],
    ['+4915112345678', 'US', '+4915112345678'],
  ])('%s (%s) is %s', (raw, country, expected) => {
    expect(read(raw, country)).toBe(expected);
  });

  test('numbers the tables hold for unreal or out of use are accepted: length alone decides', () => {
    for (const number of ['+16505550000', '+10005551234', '+5215512345678', '+447999999999']) {
      expect(read(number)).toBe(number);
    }
  });

  test('an example number of every country is accepted as it stands and in every spelling', () => {
    for (const [country, digits] of Object.entries(examples as Record<string, string>)) {
      const number = parsePhoneNumberFromString(digits, country as 'DE');
      expect(number).toBeDefined();
      if (number === undefined) continue;
      expect(read(number.number)).toBe(number.number);
      expect(read(number.formatInternational())).toBe(number.number);
      expect(read(number.formatNational(), country, 'national')).toBe(number.number);
    }
  });
});

describe('what is no whole number is refused, each with its own code', () => {
  test.each([
    ['', undefined, 'PHONE_EMPTY'],
    ['  \u200B ', undefined, 'PHONE_EMPTY'],
    ["'", undefined, 'PHONE_EMPTY'],
    ['n/a', undefined, 'PHONE_INVALID'],
    ['+1 800 FLOWERS', undefined, 'PHONE_INVALID'],
    ['++16505551234', undefined, 'PHONE_INVALID'],
    ['+', undefined, 'PHONE_INVALID'],
    ['1'.repeat(1_000), undefined, 'PHONE_INVALID'],
    ['+16505551234, +16505551235', undefined, 'PHONE_SEVERAL'],
    ['6505551234\n6505551235', 'US', 'PHONE_SEVERAL'],
    ['+16505551234 / +16505551235', undefined, 'PHONE_SEVERAL'],
    ['5125550149/5125550150', 'US', 'PHONE_SEVERAL'],
    ['512 555 0149 / 512 555 0150', 'US', 'PHONE_SEVERAL'],
    ['5125550149 5125550150', 'US', 'PHONE_SEVERAL'],
    ['0151 12345678/0171 7654321', 'DE', 'PHONE_SEVERAL'],
    ['5550149/5550150', 'US', 'PHONE_SEVERAL'],
    ['4.91512E+12', undefined, 'PHONE_SCIENTIFIC'],
    ['4,91512E+12', 'DE', 'PHONE_SCIENTIFIC'],
    ['4E12', 'DE', 'PHONE_SCIENTIFIC'],
    ['16505551234.0', 'US', 'PHONE_DECIMAL'],
    ['+1 650 555 1234 x123', undefined, 'PHONE_EXTENSION'],
    ['+1 650 555 1234 ext. 123', undefined, 'PHONE_EXTENSION'],
    ['+1 650 555 1234;ext=123', undefined, 'PHONE_EXTENSION'],
    ['+1 650 555 1234 #9', undefined, 'PHONE_EXTENSION'],
    ['0151 12345678', undefined, 'PHONE_COUNTRY_MISSING'],
    ['16505551234', undefined, 'PHONE_COUNTRY_MISSING'],
    ['0049 151 12345678', undefined, 'PHONE_PREFIX_00'],
    ['0049 151 12345678', 'US', 'PHONE_PREFIX_00'],
    ['0151 12345678', 'XX', 'PHONE_COUNTRY_UNKNOWN'],
    ['+999 1234 5678', undefined, 'PHONE_COUNTRY_UNKNOWN'],
    ['+0151 12345678', undefined, 'PHONE_COUNTRY_UNKNOWN'],
    ['+1 650 555', undefined, 'PHONE_TOO_SHORT'],
    ['+49 1', undefined, 'PHONE_TOO_SHORT'],
    ['+1', undefined, 'PHONE_TOO_SHORT'],
    ['+49 1234', undefined, 'PHONE_TOO_SHORT'],
    ['+1 650 555 12345', undefined, 'PHONE_TOO_LONG'],
    ['+49 151 1234567890123', undefined, 'PHONE_TOO_LONG'],
    [`+${'49'.repeat(20)}`, undefined, 'PHONE_TOO_LONG'],
    ['4915112345678', 'US', 'PHONE_AMBIGUOUS'],
    ['+44 12345678', undefined, 'PHONE_IMPOSSIBLE'],
  ])('%s (%s) is %s', (raw, country, code) => {
    expect(read(raw, country)).toBe(code);
  });

  test('the words say what to do, and never repeat the number', () => {
    const result = toE164('0151 12345678');
    expect(result).toMatchObject({
      error: { message: expect.stringContaining('--default-country') },
    });
    fc.assert(
      fc.property(fc.stringMatching(/^[+0-9 ()./-]{8,30}$/), (raw) => {
        const refused = toE164(raw);
        if (!refused.ok) expect(refused.error.message).not.toContain(raw);
      }),
    );
  });
});

describe('toE164', () => {
  test('gives nothing but + and 7 to 15 digits, whatever the text', () => {
    const country = fc.constantFrom(undefined, 'US', 'DE', 'BR', 'IT', 'XX');
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[+0-9 x.]{0,20}$/)),
        country,
        (raw, c) => {
          const result = toE164(raw, c);
          if (result.ok) expect(result.value).toMatch(/^\+[1-9]\d{6,14}$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('the fast way for clean numbers agrees with the library', () => {
    const number = fc.stringMatching(/^\+[1-9]\d{6,14}$/);
    const near = fc
      .tuple(
        fc.constantFrom(
          '+549',
          '+5415',
          '+78',
          '+490',
          '+5590',
          '+1',
          '+44180020',
          '+520',
          '+61183',
          '+390',
        ),
        fc.stringMatching(/^\d{5,11}$/),
      )
      .map(([head, tail]) => head + tail);
    fc.assert(
      fc.property(fc.oneof(number, near), (raw) => {
        // A space takes the slow way.
        expect(read(raw)).toBe(read(`${raw.slice(0, 5)} ${raw.slice(5)}`));
        const parsed = parsePhoneNumberFromString(raw);
        // Where reading its own answer again gives another number, the library is no oracle.
        if (parsed && parsePhoneNumberFromString(parsed.number)?.number !== parsed.number) return;
        if (parsed?.isPossible() && parsed.number.length >= 8 && parsed.number.length <= 16) {
          expect(read(raw)).toBe(parsed.number);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('however many trunk zeros it has, its answer read again is the same number', () => {
    for (const raw of ['+86000000000', '+4900000000', '+441800200000000000']) {
      const once = toE164(raw);
      if (once.ok) expect(read(once.value)).toBe(once.value);
    }
    expect(toE164('+86 0 138 0013 8000')).toEqual({ ok: true, value: '+8613800138000' });
  });

  test('its answer read again is the same number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?[1-9]\d{6,14}$/), (raw) => {
        const once = toE164(raw, 'BR');
        if (once.ok) expect(read(once.value)).toBe(once.value);
      }),
      { examples: [['+86000000000']] },
    );
  });
});

describe('maskPhone', () => {
  test.each([
    ['+16505551234', '+1650*****34'],
    ['+1 (650) 555-1234', '+1 (650) ***-**34'],
    ['12345678', '******78'],
    ['123456789', '1234***89'],
    ['', ''],
  ])('%s becomes %s', (phone, masked) => {
    expect(maskPhone(phone)).toBe(masked);
  });
});

test('a country is known in either case', () => {
  expect(['DE', 'de', 'us'].every(isCountry)).toBe(true);
  expect(['XX', '', 'DEU', '__proto__', 'constructor'].some(isCountry)).toBe(false);
});
