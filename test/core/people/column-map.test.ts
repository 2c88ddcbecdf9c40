import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  joinedColumnMaps,
  namesIn,
  readColumnMap,
  readColumns,
} from '../../../src/core/people/column-map.ts';

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** As a spreadsheet's header may be, without white space around it. */
const name = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((text) => text.trim() === text);

describe('columns by other names', () => {
  test.each([
    ['name=1', { name: '1' }],
    ['name=1,city=2', { name: '1', city: '2' }],
    ['no=reference,name=1,no=2', { no: ['reference', '2'], name: '1' }],
    [' name = 1 , city=2 ', { name: '1', city: '2' }],
    ['Phone Number=to', { 'Phone Number': 'to' }],
    ['"Name, first"=1,City=2', { 'Name, first': '1', City: '2' }],
    ['"a,b"=1,"c=d"="e"', { 'a,b': '1', 'c=d': 'e' }],
    ['a=b=c', { 'a=b': 'c' }],
    ['"!"="=!"', { '!': '=!' }],
    ['"=a"="b==c"', { '=a': 'b==c' }],
    ['"say ""hi"""=1', { 'say "hi"': '1' }],
    [' "a=b" = "c=d" ', { 'a=b': 'c=d' }],
    ['"a" b= "c" ', { '"a" b': 'c' }],
    ['a="b"c', { a: '"b"c' }],
  ])('%s', (text, map) => {
    expect(readColumnMap(text)).toEqual({ ok: true, value: map });
  });

  test.each([
    ['name', 'Expected column=parameter, like "Name=1,City=2" or "Phone Number=to"'],
    ['a=1,a=2,a=1', '"a" as "1" stands there twice'],
  ])('%s: %s', (text, error) => {
    expect(readColumnMap(text)).toEqual({ ok: false, error });
  });

  test.each(['', 'name', '=1', 'name=', 'a=1,,b=2', 'a=1,a=1', 'a=1,'])('%j is none', (text) => {
    expect(readColumnMap(text)).toMatchObject({ ok: false });
  });

  test('any names, in quotation marks, are read as they are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, name), { selector: ([from]) => from, minLength: 1 }),
        (pairs) => {
          const text = pairs.map(([from, to]) => `${quoted(from)}=${quoted(to)}`).join(',');
          const read = readColumnMap(text);
          expect(read.ok && Object.entries(read.value).sort()).toEqual(
            Object.entries(Object.fromEntries(pairs)).sort(),
          );
          const names = pairs.map(([from]) => from);
          expect(readColumns(names.map(quoted).join(','))).toEqual({
            ok: true,
            value: names.length === 1 && quoted(names[0] ?? '') === 'all' ? 'all' : names,
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('columns that are left out', () => {
  test.each([
    ['a', ['a']],
    ['a, b', ['a', 'b']],
    ['"a,b",c', ['a,b', 'c']],
    ['email, "Name, first"', ['email', 'Name, first']],
    ['All', 'all'],
    ['"all"', ['all']],
    [' ALL ', 'all'],
    ['a"b"', ['a"b"']],
    ['"a"b', ['"a"b']],
  ])('%s', (text, columns) => {
    expect(readColumns(text)).toEqual({ ok: true, value: columns });
  });

  test.each(['', ' ', 'a,,b', ','])('%j is none', (text) => {
    const error = 'Expected names of columns, like email,city, or all';
    expect(readColumns(text)).toEqual({ ok: false, error });
  });
});

describe('two maps', () => {
  test('are one, a column of both has the names of both', () => {
    expect(joinedColumnMaps({ a: '1', no: ['reference', '2'] }, { no: '3', b: 'to' })).toEqual({
      ok: true,
      value: { a: '1', no: ['reference', '2', '3'], b: 'to' },
    });
  });

  test('are none where a column is one thing in both', () => {
    expect(joinedColumnMaps({ a: '1', no: ['reference', '2'] }, { no: '2' })).toEqual({
      ok: false,
      error: '"no" as "2" stands there twice',
    });
  });

  test('name each column by one name or several', () => {
    expect([namesIn('to'), namesIn(['reference', '2'])]).toEqual([['to'], ['reference', '2']]);
  });
});
