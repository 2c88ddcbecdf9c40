/**
 * The first book: the list. What each line must come to follows from its number alone, so that the
 * comparison at the end needs nobody's word for it.
 */

/** A line of the list, with its row as the export counts (the first line after the header is 1). */
export type ListRow = {
  readonly row: number;
  readonly reference: string;
  readonly to: string;
  readonly name: string;
} & (
  | {
      readonly kind: 'person';
      /** What Meta calls this person, worked out here and not by our code. */
      readonly waId: string;
    }
  | { readonly kind: 'double'; readonly of: number }
  | { readonly kind: 'bad' }
);

/** Numbers that end so are not on WhatsApp (131026) ... */
export const UNREACHABLE_ENDING = '13';
/** ... and so have said yes for good (138017). */
export const GRANTED_ENDING = '77';

/** Every so many persons one of Brazil, whose wa_id lacks the ninth digit (facts 7) ... */
const BRAZIL_EVERY = 40;
/** ... a line that doubles an earlier one ... */
const DOUBLE_EVERY = 150;
/** ... and a line that is no number. */
const BAD_EVERY = 211;

/** Makes a list of so many persons, with doubles and bad lines between them. */
export function makeList(people: number): readonly ListRow[] {
  const rows: ListRow[] = [];
  const base = () => ({ row: rows.length + 1, reference: `r${rows.length + 1}` });
  let latest: { readonly row: number; readonly to: string } | undefined;
  for (let i = 1; i <= people; i += 1) {
    const person = i % BRAZIL_EVERY === 0 ? brazilian(i) : german(i);
    const row = { ...base(), kind: 'person' as const, name: `P${i}`, ...person };
    rows.push(row);
    if (i % DOUBLE_EVERY === 0 && latest !== undefined) {
      const { row: of, to } = latest;
      rows.push({ ...base(), kind: 'double', name: 'again', to, of });
    }
    if (i % BAD_EVERY === 0) rows.push({ ...base(), kind: 'bad', name: 'bad', to: `12${i}` });
    latest = row;
  }
  return rows;
}

/** The list as a file; doubles are spelled in another way than the line they double. */
export function toCsv(rows: readonly ListRow[]): string {
  const lines = rows.map((row) => {
    const to = row.kind === 'double' ? `${row.to.slice(0, 3)} (${row.to.slice(3)})` : row.to;
    return `${to},${row.reference},${row.name}\n`;
  });
  return `to,reference,1\n${lines.join('')}`;
}

function german(i: number): { readonly to: string; readonly waId: string } {
  const digits = `49151${String(i).padStart(8, '0')}`;
  return { to: `+${digits}`, waId: digits };
}

function brazilian(i: number): { readonly to: string; readonly waId: string } {
  const subscriber = String(i).padStart(8, '0');
  return { to: `+55319${subscriber}`, waId: `5531${subscriber}` };
}
