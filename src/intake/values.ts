/** Values of objects as texts: what a list of objects brings in place of a CSV's cells. */
import { bigintAsText } from './digest.ts';

/** Text and numbers as text; the Node client may give a Date for a time. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return undefined;
}

/** Whether a number's text has the digits it was written with: a double keeps 15 of a decimal (IEEE 754). */
export function isExact(value: number): boolean {
  if (Number.isInteger(value)) return Number.isSafeInteger(value);
  const text = String(value);
  return !text.includes('e') && text.replace(/^-?0?\.?0*|\./g, '').length <= 15;
}

/** What a value is, for people. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The value for a report; what JSON cannot say (cycles) is told by its type. */
export function shown(value: unknown): string {
  try {
    return JSON.stringify(value, bigintAsText) ?? typeof value;
  } catch {
    return typeof value;
  }
}
