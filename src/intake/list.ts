/**
 * The way in: bytes of any format to a stream of recipients and refused lines. Memory is flat:
 * one chunk, the lines in it, and one record are all that is ever held, and nothing is read before
 * the reader asks for it.
 */
import { createHash } from 'node:crypto';
import { isCountry } from '../core/people/countries.ts';
import { contradictionIn, flatRecipient } from '../core/people/flat-recipient.ts';
import { LINE_LIMIT, TOO_LONG_KEPT, tooMuchOf } from '../core/people/line-bounds.ts';
import type { ListLine } from '../core/people/recipient.ts';
import type { ListFormat, ListRules, OpenList } from '../core/ports/index.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { withHeader } from './bare-numbers.ts';
import { openCsv } from './csv.ts';
import { addTo, fingerprint } from './digest.ts';
import { jsonArrayItems } from './json-array.ts';
import type { ListBody, ListPiece } from './list-body.ts';
import { ndjsonItems } from './ndjson.ts';
import { type ListItem, type ListItems, openObjects } from './objects.ts';
import { type ByteSource, type ListText, readText } from './text.ts';
import { type WarningBook, warningBook } from './warnings.ts';

export type { ByteSource } from './text.ts';

/** What a list is read from. */
export interface ListInput extends ListRules {
  readonly source: ByteSource;
  /** By default the name's ending decides, and where it says nothing the first character. */
  readonly format?: ListFormat;
  /** What the bytes are said to be in (a body's `charset=`); a byte order mark is believed more. */
  readonly charset?: string;
  /** The file's name, for messages. */
  readonly name: string;
}

/** Opens a list: its columns are known, its lines are still to be read. */
export async function openList(input: ListInput): Promise<Result<OpenList, Problem>> {
  const text = readText(input.source, input.name, input.charset);
  return opened(text, input.name, input, async (rules, warnings) => {
    checkCountry(input);
    const head = await readHead(text.chunks);
    if (head.trim() === '') throw new ProblemError(empty(input.name));
    const format = input.format ?? formatByName(input.name) ?? formatByText(head);
    return openFormat(format, { head, text, name: input.name, rules, warnings });
  });
}

/** Opens a list of objects (the Node client's, or inline recipients): same rules, same refusals. */
export async function openObjectList(
  objects: Iterable<unknown> | AsyncIterable<unknown>,
  rules: ListRules = {},
): Promise<Result<OpenList, Problem>> {
  const hash = createHash('sha256');
  const item = (given: unknown): ListItem => {
    addTo(hash, flatRecipient(given));
    return flatItem({ kind: 'value', value: given });
  };
  async function* items(): ListItems {
    if (Symbol.asyncIterator in objects) {
      for await (const given of objects) yield [item(given)];
      return;
    }
    let piece: ListItem[] = [];
    for (const given of objects) {
      piece.push(item(await given));
      if (piece.length < OBJECTS_AT_ONCE) continue;
      yield piece;
      piece = [];
    }
    yield piece;
  }
  const source = { chunks: items(), sha256: () => hash.copy().digest('hex') };
  return opened(source, 'recipients', rules, async (fitted, warnings) => {
    checkCountry(rules);
    return openObjects(source.chunks, 'recipients', fitted, warnings);
  });
}

/** What is here already goes on in pieces as large as a chunk of bytes makes them. */
const OBJECTS_AT_ONCE = 200;

/** Runs an opener, looks whether there is a first line, and closes the source where it fails. */
async function opened(
  source: { readonly chunks: AsyncGenerator<unknown, void>; sha256(): string },
  name: string,
  given: ListRules,
  open: (rules: ListRules, warnings: WarningBook) => Promise<ListBody>,
): Promise<Result<OpenList, Problem>> {
  // One object that all readers of the list hold: `fit` adds to it.
  const rules: ListRules = { ...given };
  const warnings = warningBook();
  try {
    const { columns, batches } = await open(rules, warnings);
    let first = await batches.next();
    while (!first.done && first.value.size === 0) first = await batches.next();
    if (first.done) throw new ProblemError(empty(name));
    const all = linesOf(withFirst(first.value, batches));
    const close = async () => {
      await all.return();
      await source.chunks.return();
    };
    return ok({
      columns,
      batches: all,
      fit: (fit) => void Object.assign(rules, fit),
      warnings: warnings.list,
      sha256: () => source.sha256(),
      close,
    });
  } catch (error) {
    await source.chunks.return();
    if (error instanceof ProblemError) return err(error.problem);
    throw error;
  }
}

