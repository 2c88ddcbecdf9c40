/** Any spelling of a phone number to E.164, or the reason why not. */
import type { Result } from '../result.ts';
import { type HowToRead, readWithoutPlus } from './national-number.ts';
import { international, isPlainNumber } from './numbering-plans.ts';
import { cleanPhone, type PhoneFailure } from './phone-text.ts';

export type { HowToRead, NumberReading } from './national-number.ts';

/**
 * Reads a phone number of any spelling. `defaultCountry` (ISO 3166-1, two letters) is the country
 * of numbers without a country code; without it such a number is refused, never guessed. `how` decides
 * where digits without a plus can be read in two ways.
 * `toE164('+1 (650) 555-1234')` is `+16505551234`.
 */
export function toE164(
  raw: string,
  defaultCountry?: string,
  how?: HowToRead,
): Result<string, PhoneFailure> {
  if (isPlainNumber(raw)) return { ok: true, value: raw };
  const cleaned = cleanPhone(raw);
  if (!cleaned.ok) return cleaned;
  if (isPlainNumber(cleaned.value)) return cleaned;
  if (cleaned.value.startsWith('+')) return international(cleaned.value);
  return readWithoutPlus({ digits: cleaned.value, raw, defaultCountry, how });
}
