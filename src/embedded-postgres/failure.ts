/** The one failure of the embedded server a person can meet: it does not run, with its own output. */
import { open } from 'node:fs/promises';
import { ProblemError, problem } from '../core/problem.ts';

/** Enough for the last dozen lines of a log, and little enough for a terminal. */
const TAIL_BYTES = 1_500;

/**
 * Makes the problem.
 * @param what what did not work, as a sentence without its full stop
 * @param p.said the output of the program that failed
 * @param p.log the file with all of its output
 */
export function embeddedFailure(
  what: string,
  p: { readonly said?: string; readonly log?: string; readonly cause?: unknown } = {},
): ProblemError {
  const all = p.said?.trim().slice(-TAIL_BYTES) ?? '';
  // initdb tells of a dozen things that went well before the one that did not.
  const said = all.slice(Math.max(0, all.search(/^.*(ERROR|FATAL|PANIC|error): /m))).trim();
  const log = p.log === undefined ? '' : `look into ${p.log}, or `;
  return new ProblemError(
    problem('DATABASE_UNREACHABLE', said === '' ? what : `${what}. It said: ${said}`, {
      where: 'DATA_DIR (no DATABASE_URL is set)',
      next: `Repair what it complains of (${log}set DATABASE_URL to a Postgres of your own), then run this again`,
    }),
    p.cause === undefined ? {} : { cause: p.cause },
  );
}

/** The size of a log now, in bytes, to read from there later; 0 when there is none. */
export async function logEnd(path: string): Promise<number> {
  return readFrom(path, Number.MAX_SAFE_INTEGER).then((r) => r.size);
}

/** The last lines of a log after position `start` (bytes); empty when there are none. */
export async function logTail(path: string, start = 0): Promise<string> {
  return readFrom(path, start).then((r) => r.text);
}

async function readFrom(path: string, start: number): Promise<{ size: number; text: string }> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return { size: 0, text: '' };
  try {
    const { size } = await file.stat();
    const from = Math.max(start, size - TAIL_BYTES);
    if (from >= size) return { size, text: '' };
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return { size, text: buffer.subarray(0, bytesRead).toString('utf8') };
  } finally {
    await file.close();
  }
}