async function* linesOf(
  pieces: AsyncGenerator<ListPiece, void>,
): AsyncGenerator<readonly ListLine[], void> {
  for await (const piece of pieces) yield piece.lines();
}

async function openFormat(
  format: ListFormat,
  p: {
    readonly head: string;
    readonly text: ListText;
    readonly name: string;
    readonly rules: ListRules;
    readonly warnings: WarningBook;
  },
): Promise<ListBody> {
  const { head, text, name, rules, warnings } = p;
  const chunks = withFirst(head, text.chunks);
  if (format === 'csv') {
    return openCsv(rules.optOuts ? withHeader(chunks) : chunks, name, rules, warnings);
  }
  if (format === 'ndjson')
    return openObjects(flatItems(ndjsonItems(chunks)), name, rules, warnings);
  if (head.trimStart().startsWith('[')) {
    return openObjects(flatItems(jsonArrayItems(chunks)), name, rules, warnings);
  }
  throw new ProblemError(
    problem('LIST_UNREADABLE', `The list "${name}" is JSON, but not an array.`, {
      where: name,
      next: 'Put the objects in [ ]; where it has one object a line, say --format ndjson.',
    }),
  );
}

/** Parameters may be flat in an object, or under `parameters`: in a file as in a body. */
async function* flatItems(items: ListItems): ListItems {
  for await (const some of items) yield some.map(flatItem);
}

function flatItem(item: ListItem): ListItem {
  if (item.kind !== 'value') return item;
  const failure = tooMuchOf(item.value);
  if (failure !== undefined)
    return { kind: 'broken', ...failure, text: fingerprint(item.value).slice(0, TOO_LONG_KEPT) };
  const name = contradictionIn(item.value);
  if (name === undefined) return { ...item, value: flatRecipient(item.value) };
  return {
    kind: 'broken',
    code: 'COLUMN_TWICE',
    message: `"${name}" is given twice, with two values; keep one of them`,
    text: fingerprint(item.value),
  };
}

/** The text up to the first chunk with something to see in it, or as much white space as is fair. */
async function readHead(chunks: AsyncGenerator<string, void>): Promise<string> {
  let head = '';
  let isEmpty = true;
  while (isEmpty && head.length <= LINE_LIMIT) {
    const next = await chunks.next();
    if (next.done) break;
    head += next.value;
    // Only the new text is looked at: else many small chunks cost their square.
    isEmpty = next.value.trim() === '';
  }
  return head;
}

function formatByName(name: string): ListFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === 'csv' || ending === 'tsv') return 'csv';
  if (ending === 'ndjson' || ending === 'jsonl') return 'ndjson';
  return ending === 'json' ? 'json' : undefined;
}

function formatByText(head: string): ListFormat {
  const first = head.trimStart()[0];
  if (first === '[') return 'json';
  return first === '{' ? 'ndjson' : 'csv';
}

async function* withFirst<T>(first: T, rest: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

function checkCountry(rules: ListRules): void {
  if (rules.defaultCountry === undefined || isCountry(rules.defaultCountry)) return;
  throw new ProblemError(
    problem('USAGE', `There is no country "${rules.defaultCountry}".`, {
      where: '--default-country',
      next: 'Give two letters of ISO 3166-1, like DE or US.',
    }),
  );
}

function empty(name: string): Problem {
  return problem('LIST_EMPTY', `The list "${name}" has nobody in it.`, {
    where: name,
    next: 'Give a list with a line for each person.',
  });
}
