import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine, records } from '../../src/core/records.ts';

async function* each<T>(rows: readonly T[]) {
  yield* rows;
}

async function textOf(pieces: AsyncGenerator<string, number>) {
  const all: string[] = [];
  for (;;) {
    const next = await pieces.next();
    if (next.done) return { text: all.join(''), lines: next.value, pieces: all.length };
    all.push(next.value);
  }
}

const COLUMNS = ['row', 'to', 'note'] as const;

describe('CSV', () => {
  test('any values come back exactly as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2 }), (cells) => {
        const [read] = parse(csvLine(cells), { record_delimiter: '\r\n' });
        expect(read).toEqual(cells);
      }),
    );
  });

  test('lines end with CRLF and only what must be is quoted', () => {
    expect(csvLine(['a', 1, null, undefined, 'b,c', 'd"e', 'f\ng', ' h'])).toBe(
      'a,1,,,"b,c","d""e","f\ng"," h"\r\n',
    );
    expect(csvLine(['a b', 'a ', '\ta', 'a\r'])).toBe('a b,"a ","\ta","a\r"\r\n');
  });

  test('a number keeps its plus: exports are for programs', () => {
    expect(csvLine(['+16505551234', '=1+1'])).toBe('+16505551234,=1+1\r\n');
  });
});

describe('exports', () => {
  const rows = [
    { row: 1, to: '+16505551234', note: 'x' },
    { row: 2, to: '+16505551235', note: null },
  ];

  test('a CSV has a header, the columns in order, and counts its lines', async () => {
    const { text, lines } = await textOf(records(each(rows), COLUMNS, 'csv'));
    expect(text).toBe('row,to,note\r\n1,+16505551234,x\r\n2,+16505551235,\r\n');
    expect(lines).toBe(2);
  });

  test('an empty CSV still has its header, an empty NDJSON nothing', async () => {
    expect((await textOf(records(each([]), COLUMNS, 'csv'))).text).toBe('row,to,note\r\n');
    expect((await textOf(records(each([]), COLUMNS, 'ndjson'))).text).toBe('');
  });

  test('NDJSON has every column in every line, null where there is nothing', async () => {
    const { text } = await textOf(records(each(rows), COLUMNS, 'ndjson'));
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows);
  });

  test('a file for a spreadsheet has an apostrophe before what it would run, and phone numbers as they are', async () => {
    const notes = ['=1+1', '+SUM(A1)', '-2', '@x', '\t=1', ' =1', '+1650', '+1+A1', 'a=1', '', -2];
    const rows = notes.map((note, row) => ({ row, to: '+16505551234', note }));
    const shaped = { spreadsheet: true };
    const { text } = await textOf(records(each(rows), ['to', 'note'], 'csv', shaped));
    const cells = text.trimEnd().split('\r\n').slice(1);
    expect(cells.map((line) => line.replace('+16505551234,', ''))).toEqual([
      ...["'=1+1", "'+SUM(A1)", "'-2", "'@x", "'\t=1", "' =1", '+1650', "'+1+A1", 'a=1', '', '-2'],
    ]);
    expect((await textOf(records(each(rows), ['note'], 'csv'))).text).toContain('\r\n=1+1\r\n');
  });

  test('many lines come in few pieces, none of them large', async () => {
    const many = Array.from({ length: 10_000 }, (_, row) => ({
      row,
      to: '+16505551234',
      note: 'n',
    }));
    const { pieces, lines } = await textOf(records(each(many), COLUMNS, 'csv'));
    expect(lines).toBe(10_000);
    expect(pieces).toBeLessThan(10);
  });

  test('a piece ends with the line that fills it, and no piece is empty', async () => {
    const line = { row: 'x'.repeat(65_536 - 'row\r\n'.length - '\r\n'.length) };
    const pieces: string[] = [];
    for await (const piece of records(each([line, { row: 'y' }]), ['row'], 'csv'))
      pieces.push(piece);
    expect(pieces).toEqual([`row\r\n${line.row}\r\n`, 'y\r\n']);
    const whole: string[] = [];
    for await (const piece of records(each([line]), ['row'], 'csv')) whole.push(piece);
    expect(whole.map((piece) => piece.length)).toEqual([65_536]);
  });
});
