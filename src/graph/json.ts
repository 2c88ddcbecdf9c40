/**
 * Reading JSON that is not ours: every field may be missing or of another type, and none of it may
 * throw. Numbers and booleans also come as strings (facts 1.4, 2.3).
 */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Reply } from './exchange.ts';
import { MAX_REPLY_BYTES } from './sockets.ts';

/** The JSON of a reply; `undefined` when there is none. Compression is undone though never asked for. */
export function readJson(reply: Reply): unknown {
  try {
    return JSON.parse(
      decompress(reply)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
  } catch {
    return undefined;
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

/** A string that is not empty; whole numbers as their digits; else `undefined`. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
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
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

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
