/** Whose job of the intake queue it is: a number in it may be spelled in any way. */
import type { Mentions } from '../core/people/mentions.ts';
import { toE164 } from '../core/people/phone.ts';

/**
 * Whether a job's data names a person, as they are erased.
 * @param usual the country of the settings
 */
export function isJobOf(mentions: Mentions, data: unknown, usual?: string): boolean {
  if (mentions(JSON.stringify(data) ?? '')) return true;
  const { to, defaultCountry } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof to !== 'string' && typeof to !== 'number') return false;
  const country = typeof defaultCountry === 'string' ? defaultCountry.toUpperCase() : usual;
  const number = toE164(String(to), country, 'wa-id');
  return mentions(number.ok ? number.value : String(to).replace(/\D/g, ''));
}
