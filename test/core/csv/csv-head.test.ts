/** Where the header of a table is, and what parts its cells where a line says so. */
import { describe, expect, test } from '@jest/globals';
import { headerFinder } from '../../../src/core/csv/csv-head.ts';

const linesOf = (texts: readonly string[]) => texts.map((text) => ({ text, end: '\n' }));

/** What is found in these lines. */
function found(texts: readonly string[]) {
  const finder = headerFinder();
  return finder.push(linesOf(texts)) ?? finder.end();
}

describe('the header', () => {
  test.each(['', ' \t ', ',,;;||', '"",""', '"" ; " "', '\ufeff\u200b'])(
    'stands below rows of nothing: %j',
    (nothing) => {
      expect(found([nothing, nothing, 'to,1', '+1,A'])).toEqual({
        text: 'to,1',
        behind: linesOf(['+1,A']),
      });
      expect(found([nothing])).toBeUndefined();
    },
  );

  test.each(['x', ',x', 'x,', '"x"', '"";x', '.', '""x', 'undefined'])(
    'is %j: something stands in it',
    (text) => {
      expect(found([text, ''])).toEqual({ text, behind: linesOf(['']) });
    },
  );

  test('goes on to where its last mark is, over empty lines as well', () => {
    const lines = ['"to', '', 'the number",1', '+1,A'];
    const expected = { text: '"to\n\nthe number",1', behind: linesOf(['+1,A']) };
    expect(found(lines)).toEqual(expected);
    const finder = headerFinder();
    const each = linesOf(lines.slice(0, 3)).map((line) => finder.push([line]));
    expect(each).toEqual([undefined, undefined, { ...expected, behind: [] }]);
  });

  test.each([
    [100, true],
    [101, false],
  ])('over %d lines is one: %p', (n, isOne) => {
    const lines = ['"to', ...Array.from({ length: n - 2 }, (_, i) => `${i}`), 'end"'];
    const expected = isOne
      ? { text: lines.join('\n'), behind: linesOf(['+1']) }
      : { text: '"to', behind: linesOf([...lines.slice(1), '+1']) };
    expect(found([...lines, '+1'])).toEqual(expected);
  });

  test('whose mark is never closed is its first line, and the others come behind it', () => {
    expect(found(['"to', 'a', 'b'])).toEqual({ text: '"to', behind: linesOf(['a', 'b']) });
  });

  test('of nothing is none', () => {
    expect(headerFinder().end()).toBeUndefined();
  });
});

describe('a line above it that names the delimiter', () => {
  test.each([
    ['sep=;', ';'],
    ['SEP=;', ';'],
    ['  sep=;', ';'],
    ['sep  =;', ';'],
    ['sep= ;', ';'],
    ['"sep=;"', ';'],
    ['" sep=;"', ';'],
    ['sep=;;;', ';'],
    ['"sep=,",,', ','],
    ['sep=; ', ';'],
    ['sep=|\t|', '|'],
    ['sep=^', '^'],
    ['sep=\\t', '\t'],
    ['sep=\t', '\t'],
    ['sep=\t\t', '\t'],
    ['"sep=\t"', '\t'],
    ['"sep=\t",,', '\t'],
    ['sep= ', ' '],
  ])('%j: %j', (first, delimiter) => {
    expect(found([first, 'to'])).toEqual({ text: 'to', delimiter, behind: [] });
  });

  test.each([
    'sep=',
    'sep=a',
    'sep=1',
    'sep=ab;',
    'sep=;x',
    'sep=;;x',
    'sep=;x;',
    'sep=\t;x',
    'sep=\t;;"',
    'my sep=;',
    'sepx=;',
    'sep;',
  ])('is not %j', (text) => {
    expect(found([text, '+1'])).toEqual({ text, behind: linesOf(['+1']) });
  });

  test('is one alone: the next is a header', () => {
    expect(found(['', 'sep=;', 'sep=,'])).toEqual({ text: 'sep=,', delimiter: ';', behind: [] });
  });

  test('says what rows of nothing are made of', () => {
    expect(found(['sep=^', '^^', 'to^1'])).toMatchObject({ text: 'to^1', delimiter: '^' });
    expect(found(['^^', 'to^1'])).toMatchObject({ text: '^^' });
  });
});
