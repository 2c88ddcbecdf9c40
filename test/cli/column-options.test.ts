import { expect, test } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { columnMap, ignoredColumns } from '../../src/cli/options/column-options.ts';

test('--map may be given again, also for another name of a column, but for none twice', () => {
  expect(columnMap('b=2', { a: '1' })).toEqual({ a: '1', b: '2' });
  expect(columnMap('a=3', { a: ['1', '2'] })).toEqual({ a: ['1', '2', '3'] });
  expect(() => columnMap('a=1', { a: '1' })).toThrow('"a" as "1" stands there twice');
});

test('--ignore-columns may be given again; all stays all', () => {
  expect(ignoredColumns('b', ['a'])).toEqual(['a', 'b']);
  expect(ignoredColumns('b', 'all')).toBe('all');
});

test('what cannot be read is wrong use', () => {
  expect(() => columnMap('name', undefined)).toThrow(InvalidArgumentError);
});
