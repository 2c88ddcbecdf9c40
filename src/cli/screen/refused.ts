/**
 * Looks at the lines of a list as they pass by: keeps the first refused ones for the screen, and
 * writes all of them to the file of `--refused`. It stands before the ledger, so that a list that
 * is refused as a whole shows its reasons too.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type ListLine, REFUSED_COLUMNS, type RefusedLine } from '../../core/people/recipient.ts';
import { ProblemError, problem } from '../../core/problem.ts';
import { csvLine, type Format } from '../../core/records.ts';
import { systemCode } from '../../core/system-code.ts';
import { count } from '../../telemetry/words.ts';
import type { Cli } from '../run/cli.ts';
import { table } from './table.ts';

/** As many as a person reads before opening the report. */
const FIRST = 10;

/** What passed by. */
export interface RefusedTap {
  /** Passes lines on; the signal ends that with its reason. */
  batches(
    source: AsyncIterable<readonly ListLine[]>,
    signal?: AbortSignal,
  ): AsyncIterable<readonly ListLine[]>;
  readonly first: readonly RefusedLine[];
  readonly total: number;
  /** Finishes the file. */
  close(): Promise<void>;
}

/** The format of a report by its file's name: NDJSON for `.ndjson`, `.jsonl`, else CSV. */
export function formatOfFile(path: string): Format {
  return /\.(ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'csv';
}

/** Makes a tap; with `path` it also writes the report. */
export function refusedTap(path?: string): RefusedTap {
  const first: RefusedLine[] = [];
  const report = path === undefined ? undefined : reportFile(path);
  let total = 0;
  return {
    first,
    get total() {
      return total;
    },
    async *batches(source, signal) {
      for await (const batch of source) {
        signal?.throwIfAborted();
        for (const line of batch) {
          if (line.kind !== 'refused') continue;
          total += 1;
          if (first.length < FIRST) first.push(line.refused);
          await report?.write(line.refused);
        }
        yield batch;
      }
    },
    close: async () => report?.close(),
  };
}

/**
 * The first refused lines as a table; the values whole, since this is the report.
 * @param width columns of the terminal it is for
 */
export function refusedTable(first: readonly RefusedLine[], width?: number): string {
  return table(
    [
      ['row', 'column', 'value', 'reason'],
      ...first.map((r) => [
        String(r.row),
        r.column ?? '',
        [...(r.value ?? '')].length > 32
          ? `${[...(r.value ?? '')].slice(0, 31).join('')}…`
          : (r.value ?? ''),
        r.message,
      ]),
    ],
    ['right'],
    width,
  );
}

/** Shows the first refused lines, if there were any. */
export function printRefused(cli: Cli, refused: Pick<RefusedTap, 'first' | 'total'>): void {
  if (refused.total === 0) return;
  const { first, total } = refused;
  const rest = total > first.length ? ` (the first ${first.length} of ${count(total)})` : '';
  cli.terminal.noteLines(
    `\nRefused lines${rest}:\n${refusedTable(first, cli.terminal.width.err)}\n`,
  );
}

function reportFile(path: string) {
  const format = formatOfFile(path);
  const file = createWriteStream(path);
  let failure: Error | undefined;
  file.on('error', (error) => {
    failure ??= error;
  });
  if (format === 'csv') file.write(csvLine(REFUSED_COLUMNS));
  const check = () => {
    if (failure === undefined) return;
    const code = systemCode(failure) ?? failure.message;
    throw new ProblemError(
      problem('USAGE', `The report ${path} cannot be written (${code}).`, {
        where: '--refused',
        next: 'Give a path that can be written.',
      }),
      { cause: failure },
    );
  };
  return {
    async write(refused: RefusedLine) {
      check();
      const line =
        format === 'csv'
          ? csvLine(REFUSED_COLUMNS.map((column) => refused[column]))
          : `${JSON.stringify(refused)}\n`;
      if (!file.write(line)) await once(file, 'drain').catch(() => {});
      check();
    },
    async close() {
      file.end();
      await finished(file).catch(() => {});
      check();
    },
  };
}
