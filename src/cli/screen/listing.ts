/**
 * Long tables from the ledger, written as they are read: columns of a fixed width for people, or the
 * one object of `--json`, so that a list of a million lines needs no memory.
 */

import { printable } from '../../telemetry/words.ts';
import type { Cli } from '../run/cli.ts';
import { wrapLines } from './wrap.ts';
import { writeResult } from './write.ts';

/** One column; longer cells push the next ones to the right, and the last one has no width. */
export interface ListingColumn<T> {
  readonly head: string;
  readonly width?: number;
  of(item: T): string;
}

/** Writes a listing to standard output; gives how many lines it had. */
export async function printListing<T>(
  cli: Cli,
  p: {
    readonly items: AsyncIterable<T>;
    readonly columns: readonly ListingColumn<T>[];
    /** The key of the array in the JSON object. */
    readonly name: string;
    readonly json: boolean;
    /** What stands beside the array in the JSON object. */
    readonly more?: Readonly<Record<string, unknown>>;
    /** What is said to a person where there is nothing to list. */
    readonly none: string;
  },
): Promise<void> {
  if (p.json) {
    await writeResult(cli.terminal, jsonPieces(p.name, p.items, p.more ?? {}));
    return;
  }
  const { end, lines } = await writeResult(
    cli.terminal,
    rows(p.columns, p.items, cli.terminal.width.out),
  );
  if (end === 'done' && lines === 0) cli.terminal.note(p.none);
}

async function* rows<T>(
  columns: readonly ListingColumn<T>[],
  items: AsyncIterable<T>,
  width: number | undefined,
): AsyncGenerator<string, number> {
  const line = (cells: readonly string[]) => {
    const text = cells
      .map((cell, i) => printable(cell).padEnd(columns[i]?.width ?? 0))
      .join('  ')
      .trimEnd();
    return `${wrapLines(text, width)}\n`;
  };
  let n = 0;
  for await (const item of items) {
    if (n === 0) yield line(columns.map(({ head }) => head));
    n += 1;
    yield line(columns.map((column) => column.of(item)));
  }
  return n;
}

async function* jsonPieces<T>(
  name: string,
  items: AsyncIterable<T>,
  more: Readonly<Record<string, unknown>>,
): AsyncGenerator<string, number> {
  let n = 0;
  const beside = Object.entries(more).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`,
  );
  yield `{${beside.join('')}${JSON.stringify(name)}:[`;
  try {
    for await (const item of items) {
      yield `${n === 0 ? '' : ','}${JSON.stringify(item)}`;
      n += 1;
    }
  } catch (error) {
    // The problem is the last line then, and has to stand alone.
    yield '\n';
    throw error;
  }
  yield ']}\n';
  return n;
}
