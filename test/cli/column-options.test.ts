import { describe, expect, test } from '@jest/globals';
import { columnMap, ignoredColumns } from '../../src/cli/options/column-options.ts';

describe('--map', () => {
  test.each([
    ['name=1', { name: '1' }],
    ['Name = 1 , City=2', { Name: '1', City: '2' }],
    ['Phone Number=to', { 'Phone Number': 'to' }],
    ['a=b=1', { 'a=b': '1' }],
    ['"Name, first"=1,City=2', { 'Name, first': '1', City: '2' }],
    ['"say ""hi"""=1', { 'say "hi"': '1' }],
  ])('%s', (text, map) => {
    expect(columnMap(text, undefined)).toEqual(map);
  });

  test('may be given again, but names no column twice', () => {
    expect(columnMap('b=2', { a: '1' })).toEqual({ a: '1', b: '2' });
    expect(() => columnMap('a=2', { a: '1' })).toThrow('"a" stands there twice');
  });

  test.each(['', 'name', '=1', 'name=', 'name=1,,x'])('%j is no mapping', (text) => {
    expect(() => columnMap(text, undefined)).toThrow('Expected column=parameter');
  });
});

describe('--ignore-columns', () => {
  test.each([
    ['email', ['email']],
    ['email, "Name, first"', ['email', 'Name, first']],
    ['ALL', 'all'],
  ])('%s', (text, columns) => {
    expect(ignoredColumns(text, undefined)).toEqual(columns);
  });

  test('may be given again; all stays all', () => {
    expect(ignoredColumns('b', ['a'])).toEqual(['a', 'b']);
    expect(ignoredColumns('b', 'all')).toBe('all');
    expect(() => ignoredColumns('', undefined)).toThrow('Expected names of columns');
  });
});
