import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { zonesOf } from '../../src/intake/zones.ts';

describe('the time zones of a number', () => {
  test.each([
    ['+16502000001', ['America/Los_Angeles']],
    ['+12125550123', ['America/New_York']],
    ['+4930901820', ['Europe/Berlin']],
    ['+4915112345678', ['Europe/Berlin']],
    ['+5511987654321', ['America/Sao_Paulo']],
    ['+919876543210', ['Asia/Calcutta']],
    ['+16715551234', ['Pacific/Guam']],
  ])('%s lies in %p', (to, zones) => {
    expect(zonesOf(to)).toEqual(zones);
  });

  test.each([
    ['a mobile number of Australia', '+61412345678', ['Australia/Sydney', 'Australia/Perth']],
    ['a mobile number of Russia', '+79161234567', ['Europe/Moscow', 'Asia/Vladivostok']],
    ['a toll-free number of +1', '+18005551234', ['America/New_York', 'Pacific/Honolulu']],
  ])('%s may lie in all of its calling code', (_, to, some) => {
    expect(zonesOf(to)).toEqual(expect.arrayContaining(some));
  });

  test('a number of no country has the hours of UTC', () => {
    expect(zonesOf('+870771234567')).toEqual(['Etc/UTC']);
  });

  test('every number has at least one zone, and each is one that clocks know', () => {
    const numbers = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1e6, max: 1e9 }));
    fc.assert(
      fc.property(numbers, ([code, rest]) => {
        const zones = zonesOf(`+${code}${rest}`);
        expect(zones.length).toBeGreaterThan(0);
        for (const timeZone of zones) new Intl.DateTimeFormat('en', { timeZone });
      }),
    );
  });
});
