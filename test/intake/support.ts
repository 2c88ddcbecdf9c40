import type { ListLine, Recipient, RefusedLine } from '../../src/core/people/recipient.ts';
import type { ListRules, OpenList } from '../../src/core/ports/index.ts';
import { type Problem, ProblemError } from '../../src/core/problem.ts';
import type { Result } from '../../src/core/result.ts';
import { type ListInput, openList, openObjectList } from '../../src/intake/list.ts';

/** A stream of bytes in pieces of the given sizes (repeated), or in one piece. */
async function* pieces(
  bytes: Uint8Array,
  sizes: readonly number[] = [],
): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Text to bytes; UTF-16 with a byte order mark, as spreadsheets write it. */
export function encoded(
  text: string,
  encoding: 'utf8' | 'utf8-bom' | 'utf16le' | 'utf16be' = 'utf8',
): Buffer {
  if (encoding === 'utf8') return Buffer.from(text);
  if (encoding === 'utf8-bom') return Buffer.from(`\uFEFF${text}`);
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return encoding === 'utf16le' ? bytes : bytes.swap16();
}

/** A list read to its end. */
export interface ReadList {
  readonly problem: string | undefined;
  readonly message: string;
  readonly columns: readonly string[];
  readonly recipients: readonly Recipient[];
  readonly refused: readonly RefusedLine[];
  /** Rows in the order they came. */
  readonly rows: readonly number[];
  readonly sha256: string;
}

/** Opens and reads a list from text or bytes. */
export async function read(
  content: string | Uint8Array,
  more: Partial<ListInput> & { readonly sizes?: readonly number[] } = {},
): Promise<ReadList> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { sizes, ...input } = more;
  const list = await openList({ name: 'list', source: pieces(bytes, sizes), ...input });
  const recipients: Recipient[] = [];
  const refused: RefusedLine[] = [];
  const rows: number[] = [];
  if (!list.ok) {
    const { code, message } = list.error;
    return { problem: code, message, columns: [], recipients, refused, rows, sha256: '' };
  }
  for await (const line of linesOf(list.value)) {
    if (line.kind === 'recipient') recipients.push(line.recipient);
    else refused.push(line.refused);
    rows.push(line.kind === 'recipient' ? line.recipient.row : line.refused.row);
  }
  const { columns } = list.value;
  return {
    problem: undefined,
    message: '',
    columns,
    recipients,
    refused,
    rows,
    sha256: list.value.sha256(),
  };
}

/** One cell as a spreadsheet writes it: in quotation marks where it must be, or always. */
function cell(text: string, delimiter: string, always = false): string {
  const must = always || text.includes(delimiter) || /["\r\n]/.test(text) || /^ | $/.test(text);
  return must ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV. */
export function csv(rows: readonly (readonly string[])[], delimiter = ',', end = '\n'): string {
  return rows.map((row) => row.map((c) => cell(c, delimiter)).join(delimiter) + end).join('');
}

/** The lines of a list alone; throws a `ProblemError` where it cannot be read. */
export async function* readList(input: ListInput): AsyncGenerator<ListLine, void> {
  yield* linesOf(opened(await openList(input)));
}

/** The lines of a list of objects alone. */
export async function* recipientsFromObjects(
  objects: Iterable<unknown> | AsyncIterable<unknown>,
  rules: ListRules = {},
): AsyncGenerator<ListLine, void> {
  yield* linesOf(opened(await openObjectList(objects, rules)));
}

/** The lines of an open list, one by one. */
export async function* linesOf({
  batches,
}: Pick<OpenList, 'batches'>): AsyncGenerator<ListLine, void> {
  for await (const batch of batches) yield* batch;
}

function opened(list: Result<OpenList, Problem>): OpenList {
  if (list.ok) return list.value;
  throw new ProblemError(list.error);
}
