/**
 * Reading JSON that is not ours: every field may be missing or of another type, and none of it may
 * throw. Numbers and booleans also come as strings.
 */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { MESSAGE_CHARS, outsideText } from '../core/outside-text.ts';
import type { Reply } from './exchange.ts';
import { MAX_REPLY_BYTES } from './sockets.ts';

/** The JSON of a reply; `undefined` when there is none. */
export function readJson(reply: Reply): unknown {
  try {
    return JSON.parse(readBody(reply).replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** The body of a reply as text; compression is undone though never asked for. */
export function readBody(reply: Reply): string {
  try {
    return decompress(reply).toString('utf8');
  } catch {
    return reply.body.toString('latin1');
  }
}

/** An object that is no array, else `undefined`. */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A list, else an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A string that is not empty, in a form that every store takes and of `most` characters; whole
 * numbers as their digits; else `undefined`.
 */
export function asText(value: unknown, most: number = MESSAGE_CHARS): string | undefined {
  if (typeof value === 'string' && value !== '') return outsideText(value, most);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A finite number, or a string that is one. */
export function asNumber(value: unknown): number | undefined {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

/** A time: Unix seconds as number or string, or ISO 8601. Zero means none. */
export function asDate(value: unknown): Date | undefined {
  const seconds = asNumber(value);
  if (seconds === 0) return undefined;
  const ms = seconds === undefined ? Date.parse(asText(value) ?? '') : seconds * 1000;
  return Number.isNaN(ms) ? undefined : new Date(Math.min(LAST_MS, Math.max(0, ms)));
}

/** A value with all its texts as {@link asText} gives them, in a bound of their own. */
export function asClean<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_name, field: unknown) =>
    typeof field === 'string' ? outsideText(field, LONGEST_TEXT) : field,
  ) as T;
}

/** The end of the year 9999, ms: later years have more digits than databases and people read. */
const LAST_MS = 253_402_300_799_999;

/** The longest text parameter by Meta's OpenAPI description (`maxLength`); a template's body is far below. */
const LONGEST_TEXT = 32_768;

function decompress({ headers, body }: Reply): Buffer {
  const options = { maxOutputLength: MAX_REPLY_BYTES };
  switch (String(headers['content-encoding'] ?? '').toLowerCase()) {
    case 'gzip':
      return gunzipSync(body, options);
    case 'deflate':
      return inflateSync(body, options);
    case 'br':
      return brotliDecompressSync(body, options);
    default:
      return body;
  }
}
