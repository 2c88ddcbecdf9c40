/**
 * Text in chunks to physical lines, however the chunks fall. A line's length is bounded: a file
 * without line ends (binary data, one huge JSON document named .csv) must not fill the memory.
 */

import { LINE_LIMIT, TOO_LONG_KEPT } from '../people/line-bounds.ts';

/** One physical line, without and with what ended it. */
export interface TextLine {
  readonly text: string;
  /** `\n`, `\r\n`, `\r`, or nothing at the end of the text. */
  readonly end: string;
  /** The line was longer than {@link LINE_LIMIT}: `text` is its beginning. */
  readonly tooLong?: true;
}

/** Cuts text into lines; `push` as chunks come, `end` once. */
export interface LineCutter {
  push(text: string): readonly TextLine[];
  end(): readonly TextLine[];
}

/**
 * Makes a line cutter. Lines end with `\n` or `\r\n`; where the first line ends with a lone `\r`
 * (old spreadsheets on a Mac), with `\r`.
 */
export function lineCutter(): LineCutter {
  let rest = '';
  let overflow = false;
  let delimiter: '\n' | '\r' | undefined;

  const line = (text: string, end: string): TextLine => {
    const carriage = end === '\n' && text.endsWith('\r');
    const whole = carriage ? text.slice(0, -1) : text;
    if (!overflow && whole.length <= LINE_LIMIT) {
      return { text: whole, end: carriage ? '\r\n' : end };
    }
    overflow = false;
    return { text: whole.slice(0, TOO_LONG_KEPT), end, tooLong: true };
  };

  const keep = (text: string): void => {
    rest += text;
    if (rest.length > LINE_LIMIT + 1) {
      overflow = true;
      // A `\r` at its end may be what ends the first line.
      rest = rest.slice(0, TOO_LONG_KEPT) + (rest.endsWith('\r') ? '\r' : '');
    }
  };

  const takeRest = (): string => {
    const text = rest;
    rest = '';
    return text;
  };

  const cut = (text: string, until: '\n' | '\r'): TextLine[] => {
    const lines: TextLine[] = [];
    let start = 0;
    for (let at = text.indexOf(until); at !== -1; at = text.indexOf(until, start)) {
      lines.push(line(takeRest() + text.slice(start, at), until));
      start = at + 1;
    }
    keep(text.slice(start));
    return lines;
  };

  return {
    push(text) {
      if (delimiter !== undefined) return cut(text, delimiter);
      // Only the new text is searched: else many small chunks of a long line cost its square.
      delimiter = firstLineEnd(rest.endsWith('\r') ? `\r${text}` : text);
      if (delimiter !== undefined) return cut(takeRest() + text, delimiter);
      keep(text);
      return [];
    },
    end() {
      const lines = delimiter === undefined ? cut(takeRest(), '\r') : [];
      if (rest !== '') lines.push(line(takeRest(), ''));
      return lines;
    },
  };
}

/** How the first line ends; unknown while the text may still go on after a `\r`. */
function firstLineEnd(text: string): '\n' | '\r' | undefined {
  const at = text.search(/[\n\r]/);
  if (at === -1) return undefined;
  if (text[at] === '\n') return '\n';
  if (at + 1 === text.length) return undefined;
  return text[at + 1] === '\n' ? '\n' : '\r';
}
