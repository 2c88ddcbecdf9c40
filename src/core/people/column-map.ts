/**
 * Columns of a list as people type them on a command line or in a query: `Name=1,Phone Number=to`. A column that is two
 * things stands there twice: `Customer No=reference,Customer No=2`. A name that holds a comma or a quotation mark stands
 * in quotation marks, a mark in it twice: `"Name, first"=1`. Outside of them the last equals sign parts the two.
 */
import type { Read } from '../campaign-options.ts';
import { err, ok } from '../result.ts';

// The second name in marks may hold equals signs itself, so it is looked for first. An equals sign within the first
// name's marks is none: an odd number of marks would follow it.
const MARKED = /^(.*?)=(\s*"(?:[^"]|"")*"\s*)$/s;
const PAIR = /^(.*)=(.*)/s;

/** The list's columns, and the name, or names, that each is to have. */
export type ColumnMap = Readonly<Record<string, string | readonly string[]>>;

/** The names that a column is to have. */
export function namesIn(to: string | readonly string[]): readonly string[] {
  return typeof to === 'string' ? [to] : to;
}

/** Each column once, in the order given; a column that is one thing has that name alone. */
export function columnMapOf(pairs: Iterable<readonly [column: string, name: string]>): ColumnMap {
  const map = new Map<string, readonly string[]>();
  for (const [column, name] of pairs) map.set(column, [...(map.get(column) ?? []), name]);
  return Object.fromEntries(
    [...map].map(([column, names]) => [column, names.length === 1 ? (names[0] ?? '') : names]),
  );
}

/** `Name=1,City=2`: the list's columns by the names that they are to have. */
export function readColumnMap(text: string): Read<ColumnMap> {
  const pairs: [column: string, name: string][] = [];
  for (const part of partsOf(text)) {
    const [, from = '', to = ''] = MARKED.exec(part) ?? PAIR.exec(part) ?? [];
    const [column, parameter] = [unquoted(from), unquoted(to)];
    if (column === '' || parameter === '')
      return err('Expected column=parameter, like "Name=1,City=2" or "Phone Number=to"');
    pairs.push([column, parameter]);
  }
  return withoutDoubles(pairs);
}

/** Two maps as one, unless a column is one thing twice. */
export function joinedColumnMaps(one: ColumnMap, other: ColumnMap): Read<ColumnMap> {
  return withoutDoubles(
    [...Object.entries(one), ...Object.entries(other)].flatMap(([column, to]) =>
      namesIn(to).map((name) => [column, name] as const),
    ),
  );
}

function withoutDoubles(
  pairs: readonly (readonly [column: string, name: string])[],
): Read<ColumnMap> {
  const seen = new Set<string>();
  for (const pair of pairs) {
    const key = JSON.stringify(pair);
    if (seen.has(key)) return err(`"${pair[0]}" as "${pair[1]}" stands there twice`);
    seen.add(key);
  }
  return ok(columnMapOf(pairs));
}

/** `email,"Name, first"`, or `all`: every one that the template does not need. */
export function readColumns(text: string): Read<readonly string[] | 'all'> {
  if (text.trim().toLowerCase() === 'all') return ok('all');
  const columns = partsOf(text).map(unquoted);
  return columns.includes('')
    ? err('Expected names of columns, like email,city, or all')
    : ok(columns);
}

/** The parts between commas that do not stand in quotation marks. */
function partsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,])*/g)].map(([part]) => part);
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const quoted = /^"((?:[^"]|"")*)"$/.exec(trimmed)?.[1];
  return quoted === undefined ? trimmed : quoted.replaceAll('""', '"');
}
