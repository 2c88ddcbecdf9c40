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

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
