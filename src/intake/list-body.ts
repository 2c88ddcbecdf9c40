/** A list between its opening and its reading: the columns are known, and with them it is asked what they are needed for. */
import type { ListLine } from '../core/people/recipient.ts';
import type { ListRules } from '../core/ports/index.ts';

/** Some records that came together: a step for each line is a third of all work. */
export interface ListPiece {
  /** Records in it. */
  readonly size: number;
  /** Reads them, by the rules as they are then; once. */
  lines(): readonly ListLine[];
}

/** A list whose parameter columns are known, and whose lines are still to be read. */
export interface ListBody {
  readonly columns: readonly string[];
  readonly batches: AsyncGenerator<ListPiece, void>;
}

/** Makes the look whether a parameter's column is needed, by the rules as they are now. */
export function needed({ ignoreColumns, parameters }: ListRules): (column: string) => boolean {
  if (ignoreColumns !== 'all' || parameters === undefined) return () => true;
  const names = new Set(parameters);
  return (column) => names.has(column);
}
