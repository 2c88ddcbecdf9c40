import { describe, expect, test } from '@jest/globals';
import { table, typedSpan } from '../../src/cli/screen/table.ts';
import { count, counted, printable, span } from '../../src/telemetry/words.ts';

test.each([
  [0, '0 lines'],
  [1, '1 line'],
  [2, '2 lines'],
  [1_001, '1,001 lines'],
])('%i: %s', (n, said) => {
  expect(counted(n, 'line', 'lines')).toBe(said);
});

test.each([
  [86_400_000, '24 hours'],
  [7 * 86_400_000, '7 days'],
  [90 * 60_000, '1 hour 30 minutes'],
  [36 * 3_600_000, '36 hours'],
  [1_000, '1 second'],
])('a typed span of %i ms is %s', (ms, said) => {
  expect(typedSpan(ms)).toBe(said);
});

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
