import { describe, expect, test } from '@jest/globals';
import { type HowToRead, toE164 } from '../../../src/core/people/phone.ts';

function read(raw: string, country?: string, how?: HowToRead): string {
  const result = toE164(raw, country, how);
  return result.ok ? result.value : result.error.code;
}

describe('digits without a plus that are a number of another country', () => {
  test.each([
    ['15125550120', 'DE', 'Austin, and a mobile number of Germany'],
    ['16505550121', 'DE', 'California'],
    ['919876543210', 'DE', 'India'],
    ['5511999999999', 'DE', 'Brazil'],
    ['551199999999', 'DE', 'Brazil without the ninth digit'],
    ['5215512345678', 'DE', 'Mexico as its wa_id is'],
    ['525512345678', 'DE', 'Mexico'],
    ['5491123456789', 'DE', 'Argentina'],
    ['22507123456', 'DE', 'an old number of Ivory Coast'],
    ['2250707123456', 'DE', 'Ivory Coast'],
    ['22996123456', 'DE', 'an old number of Benin'],
    ['33639981234', 'DE', 'a number of France that is kept for films'],
    ['447700900123', 'DE', 'a number of Britain that is kept for films'],
    ['4915112345678', 'US', 'Germany, and too long for the USA'],
    ['4915112345678', 'FR', 'Germany'],
    ['34612345678', 'IT', 'Spain'],
    ['447911123456', 'US', 'Britain'],
    ['8613800138000', 'DE', 'China'],
    ['971501234567', 'GB', 'the Emirates'],
  ])('%s in a list of %s is refused: %s', (raw, country) => {
    expect(read(raw, country)).toBe('PHONE_AMBIGUOUS');
  });

  test('both readings are said, and what decides for the list', () => {
    const failed = toE164('15125550120', 'DE');
    expect(failed).toMatchObject({ ok: false });
    const message = failed.ok ? '' : failed.error.message;
    expect(message).toContain('+1512*****20 of US');
    expect(message).toContain('+4915*******20 of DE');
    expect(message).toMatch(/--numbers international or --numbers national/);
  });

  test.each([
    ['15125550120', 'DE', 'international', '+15125550120'],
    ['15125550120', 'DE', 'national', '+4915125550120'],
    ['919876543210', 'DE', 'international', '+919876543210'],
    ['22507123456', 'DE', 'international', '+22507123456'],
    ['22507123456', undefined, 'international', '+22507123456'],
    ['4915112345678', undefined, 'international', '+4915112345678'],
    ['0151 12345678', 'DE', 'international', '+4915112345678'],
    ['0151 12345678', undefined, 'international', 'PHONE_COUNTRY_MISSING'],
    ['5550120', 'US', 'international', 'PHONE_TOO_SHORT'],
    ['+4915112345678', 'US', 'national', '+4915112345678'],
  ] as const)('%s of %s read as %s is %s', (raw, country, how, expected) => {
    expect(read(raw, country, how)).toBe(expected);
  });

  test.each([
    ['0151 12345678', 'DE', '+4915112345678'],
    ['(650) 555-1234', 'US', '+16505551234'],
    ['6505551234', 'US', '+16505551234'],
    ['16505551234', 'US', '+16505551234'],
    ['(205) 555-1234', 'US', '+12055551234'],
    ['2055512345', 'US', '+12055512345'],
    ['11 98765-4321', 'BR', '+5511987654321'],
    ['31987654321', 'BR', '+5531987654321'],
    ['5511987654321', 'BR', '+5511987654321'],
    ['8 (495) 123-45-67', 'RU', '+74951234567'],
    ['89161234567', 'RU', '+79161234567'],
    ['79161234567', 'RU', '+79161234567'],
    ['0412 345 678', 'AU', '+61412345678'],
    ['612 345 678', 'ES', '+34612345678'],
    ['333 123 4567', 'IT', '+393331234567'],
    ['9876543210', 'IN', '+919876543210'],
    ['55 1234 5678', 'MX', '+525512345678'],
    ['0707123456', 'CI', '+2250707123456'],
  ])('%s in %s is still %s', (raw, country, expected) => {
    expect(read(raw, country)).toBe(expected);
  });
});

