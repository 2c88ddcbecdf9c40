/** Writes a stream of text with backpressure, and takes a closed reader (`| head`) for an answer. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ProblemError, problem } from '../../core/problem.ts';
import { systemCode } from '../../core/system-code.ts';
import { visible } from '../../telemetry/visible.ts';
import type { Terminal } from './terminal.ts';

/** How a write ended: `closed` when the reader went away first, which is no failure. */
export type Written = { readonly end: 'done' | 'closed'; readonly lines: number };

/**
 * Writes all pieces; waits whenever the stream is full, so that memory stays flat.
 *
 * @param pieces text; its return value is the number of lines
 */
export async function writeAll(
  stream: Writable,
  pieces: AsyncGenerator<string, number>,
): Promise<Written> {
  let failure: Error | undefined;
  const onError = (error: Error) => {
    failure ??= error;
  };
  stream.on('error', onError);
  try {
    for (;;) {
      const next = await pieces.next();
      if (next.done) {
        await flushed(stream);
        if (failure !== undefined) return closedBy(failure);
        return { end: 'done', lines: next.value };
      }
      if (failure !== undefined || stream.destroyed) return closedBy(failure);
      if (!stream.write(next.value)) await drained(stream);
      if (failure !== undefined) return closedBy(failure);
    }
  } finally {
    stream.off('error', onError);
    await pieces.return(0);
  }
}

/**
 * Writes all pieces to standard output. What it does not take is told by the terminal, as for any
 * result; where it is a terminal, control characters in the pieces are shown and not obeyed.
 */
export async function writeResult(
  terminal: Pick<Terminal, 'out' | 'unwritten'>,
  pieces: AsyncGenerator<string, number>,
): Promise<Written> {
  const { out } = terminal;
  try {
    return await writeAll(out, 'isTTY' in out && out.isTTY ? harmless(pieces) : pieces);
  } catch (error) {
    if ((await terminal.unwritten()) === undefined) throw error;
    return { end: 'closed', lines: 0 };
  }
}

/** The line ends of CSV are ours; everything else that moves a cursor is not. */
async function* harmless(pieces: AsyncGenerator<string, number>): AsyncGenerator<string, number> {
  for (;;) {
    const next = await pieces.next();
    if (next.done) return next.value;
    yield next.value.split('\r\n').map(visible).join('\r\n');
  }
}

/** Writes all pieces to a file of that name, which is replaced. */
export async function writeFileOf(
  path: string,
  pieces: AsyncGenerator<string, number>,
): Promise<number> {
  const file = createWriteStream(path);
  try {
    const { lines } = await writeAll(file, pieces);
    file.end();
    await finished(file);
    return lines;
  } catch (cause) {
    file.destroy();
    throw asProblem(path, cause);
  }
}

function asProblem(path: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  return new ProblemError(
    problem('USAGE', `The file ${path} cannot be written (${code}).`, {
      where: path,
      next: 'Give a path that can be written.',
    }),
    { cause },
  );
}

function closedBy(failure: Error | undefined): Written {
  if (failure !== undefined && systemCode(failure) !== 'EPIPE') throw failure;
  return { end: 'closed', lines: 0 };
}

/** Resolves when there is room again, or when there never will be. */
async function drained(stream: Writable): Promise<void> {
  const stop = new AbortController();
  const quietly = (event: string) => once(stream, event, { signal: stop.signal }).catch(() => {});
  await Promise.race([quietly('drain'), quietly('close'), quietly('error')]);
  stop.abort();
}

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
