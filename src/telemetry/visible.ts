/**
 * Text from outside (Meta's, a list's, a library's) on a terminal: a control character in them
 * could move the cursor, retitle the window or forge a line, so it is shown instead of obeyed.
 */

/**
 * C0 but the line feed, DEL and C1 (ECMA-48), the separators of lines and paragraphs, and the marks
 * that reorder text.
 */
const COMMANDS = /[^\P{Cc}\n]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/**
 * The text with every control character but the line feed written as JSON writes it (`\t`,
 * `\u001b`); inside a JSON text the value stays the same.
 */
export function visible(text: string): string {
  return text.replace(COMMANDS, escaped);
}

/** As {@link visible}, and line feeds too: the text stays on its line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n');
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character
    ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    : short;
}
