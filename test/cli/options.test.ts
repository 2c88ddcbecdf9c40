import { expect, test } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { duration } from '../../src/cli/options/options.ts';

test('a span of time is read, or refused with what is expected', () => {
  expect(duration('1d12h')).toBe(36 * 3_600_000);
  expect(() => duration('24')).toThrow(InvalidArgumentError);
  expect(() => duration('24')).toThrow('like 24h');
});
