import { describe, expect, test } from '@jest/globals';
import {
  cleanPhone,
  type PhoneFailure,
  phoneFailure,
} from '../../../src/core/people/phone-text.ts';

const cleaned = (raw: string) => {
  const read = cleanPhone(raw);
  return read.ok ? read.value : read.error.code;
};

describe('a spelling is taken down to its digits', () => {
  test.each([
    [' +1 650 555 1234 ', '+16505551234'],
    ['"+16505551234"', '+16505551234'],
    ['="16505551234"', '16505551234'],
    ['‘16505551234', '16505551234'],
    ['’16505551234', '16505551234'],
    ['`16505551234', '16505551234'],
    ['TEL: +16505551234', '+16505551234'],
    ['WhatsApp:+16505551234', '+16505551234'],
    ['+1.650·555−1234', '+16505551234'],
    ['+1 [650] 555/12–34', '+16505551234'],
    ['+1\u200b650\ufe0f5551234', '+16505551234'],
    ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
    ['०१२३४५६७८९', '0123456789'],
    ['𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗', '0123456789'],
    ['1.2345678', '12345678'],
    ['1.2345678.0', '123456780'],
    [' "16505551234" ', '16505551234'],
    ['1234567 12345678', '123456712345678'],
    ['1234567890 1234567890', 'PHONE_SEVERAL'],
    ['1234567.890', '1234567890'],
    ['1'.repeat(100), '1'.repeat(100)],
    ['5125550/5551234', 'PHONE_SEVERAL'],
    ['512555/5551234', '5125555551234'],
    ['(030) 1234567 / 12', '030123456712'],
    ['1234567-1234567', '12345671234567'],
    ['12345678-12345678', 'PHONE_SEVERAL'],
    ['12345678–12345678', 'PHONE_SEVERAL'],
    ['1234-5678-1234-5678', '1234567812345678'],
    ['1'.repeat(101), 'PHONE_INVALID'],
  ])('%j is %s', (raw, expected) => {
    expect(cleaned(raw)).toBe(expected);
  });
});

