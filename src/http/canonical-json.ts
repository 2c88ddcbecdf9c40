/** The same JSON value always as the same text: the order of an object's fields means nothing. */

/** Writes a value that came from JSON with the fields of its objects in order of their names. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => inOrder(part));
}

/** An object with its fields in order of their names; anything else as it is. */
export function inOrder(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
