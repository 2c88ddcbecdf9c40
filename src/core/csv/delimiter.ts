/** Which character parts the cells of a CSV: the service and the console's page of a list have to read one list as one. */
import { splitRecord } from './csv-records.ts';

/** What parts cells, where no line says it. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * The delimiter that brings a column out that names people; else the one that makes most columns. `undefined`: the header is
 * broken by all of them.
 */
export function guessDelimiter(
  header: string,
  namesPerson: (column: string) => boolean,
  candidates: readonly string[] = DELIMITERS,
): { readonly delimiter: string; readonly cells: readonly string[] } | undefined {
  let best: { delimiter: string; cells: readonly string[]; score: number } | undefined;
  for (const delimiter of candidates) {
    const cells = splitRecord(header, delimiter);
    if (typeof cells === 'string') continue;
    const hasPerson = cells.some((cell) => namesPerson(cell.trim()));
    const score = cells.length + (hasPerson ? 1_000_000 : 0);
    if (best === undefined || score > best.score) best = { delimiter, cells, score };
  }
  return best;
}
