import { expect, test } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { columnMap, ignoredColumns } from '../../src/cli/options/column-options.ts';

test('--map may be given again, but names no column twice', () => {
  expect(columnMap('b=2', { a: '1' })).toEqual({ a: '1', b: '2' });
  expect(() => columnMap('a=2', { a: '1' })).toThrow('"a" stands there twice');
});

test('--ignore-columns may be given again; all stays all', () => {
  expect(ignoredColumns('b', ['a'])).toEqual(['a', 'b']);
  expect(ignoredColumns('b', 'all')).toBe('all');
});

test('what cannot be read is wrong use', () => {
  expect(() => columnMap('name', undefined)).toThrow(InvalidArgumentError);
});
