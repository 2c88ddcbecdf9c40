import { describe, expect, test } from '@jest/globals';
import { count, printable, span, table } from '../../src/cli/screen/table.ts';

describe('tables', () => {
  test('columns are as wide as their widest cell, without trailing blanks', () => {
    expect(table([['a', 'long'], ['wider', 'b'], ['c']])).toBe('a      long\nwider  b\nc');
  });

  test('numbers stand right', () => {
    expect(
      table(
        [
          ['accepted', '1,000'],
          ['rejected', '7'],
        ],
        ['left', 'right'],
      ),
    ).toBe('accepted  1,000\nrejected      7');
  });

  test('what came from a list cannot move the cursor or break a row', () => {
    expect(printable('a\u001b[2Jb\nc\td\u009b')).toBe('a\\u001b[2Jb\\nc\\td\\u009b');
    expect(table([['x\ny', 'z']])).toBe('x\\ny  z');
  });

  test('long text ends in an ellipsis, counted in characters and not in halves of emoji', () => {
    expect(printable('😀😀😀😀', 3)).toBe('😀😀…');
  });

  test.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3_600, '1 h 00 min'],
    [100_000, '27 h 46 min'],
    [-1, '0 s'],
  ])('%p seconds are %p', (seconds, shown) => {
    expect(span(seconds)).toBe(shown);
  });

  test('counts have separators', () => {
    expect(count(1_234_567)).toBe('1,234,567');
  });
});
