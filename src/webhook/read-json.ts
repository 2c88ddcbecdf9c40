/**
 * The JSON of a delivery, with the digits of its large numbers. Meta writes ids of templates as numbers, and a number
 * beyond 2^53 loses its last digits to `JSON.parse`; so whole numbers of 16 digits and more are quoted before it.
 */
import { endOfString } from '../core/json-keys.ts';
import type { Json } from './values.ts';
import { recordOf } from './values.ts';

/** Whether there may be such a number at all, at a fifth of what it costs to look at every string. */
const PERHAPS_LARGE = /[[:,\s]-?\d{16,}[\s,}\]]/;
/** A whole number of 16 digits and more, or the quote before a string. */
const LARGE_OR_QUOTE = /"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** The object that a body is; `undefined` where it is none, or no JSON. */
export function readObject(body: string): Json | undefined {
  try {
    return recordOf(JSON.parse(withDigits(body.replace(/^\uFEFF/, ''))));
  } catch {
    return undefined;
  }
}

/** True for the JSON of an object: anything else is not stored but refused. */
export function isJsonObject(body: string): boolean {
  return readObject(body) !== undefined;
}

/** A text that is JSON, with large whole numbers as strings. Another text comes back as no JSON either. */
export function withDigits(text: string): string {
  if (!PERHAPS_LARGE.test(text)) return text;
  const parts: string[] = [];
  let done = 0;
  LARGE_OR_QUOTE.lastIndex = 0;
  for (let found = LARGE_OR_QUOTE.exec(text); found !== null; found = LARGE_OR_QUOTE.exec(text)) {
    if (found[0] === '"') {
      LARGE_OR_QUOTE.lastIndex = endOfString(text, found.index + 1) + 1;
      continue;
    }
    parts.push(text.slice(done, found.index), `"${found[0]}"`);
    done = found.index + found[0].length;
  }
  return parts.join('') + text.slice(done);
}
