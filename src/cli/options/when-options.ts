/** Readers of options that say when people are asked, and how many beside others. */
import {
  readInstant,
  readMaxErrors,
  readName,
  readQuietHours,
  readWeight,
} from '../../core/campaign-options.ts';
import { checked } from './options.ts';

/** `21:00-08:00`: from one time of day to another, over midnight where the second is earlier. */
export function quietHours(text: string): string {
  checked(readQuietHours(text));
  return text;
}

/** A point in time with its zone: `2026-12-01T09:00:00Z`, `2026-12-01T09:00+01:00`. */
export function instant(text: string): Date {
  return checked(readInstant(text));
}

/** A campaign's weight beside others on the same sender: 1 to 100. */
export function weight(text: string): number {
  return checked(readWeight(/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN));
}

/** `25`: that many errors; `10%`: that share of those settled. */
export function maxErrors(text: string): string {
  checked(readMaxErrors(text));
  return text;
}

/** A name that people tell a campaign by. */
export function name(text: string): string {
  return checked(readName(text));
}
