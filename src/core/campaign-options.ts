/**
 * Options of a campaign as people and programs write them. Each is read here, whichever way it came, so that
 * none is taken in one way and refused in another.
 */
import type { CampaignSpec, QuietHours } from './campaign.ts';
import { parseInstant } from './instant.ts';
import { err, ok, type Result } from './result.ts';
import { isVisible } from './template/leftovers.ts';

/** What is read of an option, or what was expected instead, for people. */
export type Read<T> = Result<T, string>;

const TIME_OF_DAY = '((?:[01]?\\d|2[0-3]):[0-5]\\d)';
const SPAN = new RegExp(`^${TIME_OF_DAY}-${TIME_OF_DAY}$`);

/** `21:00-08:00`: from one time of day to another, over midnight where the second is earlier. */
export function readQuietHours(text: string): Read<QuietHours> {
  const span = SPAN.exec(text.trim());
  if (span === null) return err('Expected two times of day, like 21:00-08:00');
  const from = String(span[1]).padStart('08:00'.length, '0');
  const to = String(span[2]).padStart('08:00'.length, '0');
  return from === to ? err('Expected two different times of day') : ok({ from, to });
}

/** A point in time with its zone: `2026-12-01T09:00:00Z`, or a Date. */
export function readInstant(given: string | Date): Read<Date> {
  if (given instanceof Date && !Number.isNaN(given.getTime())) return ok(given);
  const time = parseInstant(String(given));
  if (time.ok) return time;
  return err(
    'Expected a date and time with its zone, like 2026-12-01T09:00:00Z or 2026-12-01T09:00+01:00',
  );
}

/** A campaign's weight beside others on the same sender. */
export function readWeight(given: number): Read<number> {
  if (Number.isInteger(given) && given >= 1 && given <= 100) return ok(given);
  return err('Expected a whole number from 1 to 100');
}

/** `25`: that many errors; `10%`: that share of those settled. */
export function readMaxErrors(
  given: number | string,
): Read<NonNullable<CampaignSpec['maxErrors']>> {
  const text = String(given);
  // No number where it is no percentage, and then not within 100 either.
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]);
  if (percent <= 100) return ok({ percent });
  if (/^\d{1,9}$/.test(text)) return ok({ count: Number(text) });
  return err('Expected a whole number or a percentage, like 100 or 5%');
}

/** Characters of a campaign's name, at most: a column of a list on a screen. */
const NAME_LIMIT = 255;

/** A name that people tell a campaign by. */
export function readName(given: string): Read<string> {
  const name = given.trim();
  if (isVisible(name) && name.length <= NAME_LIMIT && !/[\p{Cc}\p{Cs}]/u.test(name))
    return ok(name);
  return err(`Expected a name of 1 to ${NAME_LIMIT} characters in one line`);
}
