/** Tables for terminals: no lines, no colours of their own, so that `awk` and people both read them. */
import { visibleLine } from '../../telemetry/visible.ts';

/** How a column stands. */
export type Align = 'left' | 'right';

/**
 * Lays out rows in columns; the first row is the head.
 *
 * @param rows cells as text; control characters are shown, not obeyed
 * @param align by column; left by default
 */
export function table(rows: readonly (readonly string[])[], align: readonly Align[] = []): string {
  const shown = rows.map((row) => row.map((cell) => printable(cell)));
  const widths = shown.reduce<readonly number[]>(
    (most, row) =>
      Array.from({ length: Math.max(most.length, row.length) }, (_, i) =>
        Math.max(most[i] ?? 0, lengthOf(row[i] ?? '')),
      ),
    [],
  );
  return shown
    .map((row) =>
      row
        .map((cell, i) => {
          const gap = ' '.repeat((widths[i] ?? 0) - lengthOf(cell));
          return align[i] === 'right' ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

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

function lengthOf(text: string): number {
  return [...text].length;
}
