/** Lines to records: held against a reader that looks at each line as often as it likes. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CsvRecord,
  csvReader,
  hasOddQuotes,
  splitRecord,
} from '../../../src/core/csv/csv-records.ts';
import type { TextLine } from '../../../src/core/csv/lines.ts';
import { LINE_LIMIT } from '../../../src/core/people/line-bounds.ts';

/** A cell in quotation marks; one whose last mark is missing. */
const QUOTED = / *"((?:[^"]|"")*)"(?!") */y;
const OPEN = / *"(?:[^"]|"")*$/y;

/** The cells of a record, each by a pattern of its own. */
function cellsOf(text: string, by: string): string[] | 'open' | 'broken' {
  const plain = new RegExp(`[^"${by}]*`, 'y');
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    for (const one of [QUOTED, OPEN, plain]) one.lastIndex = at;
    const quoted = QUOTED.exec(text);
    if (quoted === null && OPEN.test(text)) return 'open';
    const found = quoted ?? plain.exec(text);
    cells.push(quoted?.[1]?.replaceAll('""', '"') ?? String(found?.[0]));
    at += String(found?.[0]).length;
    if (at === text.length) return cells;
    if (text[at] !== by) return 'broken';
  }
}

/** The records of all lines: from each line on as many as make a record, or it is broken. */
function recordsOf(lines: readonly TextLine[], by: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const { text, tooLong } = lines[i] as TextLine;
    if (text === '' && !tooLong) continue;
    const record = tooLong ? undefined : recordAt(lines.slice(i), by);
    records.push(record ?? { kind: 'broken', reason: tooLong ? 'too-long' : 'quote', text });
    i += record === undefined ? 0 : record.physicalLines - 1;
  }
  return records;
}

function recordAt(lines: readonly TextLine[], by: string) {
  let before = '';
  for (const [i, line] of lines.entries()) {
    if (line.tooLong) return undefined;
    const cells = cellsOf(before + line.text, by);
    if (cells === 'broken') return undefined;
    if (cells !== 'open') return { kind: 'cells', cells, physicalLines: i + 1 } as const;
    before += line.text + line.end;
  }
  return undefined;
}

const delimiter = fc.constantFrom(',', ';', '\t');
const text = fc
  .array(fc.constantFrom('"', '"', '""', ',', ';', '\t', ' ', 'a', '\r', '",', ',"', ', "'), {
    maxLength: 7,
  })
  .map((parts) => parts.join(''));
const line: fc.Arbitrary<TextLine> = fc.record({
  text,
  end: fc.constantFrom('\n', '\r\n'),
});
const anyLine = fc.oneof(
  { weight: 9, arbitrary: line },
  { weight: 1, arbitrary: text.map((one) => ({ text: one, end: '\n', tooLong: true as const })) },
);

describe('records', () => {
  test('are what the lines hold, a broken one costs its first line alone, however they come', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 8 }), fc.nat(8), delimiter, (lines, at, by) => {
        const reader = csvReader(by);
        const read = [
          ...reader.push(lines.slice(0, at)),
          ...reader.push(lines.slice(at)),
          ...reader.end(),
        ];
        expect(read).toEqual(recordsOf(lines, by));
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    [LINE_LIMIT, 'cells'],
    [LINE_LIMIT + 1, 'broken'],
  ])('over several lines have %d characters: %s', (n, kind) => {
    const lines = [
      { text: '"a', end: '\n' },
      { text: 'b', end: '\n' },
      { text: `${'c'.repeat(n - 6)}"`, end: '\n' },
    ];
    expect(csvReader(',').push(lines)[0]?.kind).toBe(kind);
  });

  test('that are never closed are given up at the end, however many lines they took', () => {
    const lines = Array.from({ length: 3 }, (_, i) => ({ text: `"${i}`, end: '\n' }));
    const many = Array.from({ length: 130_000 }, () => ({ text: 'x', end: '\n' }));
    const reader = csvReader(',');
    expect(reader.push([...lines.slice(0, 1), ...many])).toEqual([]);
    const [first, second, ...others] = reader.end();
    expect(first).toEqual({ kind: 'broken', reason: 'quote', text: '"0' });
    expect(second).toEqual({ kind: 'cells', cells: ['x'], physicalLines: 1 });
    expect(others).toHaveLength(129_999);
  });
});

test('one record is parted as by patterns, and open only with an odd number of marks', () => {
  fc.assert(
    fc.property(text, delimiter, (one, by) => {
      const cells = splitRecord(one, by);
      expect(cells).toEqual(cellsOf(one, by));
      if (cells === 'open') expect(hasOddQuotes(one)).toBe(true);
      if (Array.isArray(cells)) expect(hasOddQuotes(one)).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});
