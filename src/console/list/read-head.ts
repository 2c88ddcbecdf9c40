/**
 * The beginning of a list, read in the browser so that columns can be mapped by hand: how its letters are written down, what
 * parts the cells, what the columns are called, and what stands in the first lines. The whole list is read by the service alone.
 */
import { headerFinder } from '../../core/csv/csv-head.ts';
import { csvReader } from '../../core/csv/csv-records.ts';
import { DELIMITERS, guessDelimiter } from '../../core/csv/delimiter.ts';
import { lineCutter } from '../../core/csv/lines.ts';
import { knownColumn, namesPerson } from '../../core/people/known-columns.ts';

/** How letters are written down in a file. */
export const CHARSETS = ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'] as const;
/** One of them. */
export type Charset = (typeof CHARSETS)[number];

/** What kind of list it is. */
export type ListFormat = 'csv' | 'ndjson' | 'json';

/** The beginning of a list. */
export interface ListHead {
  readonly format: ListFormat;
  readonly charset: Charset;
  /** What parts the cells of a CSV. */
  readonly delimiter?: string;
  readonly columns: readonly string[];
  /** The first lines, by the columns. */
  readonly lines: readonly (readonly string[])[];
}

const HEAD_BYTES = 64 * 1024;
const SHOWN_LINES = 5;

/** Reads it. @param charset what somebody chose; else it is guessed */
export async function readHead(list: Blob, charset?: Charset): Promise<ListHead> {
  const bytes = new Uint8Array(await list.slice(0, HEAD_BYTES).arrayBuffer());
  const isWhole = list.size <= HEAD_BYTES;
  const known = charset ?? guessCharset(bytes, isWhole);
  const text = new TextDecoder(known).decode(bytes, { stream: !isWhole });
  const first = text.trimStart()[0];
  if (first === '[' || first === '{') return objectsOf(text, known, first);
  return csvOf(text, known, isWhole);
}

/** What is no UTF-8 is taken for what old spreadsheets write in the west. */
function guessCharset(bytes: Uint8Array, isWhole: boolean): Charset {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** As the service reads it, by the same code: what is mapped here has to be a column there. */
function csvOf(text: string, charset: Charset, isWhole: boolean): ListHead {
  const cutter = lineCutter();
  const finder = headerFinder();
  // The last line of a beginning may be cut off in the middle.
  const all = [...cutter.push(text), ...(isWhole ? cutter.end() : [])];
  const found = finder.push(all) ?? finder.end();
  const header =
    found &&
    guessDelimiter(
      found.text,
      namesSomebody,
      found.delimiter === undefined ? DELIMITERS : [found.delimiter],
    );
  if (found === undefined || header === undefined)
    return { ...{ format: 'csv', charset }, columns: [], lines: [] };
  const { delimiter, cells: columns } = header;
  const reader = csvReader(delimiter);
  const records = [...reader.push(found.behind), ...(isWhole ? reader.end() : [])];
  const lines = records
    .flatMap((record) => (record.kind === 'cells' ? [record.cells] : []))
    .filter((cells) => cells.some((cell) => cell !== ''));
  return {
    ...{ format: 'csv', charset, delimiter },
    columns: trimmedEnd(columns.map((cell) => cell.trim())),
    lines: lines.slice(0, SHOWN_LINES),
  };
}

function namesSomebody(column: string): boolean {
  const known = knownColumn(column);
  return known !== undefined && namesPerson(known);
}

/** An exporter's trailing delimiters make no columns. */
function trimmedEnd(columns: readonly string[]): readonly string[] {
  const last = columns.findLastIndex((name) => name !== '');
  return columns.slice(0, last + 1);
}

/** Objects one a line, or in an array: the columns are the keys of the first ones. */
function objectsOf(text: string, charset: Charset, first: '[' | '{'): ListHead {
  const format = first === '[' ? 'json' : 'ndjson';
  const objects = format === 'json' ? elementsOf(text) : text.split(/\r?\n/).flatMap(parsed);
  const shown = objects.slice(0, SHOWN_LINES).map(flat);
  const columns = [...new Set(shown.flatMap((one) => Object.keys(one)))];
  return {
    ...{ format, charset, columns },
    lines: shown.map((one) => columns.map((column) => one[column] ?? '')),
  };
}

/** Of an array that may be cut off: each object that is whole. */
function elementsOf(text: string): readonly object[] {
  const found: object[] = [];
  let from = text.indexOf('{');
  while (from !== -1 && found.length < SHOWN_LINES) {
    let to = text.indexOf('}', from);
    let object = parsed(text.slice(from, to + 1))[0];
    while (object === undefined && to !== -1) {
      to = text.indexOf('}', to + 1);
      object = to === -1 ? undefined : parsed(text.slice(from, to + 1))[0];
    }
    if (object === undefined) break;
    found.push(object);
    from = text.indexOf('{', to);
  }
  return found;
}

function parsed(text: string): readonly object[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : [];
  } catch {
    return [];
  }
}

/** Parameters may stand flat or in a field of their own. */
function flat(object: object): Record<string, string> {
  const { parameters, ...rest } = object as { readonly parameters?: unknown };
  const all = { ...rest, ...(typeof parameters === 'object' ? parameters : {}) };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [key, value == null ? '' : String(value)]),
  );
}
