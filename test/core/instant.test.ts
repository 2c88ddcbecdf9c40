import { describe, expect, test } from '@jest/globals';
import { parseInstant } from '../../src/core/instant.ts';

describe('a time with its zone', () => {
  test.each([
    ['2026-03-01T09:00:00+01:00', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01T09:00:00-05:30', '2026-03-01T14:30:00.000Z'],
    ['2026-03-01 08:07Z', '2026-03-01T08:07:00.000Z'],
    ['2026-03-01t08:07z', '2026-03-01T08:07:00.000Z'],
    ['2026-03-01T08:00:05 Z', '2026-03-01T08:00:05.000Z'],
    ['2026-03-01T08:00+0130', '2026-03-01T06:30:00.000Z'],
    ['2026-03-01T08:00+02', '2026-03-01T06:00:00.000Z'],
    ['2026-03-01T08:00:05.5Z', '2026-03-01T08:00:05.500Z'],
    ['2026-03-01T08:00:05,123456789Z', '2026-03-01T08:00:05.123Z'],
    [' 2026-03-01T08:00Z\n', '2026-03-01T08:00:00.000Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999+23:59', '2026-12-31T00:00:59.999Z'],
  ])('%j is %s', (text, instant) => {
    const read = parseInstant(text);
    expect(read.ok && read.value.toISOString()).toBe(instant);
  });
});

test.each([
  '2026-03-01',
  '2026-03-01T09:00',
  '2026-03-01 09:00:00',
  '2026-03-01t09:00:00.5',
  '2026-03-01T09:00:00,123',
])('%j lacks a zone, and is told so', (text) => {
  expect(parseInstant(text)).toEqual({
    ok: false,
    error: {
      code: 'TIME_WITHOUT_ZONE',
      message: 'the time has no zone; add Z (UTC) or an offset, like 2026-03-01T09:00:00+01:00',
    },
  });
});

describe('what is no time', () => {
  test.each([
    ...['', 'tomorrow', '1772355600', '2026-03-01T09', '2026-03-01T09:00:00.', '26-03-01T09:00Z'],
    ...['2026-03-01T09:00:00.Z', '2026-03-01T09:00:00.1234567890Z', '2026-03-01T09:00  Z'],
    ...['on 2026-03-01T09:00Z', '2026-03-01T09:00Z or so', 'on 2026-03-01', '2026-03-01 or so'],
    ...['2026-03-01_09:00Z', '2026-03-01T09:00*01:00', '2026-03-01_09:00', '2026-03-01T09:00:00_5'],
  ])('%j is said to be none', (text) => {
    expect(parseInstant(text)).toEqual({
      ok: false,
      error: {
        code: 'TIME_INVALID',
        message:
          'this is not a time; write it as 2026-03-01T09:00:00Z or 2026-03-01T09:00:00+01:00',
      },
    });
  });

  test.each([
    ['0026-03-01T09:00Z', 'a year of two digits'],
    ['2026-13-01T09:00Z', 'a month'],
    ['2026-00-01T09:00Z', 'a month'],
    ['2026-02-30T09:00Z', 'a day'],
    ['2026-02-29T09:00Z', 'a day of another year'],
    ['2026-03-00T09:00Z', 'a day'],
    ['2026-03-01T24:00Z', 'an hour'],
    ['2026-03-01T09:60Z', 'a minute'],
    ['2026-03-01T09:00:60Z', 'a second'],
    ['2026-03-01T09:00+24:00', 'an offset'],
    ['2026-03-01T09:00+01:60', 'an offset'],
  ])('%s is not carried over: %s that is not there', (text) => {
    expect(parseInstant(text)).toMatchObject({ ok: false, error: { code: 'TIME_INVALID' } });
  });
});
