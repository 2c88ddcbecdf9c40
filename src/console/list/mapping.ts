/** Which column of a list is what, as somebody chose it, and as the API is told. */
import { columnMapOf } from '../../core/people/column-map.ts';
import { KNOWN_COLUMNS } from '../../core/people/known-columns.ts';
import type { ListHead } from './read-head.ts';

/** What a list may say of a person beside the template's parameters. */
export const KNOWN = ['to', 'reference', 'language', 'not_before', 'not_after'] as const;
/** Whether a need is one of those, and no parameter of the template. */
export function isKnown(need: string): need is (typeof KNOWN)[number] {
  return KNOWN.some((known) => known === need);
}

/** By what is needed (`to`, `reference`, a parameter's name): the column; none where it is absent. */
export type Mapping = Readonly<Record<string, string>>;

/** Names that the service takes for something of its own, whatever a mapping says of other columns. */
const RESERVED: ReadonlySet<string> = new Set(KNOWN_COLUMNS);
const PHONE = /phone|mobil|handy|telef|\btel\b|cell|fone|whatsapp|msisdn/i;
/** Where nothing says it better. */
const MAYBE_PHONE = /number|nummer|numero|número/i;
const REFERENCE =
  /^(reference|referenz|ref|id|kunden-?nr\.?|kundennummer|customer.?id|external.?id)$/i;

/** What probably is what: by the same name, by what people call it, and the parameters by their place where all else failed. */
export function guessMapping(head: ListHead, parameters: readonly string[]): Mapping {
  const free = new Set(head.columns.filter((name) => name !== ''));
  const chosen: Record<string, string> = {};
  const take = (need: string, fits: (column: string) => boolean) => {
    const column = chosen[need] === undefined ? [...free].find(fits) : undefined;
    if (column === undefined) return;
    chosen[need] = column;
    free.delete(column);
  };
  for (const need of [...KNOWN, ...parameters])
    take(need, (column) => column.toLowerCase() === need.toLowerCase());
  take('to', (column) => column.toLowerCase() === 'phone');
  take('to', (column) => PHONE.test(column));
  take('reference', (column) => REFERENCE.test(column));
  take('to', (column) => MAYBE_PHONE.test(column));
  return chosen;
}

/** What is needed and has no column. */
export function missingIn(mapping: Mapping, parameters: readonly string[]): readonly string[] {
  return ['to', ...parameters].filter((need) => !mapping[need]);
}

/** A line of the list, by what is needed. */
export function valuesOf(head: ListHead, mapping: Mapping, line = 0): Record<string, string> {
  const cells = head.lines[line] ?? [];
  return Object.fromEntries(
    Object.entries(mapping).map(([need, column]) => [
      need,
      cells[head.columns.indexOf(column)] ?? '',
    ]),
  );
}

/** The mapping as the query of an import. Columns that nobody chose are left out, whatever they are called. */
export function queryOf(
  head: ListHead,
  mapping: Mapping,
): { readonly map?: string; readonly ignoreColumns: string } {
  const chosen = Object.entries(mapping).filter(([, column]) => column !== '');
  const columns = new Set(chosen.map(([, column]) => column));
  // A column that is what it is called, and nothing else, needs no word.
  const renamed = Object.entries(
    columnMapOf(chosen.map(([need, column]) => [column, need])),
  ).filter(([column, needs]) => needs !== column);
  const map = renamed.length === 0 ? {} : { map: JSON.stringify(Object.fromEntries(renamed)) };
  const left = [...new Set(head.columns)].filter((name) => name !== '' && !columns.has(name));
  // "All" leaves those that mean something to the service, or are called what another column is to be; it takes names that
  // stand twice or not at all.
  const needs = new Set(chosen.map(([need]) => need));
  const isClear = !left.some((name) => RESERVED.has(name.toLowerCase()) || needs.has(name));
  return { ...map, ignoreColumns: isClear ? 'all' : left.map(quoted).join(',') };
}

function quoted(name: string): string {
  return /[",\s]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
