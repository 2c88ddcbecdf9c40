/**
 * Values of a delivery, whatever type they came in: Meta writes the same id or time as a string in one place and as a
 * number in another. What is not there, is empty or cannot be meant is `undefined`.
 */
import { parseInstant } from '../core/instant.ts';
import { MESSAGE_CHARS, outsideId, outsideText, STATUS_CHARS } from '../core/outside-text.ts';

/** An object of a delivery. */
export type Json = Readonly<Record<string, unknown>>;

/** The end of the year 9999, ms: later years have more digits than databases and people read. */
const LAST_MS = 253_402_300_799_999;
/** Times at and above this are milliseconds: as seconds it would be the year 33658. */
const FIRST_MS = 1e12;

/** An object that is no list. */
export function recordOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

/** A text that is not empty, of `most` characters, in a form that every store takes. */
export function textOf(value: unknown, most: number = MESSAGE_CHARS): string | undefined {
  const text = rawText(value);
  return text === undefined ? undefined : outsideText(text, most);
}

/** An id as it stood; one that no store takes is none. */
export function idOf(value: unknown): string | undefined {
  const text = rawText(value);
  return text === undefined ? undefined : outsideId(text);
}

/** A word of Meta's in capitals, as most are written: `PAUSED`, `UTILITY`. */
export function wordOf(value: unknown): string | undefined {
  const text = rawText(value)?.trim();
  return text === undefined || text === ''
    ? undefined
    : outsideText(text.toUpperCase(), STATUS_CHARS);
}

/** A word of Meta's that is written small: `accept`, `stop`. */
export function smallWordOf(value: unknown): string | undefined {
  return wordOf(value)?.toLowerCase();
}

/** A number, or a text of digits that is one. */
export function numberOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,30}(\.\d{1,30})?$/.test(text)) return undefined;
  return Number(text);
}

/** True and false, also as texts. */
export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

/**
 * A time: seconds or milliseconds since 1970, or ISO 8601 (UTC where no zone is named). Zero means none, and later
 * ones than the year 9999 are its end.
 */
export function timeOf(value: unknown): Date | undefined {
  const n = numberOf(value);
  if (n === undefined) return typeof value === 'string' ? isoTime(value) : undefined;
  if (n <= 0) return undefined;
  return bounded(n >= FIRST_MS ? n : n * 1000);
}

/** The digits of a number as it is shown: `+1 555-010-0001`. */
export function shownDigits(value: unknown): string | undefined {
  const digits = rawText(value)?.replace(/\D/g, '');
  return digits !== undefined && /^\d{5,20}$/.test(digits) ? digits : undefined;
}

function rawText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function isoTime(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  for (const whole of [text, `${text}Z`, `${text}T00:00Z`]) {
    const read = parseInstant(whole);
    if (read.ok) return read.value.getTime() > 0 ? bounded(read.value.getTime()) : undefined;
  }
  return undefined;
}

function bounded(ms: number): Date {
  return new Date(Math.min(LAST_MS, Math.floor(ms)));
}
