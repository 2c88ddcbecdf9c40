/**
 * Exports as CSV (RFC 4180) and NDJSON. Values stand as they are: a cell that begins with `=` or
 * `+` is not changed to please a spreadsheet, because a phone number begins with `+` and programs
 * need it back exactly. `export --help` says so to those who open the file in one. A file that is meant for one is defused:
 * what it would run as a formula has an apostrophe before it.
 */

/** The formats of an export. */
export const FORMATS = ['csv', 'ndjson'] as const;

/** Format of an export. */
export type Format = (typeof FORMATS)[number];

/** What is changed of the values. */
export interface Shaping {
  readonly spreadsheet?: boolean | undefined;
}

/** Anything that becomes one line of an export. */
export type Cell = string | number | boolean | null | undefined;

/** One line of CSV with its CRLF; `null` and `undefined` are empty. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * The text of an export, in pieces of some 64 KB: one write a line costs a million system calls
 * for a million people.
 *
 * @param columns which fields, in which order
 * @param p.spreadsheet CSV whose cells a spreadsheet runs as no formula
 */
export async function* records<K extends string>(
  rows: AsyncIterable<Readonly<Partial<Record<K, Cell>>>>,
  columns: readonly K[],
  format: Format,
  { spreadsheet = false }: Shaping = {},
): AsyncGenerator<string, number> {
  const cell = (value: Cell) => (spreadsheet ? defused(value) : value);
  let piece = format === 'csv' ? csvLine(columns) : '';
  let written = 0;
  for await (const row of rows) {
    written += 1;
    piece +=
      format === 'csv'
        ? csvLine(columns.map((column) => cell(row[column])))
        : `${JSON.stringify(pick(row, columns))}\n`;
    if (piece.length >= PIECE_CHARACTERS) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
  return written;
}

const PIECE_CHARACTERS = 65_536;

/** A number with its plus is none: a spreadsheet shows it without, and runs nothing. */
function defused(cell: Cell): Cell {
  if (typeof cell !== 'string' || /^\+\d+$/.test(cell)) return cell;
  return /^\s*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const text = String(cell);
  // A space at an end is kept by RFC 4180 but trimmed by many readers unless it is quoted.
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function pick<K extends string>(
  row: Readonly<Partial<Record<K, Cell>>>,
  columns: readonly K[],
): Record<string, Cell> {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
