/**
 * Where the header of a CSV is: below rows of nothing, below a spreadsheet's line that names the delimiter, over several
 * lines where a name has a line break. Each line is looked at once, however the text comes.
 */
import { hasOddQuotes, joined } from './csv-records.ts';
import type { TextLine } from './lines.ts';

/** Lines a header may take: names with line breaks are rare, a missing quotation mark is not. */
const HEADER_LINES = 100;

/** A header, and the lines behind it that were handed in with it. */
export interface FoundHeader {
  readonly text: string;
  /** From a spreadsheet's `sep=;` line above the header. */
  readonly delimiter?: string;
  readonly behind: readonly TextLine[];
}

/** Takes lines until it has a header. */
export interface HeaderFinder {
  /** The header, once these lines have its end. */
  push(lines: readonly TextLine[]): FoundHeader | undefined;
  /** What stands for the header of a text that has ended; `undefined`: nothing stood there. */
  end(): FoundHeader | undefined;
}

/** Makes one. */
export function headerFinder(): HeaderFinder {
  const header: TextLine[] = [];
  let separator: string | undefined;
  let odd = false;

  const found = (text: string, behind: readonly TextLine[]): FoundHeader => ({
    ...{ text, behind },
    ...(separator === undefined ? {} : { delimiter: separator.replace('\\t', '\t') }),
  });
  // A quotation mark that is not closed: the first line alone, and its mark is told.
  const unclosed = (behind: readonly TextLine[]) =>
    found(header[0]?.text ?? '', [...header.slice(1), ...behind]);

  function isAbove({ text }: TextLine): boolean {
    if (header.length > 0) return false;
    if (separator === undefined) {
      separator = separatorOf(text);
      if (separator !== undefined) return true;
    }
    return EMPTY_ROW.test(separator === undefined ? text : text.replaceAll(separator, ''));
  }

  return {
    push(lines) {
      for (const [i, line] of lines.entries()) {
        // Rows of nothing above the header are not kept, however many there are.
        if (isAbove(line)) continue;
        header.push(line);
        if (hasOddQuotes(line.text)) odd = !odd;
        if (!odd) return found(joined(header), lines.slice(i + 1));
        if (header.length === HEADER_LINES) return unclosed(lines.slice(i + 1));
      }
      return undefined;
    },
    end: () => (header.length === 0 ? undefined : unclosed([])),
  };
}

const SEPARATOR_LINE = /^"?\s*sep\s*=(.*)/isu;
const SEPARATOR = /^(\\t|[^\p{L}\p{N}"\s])"?(.*)/su;
/** An exporter may have filled the line up to the width of the table: `sep=;;;`, `"sep=,",,`. */
const FILLED_UP = /^[,;\t|\s]*$/;

/** The delimiter that a line names, as it stands there. */
function separatorOf(text: string): string | undefined {
  const named = SEPARATOR_LINE.exec(text)?.[1];
  if (named === undefined) return undefined;
  const bare = named.trimStart();
  const [, separator, rest = ''] = SEPARATOR.exec(bare) ?? [];
  if (separator !== undefined && FILLED_UP.test(rest)) return separator;
  // A tab is white space too.
  const space = named.charAt(named.length - bare.length - 1);
  return space !== '' && FILLED_UP.test(bare.replace(/^"/, '')) ? space : undefined;
}

/** Cells with nothing in them, whatever parts them. */
const EMPTY_ROW = /^(?:[\s,;|\p{Cf}]|"\s*")*$/u;
