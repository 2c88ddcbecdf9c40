/** Bare numbers, one a line, as people keep those who opted out: they get the header they lack. */
import { LINE_LIMIT } from '../core/people/line-bounds.ts';

/** Puts a header in front where the first line is none: digits, and no letter that could name a column. */
export async function* withHeader(
  chunks: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  const head: string[] = [];
  const first = firstLine();
  try {
    for (let read = 0; read <= LINE_LIMIT && !first.isWhole(); ) {
      const next = await chunks.next();
      if (next.done) break;
      head.push(next.value);
      read += next.value.length;
      first.push(next.value);
    }
    const { text, end } = first.found();
    if (/\p{Nd}/u.test(text) && !/\p{L}/u.test(text)) yield `to${end}`;
    yield head.join('');
    yield* chunks;
  } finally {
    await chunks.return();
  }
}

/** Where the first cell with something in it begins. */
const SOMETHING = /[^\s,;|"]/;

/** Takes text until it has the first line with something in a cell; each piece of it is looked at once. */
function firstLine() {
  const parts: string[] = [];
  let ending = '';
  let end: string | undefined;
  return {
    push(text: string) {
      let from = 0;
      if (parts.length === 0) from = text.search(SOMETHING);
      if (from === -1) return;
      // A lone `\r` ends a line too, but not one that a `\n` follows.
      if (ending === '\r') {
        end = text.startsWith('\n') ? '\r\n' : '\r';
        return;
      }
      const line = from === 0 ? text : text.slice(from);
      const at = line.search(/[\n\r]/);
      parts.push(at === -1 ? line : line.slice(0, at));
      if (at === -1) return;
      if (line.startsWith('\r\n', at)) end = '\r\n';
      else if (line[at] === '\n' || at + 1 < line.length) end = line[at];
      else ending = '\r';
    },
    isWhole: () => end !== undefined,
    found: () => ({ text: parts.join(''), end: end ?? '\n' }),
  };
}
