/** What is doubtful in a list and goes through anyway: counted, with the first places to look at. */

/** Collects the doubts of one list while it is read. */
export interface WarningBook {
  add(doubt: { readonly row: number; readonly column: string; readonly doubt: string }): void;
  /** Of the lines read so far: of the whole list, once it has ended. */
  list(): readonly string[];
}

const ROWS_NAMED = 5;

/** Makes an empty one. */
export function warningBook(): WarningBook {
  const kinds = new Map<string, { column: string; doubt: string; count: number; rows: number[] }>();
  return {
    add({ row, column, doubt }) {
      const key = `${doubt}\n${column}`;
      const kind = kinds.get(key) ?? { column, doubt, count: 0, rows: [] };
      kind.count += 1;
      if (kind.rows.length < ROWS_NAMED) kind.rows.push(row);
      kinds.set(key, kind);
    },
    list: () =>
      [...kinds.values()].map(({ column, doubt, count, rows }) =>
        sentence(column, doubt, count, rows),
      ),
  };
}

function sentence(column: string, doubt: string, count: number, rows: readonly number[]): string {
  const places = `${rows.length === 1 ? 'row' : 'rows'} ${rows.join(', ')}${count > rows.length ? ', ...' : ''}`;
  const where = count > rows.length ? `${count} texts (${places})` : places;
  return `Column "${column}", ${where}: the text ${doubt}. It is sent as it stands.`;
}
