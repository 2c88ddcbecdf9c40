/** Numbers, shares and times in the reader's own locale and time zone; words beside them in the language of the texts. */
import { decimals, shares } from './rounded.ts';
import { language } from './texts.ts';

const number = new Intl.NumberFormat();
const decimal = decimals();
const share = shares();
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const exactTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

const NONE = '–';
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** A whole number: `20,000`. */
export function asNumber(n: number | null | undefined): string {
  return n == null ? NONE : number.format(n);
}

/** With one digit behind the point where there is one. */
export function asDecimal(n: number | null | undefined): string {
  return n == null ? NONE : decimal(n);
}

/** A share as per cent, 0 of nobody and 100 of all alone; a dash where there is nothing to have a share of. */
export function asShare(part: number, whole: number): string {
  return whole === 0 ? NONE : share(part, whole);
}

/** A day and the time to the minute. */
export function asTime(iso: string | null | undefined): string {
  return iso == null ? NONE : dateTime.format(new Date(iso));
}

/** A day and the time to the second. */
export function asExactTime(iso: string | null | undefined): string {
  return iso == null ? NONE : exactTime.format(new Date(iso));
}

/** The time alone where it is today, with its day else. */
export function asNearTime(iso: string | null | undefined, now: Date = new Date()): string {
  if (iso == null) return NONE;
  const at = new Date(iso);
  const isToday = at.toDateString() === now.toDateString();
  return isToday ? clockTime.format(at) : dateTime.format(at);
}

/** How long ago, or how far ahead: `in 3 hours`. */
export function asAgo(iso: string | null | undefined, now: number = Date.now()): string {
  if (iso == null) return NONE;
  const seconds = Math.round((Date.parse(iso) - now) / 1_000);
  const [unit, size] = STEPS.find(([, s]) => Math.abs(seconds) >= s) ?? (['second', 1] as const);
  return relative.format(Math.trunc(seconds / size), unit);
}

/** How long something takes: `2 hours, 5 minutes`. */
export function asSpan(seconds: number | null | undefined): string {
  return inOne(spanOf(seconds, 'long'));
}

/** The same where there is little room, by its one or two parts: `4 min`, `31 sec`. */
export function shortSpan(seconds: number | null | undefined): readonly string[] {
  return spanOf(seconds, 'short');
}

function inOne(parts: readonly string[]): string {
  return new Intl.ListFormat(language, { type: 'unit' }).format(parts);
}

function spanOf(
  seconds: number | null | undefined,
  unitDisplay: 'long' | 'short',
): readonly string[] {
  if (seconds == null || !Number.isFinite(seconds)) return [NONE];
  const left = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(left / 86_400), 'day'],
    [Math.floor((left % 86_400) / 3_600), 'hour'],
    [Math.floor((left % 3_600) / 60), 'minute'],
    [left % 60, 'second'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  const shown =
    first === -1 ? parts.slice(3) : parts.slice(first, first + 2).filter(([n]) => n > 0);
  return shown.map(([n, unit]) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay }).format(n),
  );
}

/** The reader's time zone, in which all times are shown: `Europe/Berlin, GMT+1`. */
export function asZone(now: Date = new Date()): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const offset = new Intl.DateTimeFormat(language, { timeZoneName: 'shortOffset' })
    .formatToParts(now)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return offset === undefined || offset === timeZone ? timeZone : `${timeZone}, ${offset}`;
}
