/**
 * Keys that one object has twice. `JSON.parse` keeps the last of them without a word, and nobody knows which was meant:
 * there are more keys in the text, then, than in what it gave.
 */

/** What is said of a line with such keys. */
export const KEY_TWICE = {
  code: 'COLUMN_TWICE',
  message: 'a key stands there twice in one object; keep one of them',
} as const;

/** Keys in a text that is JSON: the strings before a colon. */
export function keysWritten(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    at = endOfString(text, at + 1);
    let next = at + 1;
    while (isSpace(text.charCodeAt(next))) next += 1;
    if (text[next] === ':') count += 1;
  }
  return count;
}

/** Keys in a value, those of nested objects too. */
export function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values = Object.values(value);
  const own = Array.isArray(value) ? 0 : values.length;
  return values.reduce((sum: number, one) => sum + keysIn(one), own);
}

function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
