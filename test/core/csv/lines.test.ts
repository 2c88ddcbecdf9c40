/** Text in chunks to lines: held against a reader that has the whole text at once. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lineCutter, type TextLine } from '../../../src/core/csv/lines.ts';
import { LINE_LIMIT, TOO_LONG_KEPT } from '../../../src/core/people/line-bounds.ts';

/** The lines of a whole text. */
function linesOf(text: string): readonly TextLine[] {
  const first = /\r\n|\n|\r/.exec(text)?.[0];
  const pieces = text.match(first === '\r' ? /[^\r]*\r|[^\r]+$/g : /[^\n]*\n|[^\n]+$/g) ?? [];
  return pieces.map((piece) => {
    const end = (first === '\r' ? /\r$/ : /\r?\n$/).exec(piece)?.[0] ?? '';
    const line = piece.slice(0, piece.length - end.length);
    if (line.length <= LINE_LIMIT) return { text: line, end };
    return { text: line.slice(0, TOO_LONG_KEPT), end: end.slice(-1), tooLong: true };
  });
}

/** The lines of a text that comes in these chunks. */
function cut(...chunks: readonly string[]): readonly TextLine[] {
  const cutter = lineCutter();
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
}

test('lines are the same however the text comes, and nothing of it is lost', () => {
  const chunk = fc
    .array(fc.constantFrom('a', 'undefined', '\n', '\r', '\r\n', ''), { maxLength: 5 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
      const text = chunks.join('');
      const lines = cut(...chunks);
      expect(lines).toEqual(linesOf(text));
      expect(lines.map((line) => line.text + line.end).join('')).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

describe('a line of about the limit', () => {
  const ends = ['\n', '\r\n', '\r', ''];
  const cases = [-1, 0, 1, 2, 3].flatMap((more) =>
    ends.map((end) => [LINE_LIMIT + more, end] as const),
  );

  test.each(cases)('%d characters and %j: whole or its beginning, wherever it is cut', (n, end) => {
    const before = `x${end}`;
    const long = 'ab'.repeat(n).slice(0, n);
    for (const text of [`${long}${end}z`, `${before}${long}${end}z${end}`]) {
      const expected = linesOf(text);
      const from = text.indexOf(long);
      for (const at of [from + 1, from + n - 1, from + n, from + n + 1, from + n + 2])
        expect(cut(text.slice(0, at), text.slice(at))).toEqual(expected);
    }
  });

  test('that is longer takes none of the next one with it, in however many chunks it comes', () => {
    const part = 'x'.repeat(LINE_LIMIT - 1);
    const long = { text: 'x'.repeat(TOO_LONG_KEPT), end: '\n', tooLong: true };
    const next = { text: 'y', end: '' };
    expect(cut(part, part, part, part, '\ny')).toEqual([long, next]);
    expect(cut('y\n', part, part, part, '\ny')).toEqual([{ text: 'y', end: '\n' }, long, next]);
  });
});
