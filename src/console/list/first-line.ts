/** A list that begins with a person, not with the names of its columns: it gets the header line that it lacks. */
import { isPerson } from '../../core/people/is-person.ts';
import type { Charset, ListHead } from './read-head.ts';

/** Whether the first line is a person's: nobody would ask them, since it is read as the names of columns. */
export function beginsWithPerson({ format, columns }: ListHead, numbers?: string): boolean {
  if (format !== 'csv') return false;
  // Where somebody chose the column with the numbers, that one says it.
  return numbers === undefined ? columns.some(isPerson) : isPerson(numbers);
}

/** The list with a line above it that names its columns. @param p.numbers the column with the numbers @param p.nameOf another, by its place */
export async function withHeader(
  list: Blob,
  { columns, lines, delimiter = ',', charset }: ListHead,
  p: { readonly numbers: string; readonly nameOf: (place: number) => string },
): Promise<Blob> {
  const width = Math.max(columns.length, ...lines.map((cells) => cells.length));
  const numbersAt = columns.findIndex(isPerson);
  const names = Array.from({ length: width }, (_, at) =>
    at === numbersAt ? p.numbers : p.nameOf(at + 1),
  );
  const header = `${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(delimiter)}\n`;
  const mark = await markOf(list);
  return new Blob([list.slice(0, mark), bytesOf(header, charset), list.slice(mark)]);
}

/** How many bytes of it are a byte order mark, which stands before everything. */
async function markOf(list: Blob): Promise<number> {
  const [a, b, c] = new Uint8Array(await list.slice(0, 3).arrayBuffer());
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 2;
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

function bytesOf(text: string, charset: Charset): Uint8Array<ArrayBuffer> {
  if (charset === 'utf-8') return new TextEncoder().encode(text);
  const codes = Array.from(text, (letter) => letter.charCodeAt(0));
  // What it lacks no name of ours has.
  if (charset === 'windows-1252') return Uint8Array.from(codes);
  const isLittle = charset === 'utf-16le';
  return Uint8Array.from(
    codes.flatMap((code) => (isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255])),
  );
}