describe('digits that are of the default country with its code and without', () => {
  test.each([
    ['22507123456', 'CI', '+22507123456', 'too long without it'],
    ['22996123456', 'BJ', '+22996123456', ''],
    ['2250707123456', 'CI', '+2250707123456', ''],
    ['4915123456789', 'DE', '+4915123456789', 'without it a fixed line that lacks its 0'],
    ['4915112345678', 'DE', '+4915112345678', ''],
    ['436641234567', 'AT', '+436641234567', ''],
    ['6281234567890', 'ID', '+6281234567890', ''],
    ['5215512345678', 'MX', '+5215512345678', ''],
    ['5491123456789', 'AR', '+5491123456789', ''],
    ['551187654321', 'BR', '+551187654321', ''],
    ['33612345678', 'FR', '+33612345678', ''],
  ])('%s in %s is %s in every way of reading: %s', (raw, country, expected) => {
    for (const how of [undefined, 'national', 'international', 'wa-id'] as const)
      expect([how, read(raw, country, how)]).toEqual([how, expected]);
  });

  test('the other country still asks', () => {
    expect(read('22996123456', 'CI')).toBe('PHONE_AMBIGUOUS');
    expect(read('22507123456', 'BJ')).toBe('PHONE_AMBIGUOUS');
    expect(read('15125550120', 'DE')).toBe('PHONE_AMBIGUOUS');
  });

  test.each([
    ['07123456', 'CI', '10 now: write 07 in front of it'],
    ['05 12 34 56', 'CI', '10 now: write 05 in front of it'],
    ['20300000', 'CI', '10 now: write the two digits that the number got'],
    ['96123456', 'BJ', '10 now: write 01 in front of it'],
    ['21300000', 'BJ', '10 now: write 01 in front of it'],
  ])('%s of the plan that %s had is told what to put in front', (raw, country, words) => {
    for (const how of [undefined, 'national', 'wa-id'] as const) {
      const result = toE164(raw, country, how);
      expect(result).toMatchObject({
        error: { code: 'PHONE_LOCAL', message: expect.stringContaining(words) },
      });
    }
  });
});

describe('numbers without their area code', () => {
  test.each([
    ['555-0120', 'US'],
    ['5550120', 'CA'],
    ['99999-9999', 'BR'],
    ['9999-9999', 'BR'],
    ['5678 1234', 'MX'],
    ['2345-6789', 'AR'],
    ['2345 6789', 'IN'],
    ['9234 5678', 'AU'],
  ])('%s in %s are refused', (raw, country) => {
    expect(read(raw, country)).toMatch(/^PHONE_(LOCAL|TOO_SHORT|IMPOSSIBLE)$/);
    expect(read(raw, country, 'national')).toMatch(/^PHONE_(LOCAL|TOO_SHORT|IMPOSSIBLE)$/);
  });
});

describe('one number as our export prints it', () => {
  test.each([
    ['22507123456', undefined],
    ['22996123456', undefined],
    ['5215512345678', undefined],
    ['5491123456789', undefined],
    ['553187654321', undefined],
    ['16505551234', undefined],
    ['4915112345678', undefined],
    ['4915112345678', 'DE'],
    ['5215512345678', 'MX'],
    ['553187654321', 'BR'],
    ['22507123456', 'CI'],
    ['22996123456', 'BJ'],
  ])('%s is taken, with default country %s', (raw, country) => {
    expect(read(raw, country, 'wa-id')).toBe(`+${raw}`);
  });

  test('but not where it is a number of two countries, or of none', () => {
    expect(read('15125550120', 'DE', 'wa-id')).toBe('PHONE_AMBIGUOUS');
    expect(read('6505551234', undefined, 'wa-id')).toBe('PHONE_COUNTRY_MISSING');
  });

  test('in a list it is not guessed silently', () => {
    expect(read('22507123456')).toBe('PHONE_COUNTRY_MISSING');
  });
});

describe('numbers of the old eight digits, with the plus', () => {
  test.each(['+22507123456', '+22996123456', '+2250707123456', '+2290196123456', '+5215512345678'])(
    '%s is read as it stands',
    (raw) => {
      expect(read(raw)).toBe(raw);
    },
  );
});
