/**
 * A file from the disk, from a pipe or from standard input, with words for everything a path can be.
 * A pipe is opened without waiting for its writer (O_NONBLOCK): a wait inside the system could not
 * be ended by a signal, and would hold the process when it wants to end.
 */
import { closeSync, constants, createReadStream, fstatSync, open as openCallback } from 'node:fs';
import { Socket } from 'node:net';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ByteSource } from './text.ts';
import { until } from './until.ts';

/** Gives the descriptor itself: streams and sockets close it, each in its own time. */
const open = promisify(openCallback);

/** Bytes read at once: above 64 KiB nothing gets faster, and the lines of a chunk are all in memory. */
const CHUNK_BYTES = 65_536;

/** A file that is open. */
export interface OpenFile {
  readonly bytes: ByteSource;
  /** For messages. */
  readonly name: string;
  /** Lets go of it, also where nothing was read yet. */
  close(): void;
}

/**
 * Opens the file at `path`; `-` is standard input.
 *
 * @param signal ends the reading, with its reason, also while nothing comes
 */
export async function openFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Result<OpenFile, Problem>> {
  const opened = (source: Readable, name: string) => {
    const close = () => void source.destroy();
    if (signal === undefined) return ok({ bytes: source, name, close });
    // A reader left behind would take what the next one waits for, and keep the process from ending.
    if (signal.aborted) close();
    signal.addEventListener('abort', close, { once: true });
    return ok({ bytes: until(source, signal), name, close });
  };
  if (path === '-') return opened(process.stdin, 'standard input');
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
    return opened(source, basename(path));
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
