/**
 * The text of a JSON array to items, one element in memory at a time. JSON has no line to go on
 * with after a slip, so what is before it stands, and one broken item tells where it was.
 */
import { JSONParser, TokenType } from '@streamparser/json';
import { KEY_TWICE, keysIn } from '../core/json-keys.ts';
import { LINE_LIMIT } from '../core/people/line-bounds.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { fingerprint } from './digest.ts';
import type { ListItem, ListItems } from './objects.ts';

/**
 * Reads the elements of an array; the caller has seen that the text begins with `[`. Throws where the text ends
 * before the array does: who stood in the rest is not known, and a list that did not end is no list.
 */
export async function* jsonArrayItems(chunks: AsyncGenerator<string, void>): ListItems {
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  const errors: Error[] = [];
  let values: { readonly value: unknown; readonly isTwice: boolean }[] = [];
  let keys = 0;
  parser.onToken = ({ token }) => {
    if (token === TokenType.COLON) keys += 1;
  };
  parser.onValue = ({ value }) => {
    values.push({ value, isTwice: keys !== keysIn(value) });
    keys = 0;
  };
  parser.onError = (error) => {
    errors.push(error);
  };
  let ended = false;
  parser.onEnd = () => {
    ended = true;
  };

  let row = 0;
  let sinceLast = 0;
  let failed: ListItem | undefined;
  const broken = (code: string, message: string): ListItem => ({ kind: 'broken', code, message });
  for await (const chunk of chunks) {
    // After a slip the rest is only read for the list's fingerprint.
    if (failed !== undefined) continue;
    const text = chunk.replaceAll(BYTE_ORDER_MARK, '');
    if (!ended) parser.write(text);
    else if (NO_WHITE_SPACE.test(text)) errors.push(new Error('text after the end'));
    const read = values;
    values = [];
    row += read.length;
    const items = read.map(itemOf);
    sinceLast = read.length === 0 ? sinceLast + chunk.length : 0;
    if (errors.length > 0) {
      failed = broken('JSON_INVALID', ended ? AFTER_THE_END : slip(row + 1, errors[0]));
    } else if (sinceLast > LINE_LIMIT) {
      failed = broken(
        'LINE_TOO_LONG',
        `element ${row + 1} is longer than 262,144 characters; nothing after it was read`,
      );
    }
    if (failed !== undefined) items.push(failed);
    yield items;
  }
  if (failed === undefined && !ended) {
    throw new ProblemError(
      problem(
        'LIST_UNREADABLE',
        `The list is cut off: the text ends in or before element ${row + 1}, and the array does not.`,
        { next: 'Give the whole list; nobody of this part is asked.' },
      ),
    );
  }
}

function itemOf({
  value,
  isTwice,
}: {
  readonly value: unknown;
  readonly isTwice: boolean;
}): ListItem {
  return isTwice
    ? { kind: 'broken', ...KEY_TWICE, text: fingerprint(value) }
    : { kind: 'value', value };
}

// Nobody sees it in a text. The parser's decoder drops it, or not, by where a chunk ends: here it never counts.
const BYTE_ORDER_MARK = '\uFEFF';

// RFC 8259, section 2; `trim` would let more pass where a chunk begins behind the array.
const NO_WHITE_SPACE = /[^ \t\r\n]/;

const AFTER_THE_END = 'the array has ended, but the text goes on; nothing after it was read';

function slip(row: number, error: Error | undefined): string {
  const at = /absolute position "(\d+)"/.exec(error?.message ?? '')?.[1];
  const where = at === undefined ? '' : `, at byte ${at} of the text`;
  return `this is not JSON, in or before element ${row}${where}; what stands before was read, nothing after it`;
}
