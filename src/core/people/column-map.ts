/**
 * Columns of a list as people type them on a command line or in a query: `Name=1,Phone Number=to`. A name that
 * holds a comma or a quotation mark stands in quotation marks, a mark in it twice: `"Name, first"=1`. Outside of
 * them the last equals sign parts the two.
 */
import type { Read } from '../campaign-options.ts';
import { err, ok } from '../result.ts';

// The second name in marks may hold equals signs itself, so it is looked for first. An equals sign within the first
// name's marks is none: an odd number of marks would follow it.
const MARKED = /^(.*?)=(\s*"(?:[^"]|"")*"\s*)$/s;
const PAIR = /^(.*)=(.*)/s;

/** `Name=1,City=2`: the list's columns by the names that they are to have. */
export function readColumnMap(text: string): Read<Readonly<Record<string, string>>> {
  const map = new Map<string, string>();
  for (const part of partsOf(text)) {
    const [, from = '', to = ''] = MARKED.exec(part) ?? PAIR.exec(part) ?? [];
    const [column, parameter] = [unquoted(from), unquoted(to)];
    if (column === '' || parameter === '')
      return err('Expected column=parameter, like "Name=1,City=2" or "Phone Number=to"');
    if (map.has(column)) return err(`The column "${column}" stands there twice`);
    map.set(column, parameter);
  }
  return ok(Object.fromEntries(map));
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
