/**
 * Lines for a terminal of so many columns: broken at words, never inside one, so that an id, a number or an
 * address can always be copied. What a line continues with stands under the text it belongs to.
 */
import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';

/** A terminal narrower than this is taken for one of this width: below it, nothing reads well any more. */
const NARROWEST = 10;

/** A command that a person copies: in backticks, or behind a colon at the end of a line. */
const COMMANDS = /`[^`\n]+`|(?<=: )callpermit [^`\n]*$/g;

/** What stands before the text of an item of a list. */
const BULLET = /^ *(?:-|\d{1,2}\.) +(?=\S)/;

/** Columns a text takes on a terminal; colours take none, wide letters two. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/**
 * Each line of the text, broken at words where it is too wide.
 * @param columns of the terminal; `undefined`: no terminal, nothing is broken
 */
export function wrapLines(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const width = Math.max(NARROWEST, columns);
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isCommand(line: string): boolean {
  return /^ *(callpermit |\w+=|zcat |cut )/.test(line);
}

function wrapLine(line: string, width: number): string {
  // A whole command is copied: the terminal's own break in it is none.
  if (widthOf(line) <= width || isCommand(line)) return line;
  const at = hangOf(line, width);
  const [head, body] = [line.slice(0, at), line.slice(at)];
  const room = width - widthOf(head);
  const kept = body.replace(COMMANDS, (command) =>
    widthOf(command) <= room ? command.replaceAll(' ', '\u00a0') : command,
  );
  const indent = ' '.repeat(widthOf(head));
  return (
    head +
    wrapAnsi(kept, room, { hard: false, trim: true })
      .replaceAll('\u00a0', ' ')
      .replaceAll('\n', `\n${indent}`)
  );
}

/** Where the text of a line begins: behind its last wide gap, if that leaves half of the width for it. */
function hangOf(line: string, width: number): number {
  const indent = indentOf(line);
  const gaps = [...line.matchAll(/\S {2,}(?=\S)/g)].map((gap) => gap.index + gap[0].length);
  const bullet = BULLET.exec(line)?.[0].length ?? indent;
  return gaps.findLast((at) => widthOf(line.slice(0, at)) <= width / 2) ?? bullet;
}
