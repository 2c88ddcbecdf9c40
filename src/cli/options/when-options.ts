/** Readers of options that say when people are asked, and how many beside others. */
import { InvalidArgumentError } from 'commander';
import type { QuietHours } from '../../core/campaign.ts';
import { parseInstant } from '../../wiring.ts';

const TIME_OF_DAY = '([01]?\\d|2[0-3]):([0-5]\\d)';
const SPAN = new RegExp(`^${TIME_OF_DAY}-${TIME_OF_DAY}$`);

/** `21:00-08:00`: from one time of day to another, over midnight where the second is earlier. */
export function quietHours(text: string): QuietHours {
  const [, fromHour, fromMinute, toHour, toMinute] = SPAN.exec(text.trim()) ?? [];
  if (fromHour === undefined || toHour === undefined)
    throw new InvalidArgumentError('Expected two times of day, like 21:00-08:00');
  const from = `${fromHour.padStart(2, '0')}:${fromMinute}`;
  const to = `${toHour.padStart(2, '0')}:${toMinute}`;
  if (from === to) throw new InvalidArgumentError('Expected two different times of day');
  return { from, to };
}

/** A point in time with its zone: `2026-12-01T09:00:00Z`, `2026-12-01T09:00+01:00`. */
export function instant(text: string): Date {
  const time = parseInstant(text);
  if (time.ok) return time.value;
  throw new InvalidArgumentError(
    'Expected a date and time with its zone, like 2026-12-01T09:00:00Z or 2026-12-01T09:00+01:00',
  );
}

/** A campaign's weight beside others on the same sender: 1 to 100. */
export function weight(text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 100) return value;
  throw new InvalidArgumentError('Expected a whole number from 1 to 100');
}
