/**
 * Work on a long list, a part of its rows at a time: one statement for all of it would hold people's rows for
 * half a minute, and nobody would hear how far it is.
 */
import type { InParts } from '../core/ports/index.ts';

/** Rows that a part looks at: a tenth of a second (two cores, Postgres 15), since longer ones hold up those who send. */
export const PART_ROWS = 1_000;

/** What one part did. */
export interface Part {
  /** People that it changed. */
  readonly changed: number;
  /** The last row that it looked at; `null` where none comes after it. */
  readonly lastRow: number | null;
}

/**
 * Does part after part.
 * @param next does the `most` rows behind row `after`; `undefined`: there is nothing to be done
 * @returns how many people were changed, and whether the whole list was looked at
 */
export async function inParts(
  { onProgress, signal }: InParts,
  next: (after: number, most: number) => Promise<Part | undefined>,
): Promise<{ readonly changed: number; readonly whole: boolean }> {
  let changed = 0;
  for (let after = 0; ; ) {
    const part = await next(after, PART_ROWS);
    if (part === undefined) return { changed, whole: true };
    changed += part.changed;
    onProgress?.({ changed, looked: part.lastRow ?? after + PART_ROWS });
    if (part.lastRow === null || signal?.aborted) return { changed, whole: part.lastRow === null };
    after = part.lastRow;
  }
}
