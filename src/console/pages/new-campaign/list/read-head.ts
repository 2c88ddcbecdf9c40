/**
 * The beginning of a list, read in the browser so that columns can be mapped by hand: how its letters are written down, what
 * parts the cells, what the columns are called, and what stands in the first lines. The whole list is read by the service alone.
 */

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
const DELIMITERS = [',', ';', '\t', '|'];

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

function csvOf(text: string, charset: Charset, isWhole: boolean): ListHead {
  const marked = /^sep=(.)\r?\n/i.exec(text);
  const body = marked === null ? text : text.slice(marked[0].length);
  const delimiter = marked?.[1] ?? guessDelimiter(body);
  const records = recordsOf(body, delimiter, SHOWN_LINES + 2);
  // The last one may be cut off in the middle.
  const whole = isWhole || records.length > SHOWN_LINES + 1 ? records : records.slice(0, -1);
  const [header = [], ...lines] = whole.filter((cells) => cells.some((cell) => cell !== ''));
  return {
    ...{ format: 'csv', charset, delimiter },
    columns: trimmedEnd(header.map((cell) => cell.trim())),
    lines: lines.slice(0, SHOWN_LINES),
  };
}

/** An exporter's trailing delimiters make no columns. */
function trimmedEnd(columns: readonly string[]): readonly string[] {
  const last = columns.findLastIndex((name) => name !== '');
  return columns.slice(0, last + 1);
}

/** The one that parts the first line into most cells. */
function guessDelimiter(text: string): string {
  const widths = DELIMITERS.map((one) => recordsOf(text, one, 1)[0]?.length ?? 0);
  return DELIMITERS[widths.indexOf(Math.max(...widths))] ?? ',';
}

/** Records of a CSV (RFC 4180), as many as are wanted. */
function recordsOf(text: string, delimiter: string, most: number): readonly (readonly string[])[] {
  const records: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  const end = () => {
    records.push([...cells, cell]);
    cells = [];
    cell = '';
  };
  for (let i = 0; i < text.length && records.length < most; i += 1) {
    const sign = text[i] ?? '';
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === '') isQuoted = true;
    else if (sign === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && text[i + 1] === '\n') i += 1;
      end();
    } else cell += sign;
  }
  if (records.length < most && (cell !== '' || cells.length > 0)) end();
  return records;
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
