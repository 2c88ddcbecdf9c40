import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { table } from '../../src/cli/screen/table.ts';
import { widthOf, wrapLines } from '../../src/cli/screen/wrap.ts';

const word = fc.stringMatching(/^[a-z0-9ü]{1,12}$/);
const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '));

describe('lines on a terminal', () => {
  test('fit the width and keep every word, in order', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 40, max: 130 }), (line, columns) => {
        const lines = wrapLines(line, columns).split('\n');
        for (const one of lines) expect(widthOf(one)).toBeLessThanOrEqual(columns);
        expect(lines.map((one) => one.trim()).join(' ')).toBe(line);
      }),
      { numRuns: 50 },
    );
  });

  test('go on below the text they belong to', () => {
    expect(wrapLines('  next:  one two three four five six', 24)).toBe(
      '  next:  one two three\n         four five six',
    );
  });

  test('the item of a list goes on below its text', () => {
    expect(wrapLines('  - one two three four five six', 20)).toBe(
      '  - one two three\n    four five six',
    );
    expect(wrapLines('1. one two three four five six', 20)).toBe(
      '1. one two three\n   four five six',
    );
    expect(wrapLines('-1 one two three four five six', 20)).toBe('-1 one two three\nfour five six');
  });

  test('an id, an address and a command stay whole', () => {
    const id = 'x'.repeat(60);
    expect(wrapLines(`See ${id} there`, 40)).toBe(`See\n${id}\nthere`);
    expect(wrapLines('Nobody sends for it now. Go on: callpermit campaign resume c1', 50)).toBe(
      'Nobody sends for it now. Go on:\ncallpermit campaign resume c1',
    );
    expect(wrapLines('These wait; any running `callpermit sender` takes them', 30)).toBe(
      'These wait; any running\n`callpermit sender` takes them',
    );
  });

  test('a sentence that ends with what callpermit does is broken like any other', () => {
    expect(wrapLines('It says what Meta does and what callpermit does', 40)).toBe(
      'It says what Meta does and what\ncallpermit does',
    );
    expect(wrapLines('What happened, and what callpermit does about it', 36)).toBe(
      'What happened, and what callpermit\ndoes about it',
    );
  });

  test('elsewhere nothing is broken', () => {
    expect(wrapLines('a '.repeat(200), undefined)).toBe('a '.repeat(200));
  });

  test('a paragraph is broken at the width; examples and tables below it stay as they are', () => {
    const below =
      '\n\nExamples:\n  callpermit a\n  callpermit b --one\n\n  0  done\n  1  wrong use';
    expect(wrapLines(`${'word '.repeat(16).trim()}${below}`, 50)).toBe(
      `${'word '.repeat(10).trim()}\n${'word '.repeat(6).trim()}${below}`,
    );
  });
});

describe('tables on a terminal', () => {
  const cell = fc.oneof(word, text);
  const row = fc.tuple(word, fc.integer({ min: 0, max: 9_999_999 }).map(String), cell, cell);

  test('fit 80 columns, and no id, number or word is cut', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), (rows) => {
        const head = ['id', 'n', 'why', 'more'];
        const shown = table([head, ...rows], ['left', 'right'], 80);
        for (const line of shown.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80);
        const words = new Set(shown.split(/\s+/));
        for (const piece of rows.flat().flatMap((one) => one.split(' ')))
          expect(words).toContain(piece);
      }),
      { numRuns: 50 },
    );
  });

  test('the widest column of words is broken; what has no room at all makes a paragraph of its row', () => {
    const why = 'the token was refused by Meta';
    expect(
      table(
        [
          ['id', 'n', 'why'],
          ['c1', '1', why],
        ],
        ['left', 'right'],
        28,
      ),
    ).toBe('id  n  why\nc1  1  the token was refused\n       by Meta');
    const numbers = ['1000000', '2000000', '3000000'];
    expect(
      table(
        [
          ['id', 'a', 'b', 'c'],
          ['c1', ...numbers],
        ],
        ['left', 'right', 'right', 'right'],
        26,
      ),
    ).toBe('c1\n  a 1000000   b 2000000\n  c 3000000');
  });
});
