/**
 * Files that hold settings: `.env`, `SENDERS_FILE`, a token. They are read before anything else and
 * in one go, so a pipe that nobody writes to would hang every command, and an endless device fill
 * its memory: only regular files of a fair size are read.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { err, ok, type Result } from '../core/result.ts';
import { errorCode } from './error-code.ts';

/** Far above any file of settings: a thousand senders take some 200 kB. */
const MOST_BYTES = 1_048_576;

/** The text of a settings file, or why it cannot be one, as text that fits into brackets. */
export function readSettingsFile(path: string): Result<string, string> {
  let fd: number;
  try {
    // Without O_NONBLOCK the opening alone waits for the writer of a pipe.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    return err(errorCode(cause));
  }
  try {
    const kind = kindOf(fstatSync(fd));
    if (kind !== undefined) return err(`it is ${kind}, and has to be a regular file`);
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let length = 0;
    for (;;) {
      const read = readSync(fd, bytes, length, bytes.length - length, null);
      length += read;
      if (length > MOST_BYTES) return err(`it has more than ${MOST_BYTES} bytes`);
      if (read === 0) return ok(bytes.toString('utf8', 0, length));
    }
  } catch (cause) {
    return err(errorCode(cause));
  } finally {
    closeSync(fd);
  }
}

function kindOf(stat: Stats): string | undefined {
  if (stat.isFile()) return undefined;
  if (stat.isDirectory()) return 'a directory';
  return stat.isFIFO() ? 'a pipe' : 'a device or a socket';
}
