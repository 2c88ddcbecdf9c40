import { describe, expect, test } from '@jest/globals';
import {
  type Read,
  readInstant,
  readMaxErrors,
  readName,
  readQuietHours,
  readWeight,
} from '../../src/core/campaign-options.ts';

/** The value, or what was expected instead. */
const said = (read: Read<unknown>) => (read.ok ? read.value : read.error);

describe('quiet hours', () => {
  test.each([
    ['21:00-08:00', '21:00', '08:00'],
    [' 9:05-19:59 ', '09:05', '19:59'],
    ['19:59-9:05', '19:59', '09:05'],
    ['00:00-23:59', '00:00', '23:59'],
  ])('%j are from %s to %s', (text, from, to) => {
    expect(said(readQuietHours(text))).toEqual({ from, to });
  });

  test.each([
    ...['', '21-08', '21:00', '24:00-08:00', '21:60-08:00', '21:00-8:5', '21:00 - 08:00'],
    ...['at 21:00-08:00', '21:00-08:00 h', '30:00-08:00', '21:00-a8:00'],
  ])('%j are none', (text) => {
    expect(said(readQuietHours(text))).toBe('Expected two times of day, like 21:00-08:00');
  });

  test.each(['08:00-08:00', '8:00-08:00'])('%s are no time at all', (text) => {
    expect(said(readQuietHours(text))).toBe('Expected two different times of day');
  });
});

describe('a point in time', () => {
  const at = new Date('2026-12-01T09:00:00Z');
  test.each([[at], ['2026-12-01T09:00:00Z'], ['2026-12-01T10:00+01:00']])('%p is one', (given) => {
    expect(said(readInstant(given))).toEqual(at);
  });

  test.each([[new Date(Number.NaN)], ['2026-12-01T09:00:00'], ['tomorrow'], ['']])(
    '%p is none',
    (given) => {
      expect(said(readInstant(given))).toBe(
        'Expected a date and time with its zone, like 2026-12-01T09:00:00Z or 2026-12-01T09:00+01:00',
      );
    },
  );
});

describe('a weight', () => {
  test.each([1, 7, 100])('%p is one', (given) => {
    expect(said(readWeight(given))).toBe(given);
  });

  test.each([0, -1, 101, 1.5, Number.NaN])('%p is none', (given) => {
    expect(said(readWeight(given))).toBe('Expected a whole number from 1 to 100');
  });
});

describe('errors at which a campaign pauses', () => {
  test.each([
    [25, { count: 25 }],
    ['0', { count: 0 }],
    ['999999999', { count: 999_999_999 }],
    ['5%', { percent: 5 }],
    ['12.25%', { percent: 12.25 }],
    ['100%', { percent: 100 }],
  ])('%p are %j', (given, read) => {
    expect(said(readMaxErrors(given))).toEqual(read);
  });

  test.each([
    ...['', 'x', '-1', '1.5', '1000000000', '101%', '100.1%', '5 %', '5%%', '-5%', '.5%', '5.%'],
    ...['about 5', 'about 5%', '5 or so', '%', 1.5, -1],
  ])('%p are none', (given) => {
    expect(said(readMaxErrors(given))).toBe(
      'Expected a whole number or a percentage, like 100 or 5%',
    );
  });
});

describe('the name of a campaign', () => {
  test.each([
    ['March', 'March'],
    ['  Märzkampagne 😀 ', 'Märzkampagne 😀'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('%j is %j', (given, name) => {
    expect(said(readName(given))).toBe(name);
  });

  test.each(['', '  ', '\u200b', 'x'.repeat(256), 'two\nlines', 'a\u0000b', 'a\ud83d'])(
    '%j is none',
    (given) => {
      expect(said(readName(given))).toBe('Expected a name of 1 to 255 characters in one line');
    },
  );
});
