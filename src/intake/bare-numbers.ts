/** Bare numbers, one a line, as people keep those who opted out: they get the header they lack. */
import { LINE_LIMIT } from './lines.ts';

/** The first line with something in a cell, with what ends it and the character after it. */
const FIRST_LINE = /([^\s,;|"][^\n\r]*)(\n|\r\n|\r(?=[^\n]))/;

/** Puts a header in front where the first line is none: digits, and no letter that could name a column. */
export async function* withHeader(
  chunks: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  let head = '';
  try {
    while (!FIRST_LINE.test(head) && head.length <= LINE_LIMIT) {
      const next = await chunks.next();
      if (next.done) break;
      head += next.value;
    }
    const [, line = head, end = '\n'] = FIRST_LINE.exec(head) ?? [];
    if (/\p{Nd}/u.test(line) && !/\p{L}/u.test(line)) yield `to${end}`;
    yield head;
    yield* chunks;
  } finally {
    await chunks.return();
  }
}
