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
    if (text[afterSpace(text, at + 1)] === ':') count += 1;
  }
  return count;
}

/** Keys in a value, those of nested objects too. */
export function keysIn(value: unknown): number {
  if (!isNest(value)) return 0;
  let count = 0;
  // Not by calls in calls: JSON may be nested deeper than those.
  const left = [value];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (Array.isArray(one)) {
      for (const part of one as readonly unknown[]) if (isNest(part)) left.push(part);
      continue;
    }
    for (const name in one) {
      const part = (one as Readonly<Record<string, unknown>>)[name];
      count += 1;
      if (isNest(part)) left.push(part);
    }
  }
  return count;
}

/**
 * Whether a text opens objects and arrays in one another on more levels than that, whether it is JSON or not. It is asked before
 * it is parsed: V8 takes some 150 bytes a level, and 8 MB of `[` took 630 MB before they were refused.
 */
export function isTextDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at + 1);
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === 93 || code === 125) depth -= 1;
  }
  return false;
}

function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Where the first value of that name stands in the outermost object of a text that is JSON. */
export function placeOfValue(
  text: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  let depth = 0;
  let start: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      const from = at;
      at = endOfString(text, at + 1);
      if (depth !== 1) continue;
      const colon = afterSpace(text, at + 1);
      if (text[colon] !== ':' || JSON.parse(text.slice(from, at + 1)) !== name) continue;
      start = colon + 1;
      at = colon;
    } else if (start !== undefined && depth === 1 && (sign === ',' || sign === '}')) {
      return { start, end: at };
    } else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
  }
  return undefined;
}

/** Where the string ends whose first character stands at `from`: the place of its closing quote. */
export function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}
