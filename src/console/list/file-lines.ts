/**
 * On which line of its file a row of a list stands, as spreadsheets number them. The service counts people; who looks for one in the
 * file sees its header, and its empty lines, too. Where a cell goes on over several lines nothing is said from there on: a text
 * editor and a spreadsheet number what follows otherwise.
 */
import { headerFinder } from '../../core/csv/csv-head.ts';
import { hasOddQuotes, splitRecord } from '../../core/csv/csv-records.ts';
import { lineCutter, type TextLine } from '../../core/csv/lines.ts';
import { isVisible } from '../../core/template/leftovers.ts';
import type { ListHead } from './read-head.ts';

/** Further down nobody looks it up, and a browser has better things to do. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Lines by row, of those that are wanted, as far as they are known. @param p.added lines of ours above those of the file @param p.hasHeader else its first line is a person */
export async function fileLinesOf(
  list: Blob,
  { format, charset, delimiter = ',' }: ListHead,
  wanted: readonly number[],
  { added = 0, hasHeader = true }: { readonly added?: number; readonly hasHeader?: boolean } = {},
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const last = Math.max(0, ...wanted);
  if (format !== 'csv' || last === 0) return found;
  const rows = new Set(wanted);
  const finder = headerFinder();
  let isBelowHeader = !hasHeader;
  let [line, row] = [-added, 0];

  /** Whether the next line is of any use. */
  const take = ({ text }: TextLine): boolean => {
    line += 1;
    if (hasOddQuotes(text)) return false;
    if (!isBelowHeader) {
      const header = finder.push([{ text, end: '\n' }]);
      isBelowHeader = header !== undefined;
      // A line that names the delimiter is no row to a spreadsheet.
      return header?.delimiter === undefined;
    }
    const cells = splitRecord(text, delimiter);
    if (typeof cells !== 'string' && !cells.some(isVisible)) return true;
    row += 1;
    if (rows.has(row)) found.set(row, line);
    return row < last;
  };

  const decoder = new TextDecoder(charset);
  const cutter = lineCutter();
  const reader = list.slice(0, MOST_BYTES).stream().getReader();
  for (;;) {
    const { value, done } = await reader.read();
    const text = decoder.decode(value, { stream: !done });
    const lines = [...cutter.push(text), ...(done ? cutter.end() : [])];
    if (!lines.every(take) || done) break;
  }
  await reader.cancel();
  return found;
}
