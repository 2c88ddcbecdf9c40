/**
 * Columns of a list as people type them on a command line or in a query: `name=1,"Phone Number"=to`. A name that
 * holds a comma, an equals sign or a quotation mark stands in quotation marks, a mark in it twice, as in CSV.
 */
import type { Read } from '../campaign-options.ts';
import { err, ok } from '../result.ts';

const NAME = '\\s*(?:"((?:[^"]|"")*)"|([^",=][^,=]*?))\\s*';
const PAIR = new RegExp(`^${NAME}=${NAME}(?:,|$)`);
const ONE = new RegExp(`^${NAME}(?:,|$)`);

/** `name=1,city=2`: the list's columns by the names that they are to have. */
export function readColumnMap(text: string): Read<Readonly<Record<string, string>>> {
  const found: [string, string][] = [];
  for (let rest = text; rest !== ''; ) {
    const [whole = '', from, plainFrom, to, plainTo] = PAIR.exec(rest) ?? [];
    const column = unquoted(from, plainFrom);
    if (column === '' || unquoted(to, plainTo) === '')
      return err('Expected pairs like name=1,city=2, or "Phone Number"=to');
    if (found.some(([other]) => other === column))
      return err(`Expected each column once, got "${column}" twice`);
    found.push([column, unquoted(to, plainTo)]);
    rest = rest.slice(whole.length);
  }
  return found.length > 0
    ? ok(Object.fromEntries(found))
    : err('Expected pairs like name=1,city=2');
}

/** `a,b`: names of columns; `all`: every one that nothing needs. */
export function readColumns(text: string): Read<readonly string[] | 'all'> {
  if (text.trim() === 'all') return ok('all');
  const found: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const [whole = '', name, plain] = ONE.exec(rest) ?? [];
    const column = unquoted(name, plain);
    if (column === '') return err('Expected names of columns like a,b, or all');
    found.push(column);
    rest = rest.slice(whole.length);
  }
  return found.length > 0 ? ok(found) : err('Expected names of columns like a,b, or all');
}

function unquoted(quoted: string | undefined, plain: string | undefined): string {
  return (quoted?.replaceAll('""', '"') ?? plain ?? '').trim();
}