/** What is no single number in digits, by what is said of it. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  PHONE_EMPTY: ['', ' \u200b\u00a0 ', 'tel:', 'tel: ', '" "'],
  PHONE_SCIENTIFIC: ['1e10', '+1E+10', '1,5e10', '1.65055e+10', '1.E10'],
  PHONE_DECIMAL: ['1234567.0', '+1234567,00', '16505551234.5'],
  PHONE_EXTENSION: [
    ...['6505551234 x1', '6505551234X123456789', '6505551234 ext 12', '6505551234 Extension: 9'],
    ...['6505551234;ext=9', '6505551234 #9', '6505551234 доб. 9', '6505551234 anexo 9'],
    ...[
      '6505551234x1',
      '6505551234 ext : 9',
      '6505551234 ; ext = 9',
      '6505551234 Durchwahl 9',
      '6505551234 ext.  9',
      '6505551234, ext 9',
    ],
  ],
  PHONE_SEVERAL: [
    ...['6505551234,6505551235', '6505551234;1', '6505551234 | 6505551235', '1 & 2', '1\r2'],
    ...[
      '1\n2',
      '6505551234 +6505551235',
      '6505551234 or, 1',
      '1+',
      '650 +650',
      '6505551234 x1234567890',
    ],
  ],
  PHONE_INVALID: [
    ...['x', '#', '12a', '+', '++1', 'Ann 1', '1e', 'e10', '1e10 or so', 'about 1e10'],
    ...['"16505551234" 5', '5 "16505551234"', "1'6505551234", '1 tel:6505551234'],
    ...['1234567.x', '650 x1234567890', 'ext 9', '1,'],
  ],
};

describe.each(Object.entries(REFUSED))('%s', (code, texts) => {
  test.each(texts)('%j', (raw) => {
    expect(cleaned(raw)).toBe(code);
  });
});

const DE = { number: '+4915112345678', country: 'DE' };
const US = { number: '+15112345678', country: 'US' };
const OLD = { country: 'CI', digits: 8, until: 'January 2021', now: 10 };

/** What people are told: a program has the code, and a person these words. */
const SAID: readonly (readonly [PhoneFailure, string, string])[] = [
  [
    phoneFailure.empty(),
    'PHONE_EMPTY',
    'there is no phone number; write one as +<country code><number>',
  ],
  [
    phoneFailure.notANumber(),
    'PHONE_INVALID',
    'this is not a phone number; write one as +<country code><number>, like +16505551234',
  ],
  [
    phoneFailure.several(),
    'PHONE_SEVERAL',
    'there seems to be more than one phone number; give each person a line with one number',
  ],
  [
    phoneFailure.scientific(),
    'PHONE_SCIENTIFIC',
    'a spreadsheet turned the number into scientific notation and lost its last digits; format the column as text and put the numbers in again',
  ],
  [
    phoneFailure.decimal(),
    'PHONE_DECIMAL',
    'the number was saved as a decimal; save the column as text, so that nothing stands after a dot or comma',
  ],
  [
    phoneFailure.extension(),
    'PHONE_EXTENSION',
    'the number has an extension, which WhatsApp cannot reach; leave the extension out',
  ],
  [
    phoneFailure.noCountry(),
    'PHONE_COUNTRY_MISSING',
    'the number has no country code; write it as +<country code><number>, or give --default-country if all such numbers are of one country',
  ],
  [
    phoneFailure.internationalPrefix(),
    'PHONE_PREFIX_00',
    'the number begins with 00, which means "abroad" only in some countries; write + instead of 00, or give --default-country',
  ],
  [
    phoneFailure.noSuchCountryCode(),
    'PHONE_COUNTRY_UNKNOWN',
    'no country has a country code like this; look at the digits after the +',
  ],
  [
    phoneFailure.noSuchCountry('XX'),
    'PHONE_COUNTRY_UNKNOWN',
    'there is no country "XX"; --default-country takes two letters, like DE',
  ],
  [
    phoneFailure.ambiguous({ abroad: US, home: DE }),
    'PHONE_AMBIGUOUS',
    'without a plus this can be two numbers, +1511*****78 of US or +4915*******78 of DE; write the plus and the country code, or say --numbers international or --numbers national for all',
  ],
  [
    phoneFailure.ambiguous({ abroad: US, home: { number: undefined, country: 'DE' } }),
    'PHONE_AMBIGUOUS',
    'without a plus this is no number of DE, with one it is +1511*****78 of US; write the plus and the country code, or say --numbers international or --numbers national for all',
  ],
  [
    phoneFailure.local('US', 7, 10),
    'PHONE_LOCAL',
    'the area code is missing: 7 digits, and numbers of people in US have at least 10',
  ],
  [
    phoneFailure.maybeLocal('DE', '0', '49'),
    'PHONE_LOCAL',
    'the area code seems to be missing; where it is there, write the number as it is dialled within DE, with its 0, or as +49<number>',
  ],
  [
    phoneFailure.oldPlan({ ...OLD, front: '07' }),
    'PHONE_LOCAL',
    'numbers of CI had 8 digits until January 2021, and have 10 now: write 07 in front of it',
  ],
  [
    phoneFailure.oldPlan({ ...OLD, front: undefined }),
    'PHONE_LOCAL',
    'numbers of CI had 8 digits until January 2021, and have 10 now: write the two digits that the number got in front of it',
  ],
  [
    phoneFailure.unknownAtHome('DE', '49'),
    'PHONE_INVALID',
    'DE has no number like this: digits are missing, perhaps the area code, or too many; where the number is right all the same, write it as +49<number>',
  ],
  [phoneFailure.tooShort(3), 'PHONE_TOO_SHORT', 'the number is too short: 3 digits'],
  [
    phoneFailure.tooShort(3, '+49', []),
    'PHONE_TOO_SHORT',
    'the number is too short: 3 digits after +49',
  ],
  [
    phoneFailure.tooShort(3, '+45', [8]),
    'PHONE_TOO_SHORT',
    'the number is too short: 3 digits after +45; numbers of +45 have 8 after it',
  ],
  [
    phoneFailure.tooLong(16, '+49', [5, 7, 9]),
    'PHONE_TOO_LONG',
    'the number is too long: 16 digits after +49; numbers of +49 have 5 to 9 after it',
  ],
  [
    phoneFailure.tooLong(16),
    'PHONE_TOO_LONG',
    'the number is too long: 16 digits; no number in the world has more than 15',
  ],
  [
    phoneFailure.impossible(8, '+44', [7, 9, 10]),
    'PHONE_IMPOSSIBLE',
    'no number of +44 has 8 digits after it, they have 7, 9, 10',
  ],
  [
    phoneFailure.impossible(8, '+870', []),
    'PHONE_IMPOSSIBLE',
    'no number of +870 has 8 digits after it',
  ],
];

test.each(SAID)('%j', (failure, code, message) => {
  expect(failure).toEqual({ code, message });
});
