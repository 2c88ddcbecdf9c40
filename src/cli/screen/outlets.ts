/**
 * The process's own two outputs, as streams that no full disk can turn into a crash. Node writes to
 * files and devices in one call and does not look how much of it was taken: a JSON object cut in
 * half on a full disk would count as written. So those are written here, to the last byte.
 */
import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Standard output: what it does not take is an `error` of the stream. */
export function standardOutput(): Writable {
  return isPlain(1) ? plain(1, { quiet: false }) : process.stdout;
}

/** Standard error: what it does not take is lost, and the next line is tried again. */
export function standardError(): Writable & { readonly isTTY?: boolean } {
  // Libraries and Node itself write warnings there past us: on a full disk the second one ended the process.
  process.stderr.on('error', () => undefined);
  return isPlain(2) ? plain(2, { quiet: true }) : process.stderr;
}

/** A file or a device like `/dev/full`: neither a terminal nor a pipe, whose readers set the pace. */
function isPlain(fd: 1 | 2): boolean {
  const isTerminal = (fd === 1 ? process.stdout : process.stderr).isTTY === true;
  const stat = fstatSync(fd);
  return stat.isFile() || (stat.isCharacterDevice() && !isTerminal);
}

function plain(fd: 1 | 2, { quiet }: { readonly quiet: boolean }): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
        done();
      } catch (cause) {
        done(quiet ? null : (cause as Error));
      }
    },
  });
}
