/** NDJSON text to items: one JSON object a line, each line for itself; blank lines do not count. */

import { lineCutter, type TextLine } from '../core/csv/lines.ts';
import { KEY_TWICE, keysIn, keysWritten } from '../core/json-keys.ts';
import { LINE_TOO_LONG } from '../core/people/line-bounds.ts';
import type { ListItem, ListItems } from './objects.ts';

/** Reads one JSON value a line; a line that is none is one broken item. */
export async function* ndjsonItems(chunks: AsyncGenerator<string, void>): ListItems {
  const cutter = lineCutter();
  for await (const chunk of chunks) yield itemsOf(cutter.push(chunk));
  yield itemsOf(cutter.end());
}

function itemsOf(lines: readonly TextLine[]): readonly ListItem[] {
  const items: ListItem[] = [];
  for (const line of lines) if (line.text.trim() !== '') items.push(item(line));
  return items;
}

function item(line: TextLine): ListItem {
  if (line.tooLong) {
    return { kind: 'broken', ...LINE_TOO_LONG, text: line.text };
  }
  try {
    const value = JSON.parse(line.text) as unknown;
    return keysWritten(line.text) === keysIn(value)
      ? { kind: 'value', value }
      : { kind: 'broken', ...KEY_TWICE, text: line.text };
  } catch {
    // V8's own message quotes the line, with the number in it.
    const message = 'the line is not JSON; write one object a line, without a comma after it';
    return { kind: 'broken', code: 'JSON_INVALID', message, text: line.text };
  }
}
