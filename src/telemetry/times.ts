/** Times as a person reads them: the date, the hour, and whose hour it is. Programs get ISO 8601 in UTC. */

/** `27 Nov 2026 11:28 CET`, in the zone of this machine (`TZ`). */
export function when(at: Date): string {
  return `${day(at)} ${clockOf(at)} ${zoneOf(at)}`;
}

/** As {@link when}, for a column of a table: without year and zone, which its head names. */
export function shortWhen(at: Date | null): string {
  if (at === null) return '';
  const { day, month } = partsOf(at);
  return `${day} ${month} ${clockOf(at)}`;
}

/** The short name of this machine's zone at that time: `CET`, or `UTC+5:30` where it has none. */
export function zoneOf(at: Date): string {
  return partsOf(at).timeZoneName.replace(/^GMT(?=[+-])/, 'UTC');
}

function day(at: Date): string {
  const { day, month, year } = partsOf(at);
  return `${day} ${month} ${year}`;
}

function clockOf(at: Date): string {
  const { hour, minute } = partsOf(at);
  return `${hour}:${minute}`;
}

// Made at the first use, when TZ is known; US English has the names of more zones than British has.
let format: Intl.DateTimeFormat | undefined;

function partsOf(at: Date): Record<Intl.DateTimeFormatPartTypes, string> {
  format ??= new Intl.DateTimeFormat('en-US', {
    ...{ day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  });
  const parts = format.formatToParts(at).map(({ type, value }) => [type, value]);
  return Object.fromEntries(parts) as Record<Intl.DateTimeFormatPartTypes, string>;
}
