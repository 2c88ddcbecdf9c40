/** Words of people's language that a table, a line of the log and an answer all use: numbers, spans, text from outside. */
import { visibleLine } from './visible.ts';

/**
 * Text from a list or from Meta for one cell: control characters and line feeds are shown, and what
 * is too long is cut.
 *
 * @param most longest length in characters; the rest becomes an ellipsis
 */
export function printable(text: string, most = Number.POSITIVE_INFINITY): string {
  const plain = visibleLine(text);
  const letters = [...plain];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : plain;
}

/** A whole number with separators: `12,345`. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** A number and the word that agrees with it: `1 line`, `12 lines`, `1 is`. */
export function counted(n: number, one: string, many: string): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A span as people say it: `6 s`, `2 min 05 s`, `1 h 03 min`. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  return `${count(Math.floor(s / 3600))} h ${pad(Math.floor((s % 3600) / 60))} min`;
}

/** How long ago something was, in the one unit that says it: `2 seconds ago`, `16 minutes ago`, `25 hours ago`. */
export function ago(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const said = (size: number, unit: string) =>
    `${counted(Math.floor(s / size), unit, `${unit}s`)} ago`;
  if (s < 60) return said(1, 'second');
  if (s < 3600) return said(60, 'minute');
  // Whether something came within a day is what is asked of it: 25 and 47 hours are told apart.
  return s < 172_800 ? said(3600, 'hour') : said(86_400, 'day');
}

/** Room on a disk: in MB, and in GB once there are ten of them. */
export function room(bytes: number): string {
  const mb = bytes / (1024 * 1024);
  return mb < 10_240 ? `${count(Math.floor(mb))} MB` : `${count(Math.floor(mb / 1024))} GB`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
