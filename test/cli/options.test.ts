import { describe, expect, test } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { duration } from '../../src/cli/options/options.ts';

const HOUR = 3_600_000;

describe('a span of time', () => {
  test.each([
    ['24h', 24 * HOUR],
    ['90m', 1.5 * HOUR],
    ['30s', 30_000],
    ['7d', 7 * 24 * HOUR],
    ['1d12h', 36 * HOUR],
    ['1d2h3m4s', 26 * HOUR + 184_000],
    [' 24H ', 24 * HOUR],
  ])('%p is read', (text, ms) => {
    expect(duration(text)).toBe(ms);
  });

  test.each([
    '',
    ' ',
    '24',
    'h',
    '0h',
    '-1h',
    '1.5h',
    '1h1d',
    '1h1h',
    '1w',
    '24 h',
    '3651d',
    '999999999d',
  ])('%p is refused, with what is expected', (text) => {
    expect(() => duration(text)).toThrow(InvalidArgumentError);
    expect(() => duration(text)).toThrow('like 24h');
  });
});
