/**
 * A list from the disk, from a pipe or from standard input, with a message for everything a path can be.
 * A pipe is opened without waiting for its writer (O_NONBLOCK): a wait inside the system could not
 * be ended by a signal, and would hold the process when it wants to end.
 */
import { closeSync, constants, createReadStream, fstatSync, open as openCallback } from 'node:fs';
import { Socket } from 'node:net';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { ListFormat, ListRules, OpenList } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, type Result } from '../core/result.ts';
import { type ByteSource, openList } from './list.ts';
import { until } from './until.ts';

/** Gives the descriptor itself: streams and sockets close it, each in its own time. */
const open = promisify(openCallback);

/** Bytes read at once: above 64 KiB nothing gets faster, and the lines of a chunk are all in memory. */
const CHUNK_BYTES = 65_536;

/**
 * Opens the list at `path`; `-` is standard input.
 *
 * @param options.signal ends the reading, with its reason, also while nothing comes
 */
export async function openListFile(
  path: string,
  options: ListRules & { readonly format?: ListFormat; readonly signal?: AbortSignal } = {},
): Promise<Result<OpenList, Problem>> {
  const { signal, ...rules } = options;
  const ending = (source: Readable): ByteSource => {
    if (signal === undefined) return source;
    // A reader left behind would take what the next one waits for, and keep the process from ending.
    if (signal.aborted) source.destroy();
    signal.addEventListener('abort', () => source.destroy(), { once: true });
    return until(source, signal);
  };
  if (path === '-') {
    return openList({ ...rules, source: ending(process.stdin), name: 'standard input' });
  }
  try {
    const fd = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(fd);
    if (found.isDirectory()) {
      closeSync(fd);
      return err(
        unreadable(
          path,
          `"${path}" is a directory, not a list.`,
          'Name a file in it, or - for standard input.',
        ),
      );
    }
    const source = found.isFIFO()
      ? pipe(fd)
      : createReadStream('', { fd, highWaterMark: CHUNK_BYTES });
    return await openList({ ...rules, source: ending(source), name: basename(path) });
  } catch (error) {
    return err(fileProblem(path, error));
  }
}

/** Bytes of a pipe as they come; a writer that is not there yet is waited for without a thread. */
function pipe(fd: number): Readable {
  return new Socket({ fd, readable: true, writable: false });
}

function fileProblem(path: string, error: unknown): Problem {
  // Without `errno` it is no answer of the operating system, but a mistake of ours.
  const isSystem = typeof error === 'object' && error !== null && 'errno' in error;
  if (!isSystem || !('code' in error)) throw error;
  const code = String(error.code);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return unreadable(path, `There is no file "${path}".`, 'Look at the path.');
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unreadable(
      path,
      `The file "${path}" may not be read.`,
      'Give this user the right to read it.',
    );
  }
  return unreadable(
    path,
    `The file "${path}" cannot be read (${code}).`,
    'Look at the disk, or copy the file.',
  );
}

function unreadable(path: string, message: string, next: string): Problem {
  return problem('LIST_UNREADABLE', message, { where: path, next });
}
