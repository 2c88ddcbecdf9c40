/**
 * The first book: the list. What each line must come to follows from its number alone, so that the
 * comparison at the end needs no other source.
 */

/** A line of the list; rows count over all lists of a run, from 1. */
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

/** Every so many persons one of Brazil, whose wa_id lacks the ninth digit ... */
const BRAZIL_EVERY = 40;
/** ... a line that doubles an earlier one ... */
const DOUBLE_EVERY = 150;
/** ... and a line that is no number. */
const BAD_EVERY = 211;

/** Every so many persons one who gets another number after they were asked. */
const MOVES_EVERY = 17;

/**
 * People of the first so many who move, by their numbers in digits. To a range that nobody on a list has: who moved to
 * the number of somebody listed would be that person.
 */
export function moversAmong(
  people: number,
): readonly { readonly number: string; readonly changesNumberTo: string }[] {
  return Array.from({ length: Math.floor(people / MOVES_EVERY) }, (_, n) => (n + 1) * MOVES_EVERY)
    .filter((i) => i % BRAZIL_EVERY !== 0)
    .map((i) => ({ number: german(i).waId, changesNumberTo: `49170${String(i).padStart(8, '0')}` }))
    .filter(
      ({ number }) => !number.endsWith(UNREACHABLE_ENDING) && !number.endsWith(GRANTED_ENDING),
    );
}

/** Which people a list is of, and how they are called on it. */
export interface ListShape {
  /** The first person's number in the order of all persons there are; 1 by default. */
  readonly from?: number;
  /** Rows that the lists before have; 0 by default. */
  readonly rowsBefore?: number;
  /** Stands before each name, so that two lists of the same people have other names. */
  readonly prefix?: string;
}

/** Makes a list of so many persons, with doubles and bad lines between them. */
export function makeList(people: number, shape: ListShape = {}): readonly ListRow[] {
  const { from = 1, rowsBefore = 0, prefix = '' } = shape;
  const rows: ListRow[] = [];
  const base = () => {
    const row = rowsBefore + rows.length + 1;
    return { row, reference: `r${row}` };
  };
  let latest: { readonly row: number; readonly to: string } | undefined;
  for (let i = from; i < from + people; i += 1) {
    const person = i % BRAZIL_EVERY === 0 ? brazilian(i) : german(i);
    const row = { ...base(), kind: 'person' as const, name: `${prefix}P${i}`, ...person };
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

/**
 * A list that is never to be sent, as one that was corrected later: the people of `rows` in the same
 * order, with other names, then strangers who are on no list.
 */
export function decoyCsv(rows: readonly ListRow[], lines: number): string {
  const others = rows.map((row) => ({ ...row, name: 'not to be sent' }));
  const strangers = Array.from({ length: Math.max(0, lines - rows.length) }, (_, i) => {
    return `+49160${String(i).padStart(8, '0')},stranger${i},not to be sent\n`;
  });
  return toCsv(others) + strangers.join('');
}

/** The same as JSON that breaks off in the middle of a line. */
export function brokenJson(rows: readonly ListRow[], lines: number): string {
  const [, ...decoys] = decoyCsv(rows, lines).trim().split('\n');
  const objects = decoys.map((line) => {
    const [to, reference, name] = line.split(',');
    return JSON.stringify({ to, reference, 1: name });
  });
  return `[${objects.join(',\n')},\n{"to":"+4916`;
}

function german(i: number): { readonly to: string; readonly waId: string } {
  const digits = `49151${String(i).padStart(8, '0')}`;
  return { to: `+${digits}`, waId: digits };
}

// Those of mobile numbers begin with 6 to 9: another number has one spelling only.
function brazilian(i: number): { readonly to: string; readonly waId: string } {
  const subscriber = `8${String(i).padStart(7, '0')}`;
  return { to: `+55319${subscriber}`, waId: `5531${subscriber}` };
}
