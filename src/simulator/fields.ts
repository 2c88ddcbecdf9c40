/** The `fields` parameter of Graph reads: what was asked for, or Meta's refusal of a wrong name. */
import { type Refusal, refuse } from './sim-errors.ts';

/** Makes the value of each field a node has. */
export type FieldMakers<T> = Readonly<Record<string, (node: T) => unknown>>;

/** Reads the asked fields of a node; `id` always comes along, absent values stay out. */
export function readFields<T>(
  node: T,
  makers: FieldMakers<T>,
  asked: readonly string[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of asked.includes('id') ? asked : [...asked, 'id']) {
    const value = makers[field]?.(node);
    if (value !== undefined) values[field] = value;
  }
  return values;
}

/** The field names of a query, or the standard ones; sub-fields in braces are not told apart. */
export function askedFields<T>(
  query: URLSearchParams,
  makers: FieldMakers<T>,
  standard: readonly string[],
  nodeType: string,
): readonly string[] | Refusal {
  const text = query.get('fields');
  if (text === null || text.trim() === '') return standard;
  const names = text
    .replace(/[{(][^})]*[})]/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !Object.hasOwn(makers, name));
  if (unknown === undefined) return names;
  return refuse(100, undefined, {
    message: `Tried accessing nonexisting field (${unknown}) on node type (${nodeType})`,
  });
}

/** Whether a value is a refusal rather than a list of names. */
export function isRefusal(value: readonly string[] | Refusal): value is Refusal {
  return !Array.isArray(value);
}
