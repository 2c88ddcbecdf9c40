/** Small rules of numbers, each of which a slip in the code once would have broken unseen. */
import { expect, test } from '@jest/globals';
import { type HowToRead, toE164 } from '../../../src/core/people/phone.ts';
import { shortestSpelling, spellingsOf } from '../../../src/core/people/spellings.ts';

test.each<[raw: string, country: string, how: HowToRead | undefined, read: string, why: string]>([
  ['6505551234,6505551235', 'US', undefined, 'PHONE_SEVERAL', 'a comma parts two numbers'],
  ['(62) 21444826', 'ID', undefined, 'PHONE_AMBIGUOUS', 'with a country code, or without'],
  ['(62) 21444826', 'ID', 'wa-id', '+6221444826', 'with the own country code, as Meta writes it'],
  ['(62) 057818779630', 'ID', undefined, '+6257818779630', 'at home it is no number'],
  ['(16) 265028314', 'JP', undefined, 'PHONE_INVALID', 'brackets around more than a country code'],
  ['(61) 914745795810', 'AU', 'national', '+61914745795810', 'the own code is as good as a plus'],
  ['06216212966', 'AU', 'international', 'PHONE_INVALID', 'with its 0, too long for a mobile'],
  ['3906123456', 'IT', undefined, 'PHONE_AMBIGUOUS', 'mobile, or with the own code of Rome'],
  ['3906123456', 'IT', 'national', '+393906123456', 'the same where all are national'],
  ['3906123456', 'IT', 'wa-id', '+3906123456', 'the same as Meta writes it'],
  ['49 15112345678', 'US', undefined, 'PHONE_AMBIGUOUS', 'a country code that stands alone'],
  ['-(49) 15112345678', 'US', undefined, 'PHONE_AMBIGUOUS', 'the same in brackets'],
  ['4 915112345678', 'US', undefined, 'PHONE_TOO_LONG', 'nobody parts a country code'],
  ['(89) 025494799', 'AR', 'national', '+5489025494799', 'a plan of two lengths, the longer one'],
])('%s (%s, %s) is %s: %s', (raw, country, how, expected) => {
  const result = toE164(raw, country, how);
  expect(result.ok ? result.value : result.error.code).toBe(expected);
});

test('a plan with one length is said to have that', () => {
  const result = toE164('+45 12345');
  expect(result.ok ? '' : result.error.message).toMatch(/numbers of \+45 have 8 after it$/);
});

test('a new number of Ivory Coast is one spelling of the old one with its own operator alone', () => {
  const both = ['22507123456', '2250707123456'];
  expect(spellingsOf('2250707123456')).toEqual(both);
  expect(spellingsOf('2250507123456')).toEqual(['2250507123456']);
  expect(shortestSpelling('+225 07 07 12 34 56')).toBe(both[0]);
});
