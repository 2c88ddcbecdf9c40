/** Tables for terminals: no lines, no colours of their own, so that `awk` and people both read them. */
import { count, counted, printable } from '../../telemetry/words.ts';
import { widthOf, wrapLines } from './wrap.ts';

/** Blanks between two columns. */
const GAP = 2;

/** How a column stands. */
export type Align = 'left' | 'right';

/** A column of words is not made narrower than this: one that has no more room goes to lines of its own. */
const NARROWEST = 16;

/**
 * Lays out rows in columns; the first row is the head. Where they are wider than a terminal, the widest column of
 * words is broken at words. Ids (the first column), numbers (on the right) and single words stay whole; where that
 * does not fit either, each row becomes a paragraph.
 *
 * @param rows cells as text; control characters are shown, not obeyed
 * @param align by column; left by default
 * @param width columns of the terminal; left out where it is none
 */
export function table(
  rows: readonly (readonly string[])[],
  align: readonly Align[] = [],
  width = Number.POSITIVE_INFINITY,
): string {
  const shown = rows.map((row) => row.map((cell) => printable(cell)));
  const widths = fitted(shown, align, width);
  if (widths === undefined) return paragraphs(shown, width);
  return shown.flatMap((row) => linesOf(row, widths, align)).join('\n');
}

/** How wide the columns are; `undefined` where they do not fit. */
function fitted(
  rows: readonly (readonly string[])[],
  align: readonly Align[],
  width: number,
): readonly number[] | undefined {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(0, ...rows.map((row) => widthOf(row[i] ?? ''))),
  );
  const longestWord = (i: number) =>
    Math.max(0, ...rows.flatMap((row) => (row[i] ?? '').split(' ').map(widthOf)));
  const over = () => widths.reduce((sum, w) => sum + w + GAP, -GAP) - width;
  while (over() > 0) {
    const [widest] = widths
      .map((w, i) => ({ i, w, least: Math.max(NARROWEST, longestWord(i)) }))
      .filter(({ i, w, least }) => i > 0 && align[i] !== 'right' && w > least)
      .toSorted((a, b) => b.w - a.w);
    if (widest === undefined) return undefined;
    widths[widest.i] = Math.max(widest.least, widest.w - over());
  }
  return widths;
}

function linesOf(
  row: readonly string[],
  widths: readonly number[],
  align: readonly Align[],
): readonly string[] {
  const cells = row.map((cell, i) => wrapLines(cell, widths[i]).split('\n'));
  return Array.from({ length: Math.max(1, ...cells.map((lines) => lines.length)) }, (_, line) =>
    row
      .map((_cell, i) => {
        const text = cells[i]?.[line] ?? '';
        const gap = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        return align[i] === 'right' ? gap + text : text + gap;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** Each row as a paragraph: its first cell, then `head cell` for the others that say something. */
function paragraphs(rows: readonly (readonly string[])[], width: number): string {
  const [head = [], ...rest] = rows;
  return rest
    .map(([first = '', ...others]) => {
      const pairs = others.map((cell, i) => [head[i + 1] ?? '', cell] as const);
      const short = pairs.filter(([, cell]) => cell !== '' && widthOf(cell) <= width / 2);
      const long = pairs.filter(([, cell]) => widthOf(cell) > width / 2);
      return [
        first,
        ...inLines(
          short.map(([name, cell]) => `${name} ${cell}`),
          width - GAP,
        ).map((line) => `  ${line}`),
        ...long.map(([name, cell]) => wrapLines(`  ${name}  ${cell}`, width)),
      ].join('\n');
    })
    .join('\n');
}

/** As many of the pieces in a line as fit. */
function inLines(pieces: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const longer = `${lines.at(-1)}   ${piece}`;
    if (lines.length === 0 || widthOf(longer) > width) lines.push(piece);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** The same, of what is only expected: `10 s`, `2 min`, `1 h 10 min`. */
export function roughSpan(seconds: number): string {
  const fives = Math.max(5, Math.ceil(seconds / 5) * 5);
  if (fives < 60) return `${fives} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${Math.max(1, minutes)} min`;
  const tens = Math.round(seconds / 600);
  const rest = tens % 6 === 0 ? '' : ` ${(tens % 6) * 10} min`;
  return `${count(Math.floor(tens / 6))} h${rest}`;
}

/** A span that somebody typed (`24h`), in words: `24 hours`, `7 days`, `1 hour 30 minutes`. */
export function typedSpan(ms: number): string {
  const parts: string[] = [];
  let left = Math.round(ms / 1_000);
  for (const [name, seconds] of UNITS) {
    // A day is told in hours, as it is typed.
    const n = name === 'day' && left < 2 * seconds ? 0 : Math.floor(left / seconds);
    if (n > 0) parts.push(counted(n, name, `${name}s`));
    left -= n * seconds;
  }
  return parts.join(' ');
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
