/**
 * Bodies that are compressed. Unpacked as they are read: however much comes out of a byte, some 100 kB of it are held,
 * and whoever sent it waits. What is not whole to its last byte is broken, with the whole of it: what came out before is
 * worth no more than an upload that broke off.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createGunzip } from 'node:zlib';

/** What a body may be packed in; `gzip` has two names (RFC 9110, 8.4.1.3). */
const GZIP: ReadonlySet<string> = new Set(['gzip', 'x-gzip']);

/** Larger pieces cost less of the turns between them, and are what is held. */
const PIECE_BYTES = 65_536;

/** An encoding that is not taken: answered with 415. */
export class UnknownEncodingError extends Error {
  readonly statusCode = 415;
  readonly code = 'UNKNOWN_ENCODING';
}

/** The bytes are not those of a whole gzip. */
export class BrokenGzipError extends Error {}

/** Whether a body is packed at all. */
export function isPacked(headers: IncomingHttpHeaders): boolean {
  return encodingsOf(headers).length > 0;
}

/** Whether the body is to be unpacked; throws where nobody here can. */
export function isGzip(headers: IncomingHttpHeaders): boolean {
  const [only, ...others] = encodingsOf(headers);
  if (only === undefined) return false;
  if (others.length === 0 && GZIP.has(only)) return true;
  throw new UnknownEncodingError();
}

function encodingsOf(headers: IncomingHttpHeaders): readonly string[] {
  const named = (headers['content-encoding'] ?? '').split(',');
  return named
    .map((one) => one.trim().toLowerCase())
    .filter((one) => !['', 'identity'].includes(one));
}

/** What is in a gzip; several of them one behind the other are one, as RFC 1952 has it. */
export async function* unzipped(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  let failure: Error | undefined;
  let ended = false;
  let wake = () => {};
  gunzip.on('error', (error) => {
    failure = error;
    wake();
  });
  gunzip.on('end', () => {
    ended = true;
    wake();
  });
  gunzip.on('readable', () => wake());

  async function* until(isDone: () => boolean): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      for (let out = gunzip.read(); out !== null; out = gunzip.read()) yield out;
      if (failure !== undefined) throw new BrokenGzipError(failure.message, { cause: failure });
      if (isDone()) return;
      await woken;
    }
  }

  try {
    let fed = 0;
    for await (const piece of pieces) {
      let taken = false;
      fed += piece.length;
      gunzip.write(piece, () => {
        taken = true;
        wake();
      });
      yield* until(() => taken || ended);
      // Something that is no gzip stands behind its end; zeros too, behind which more may stand.
      if (ended && fed !== gunzip.bytesWritten) throw new BrokenGzipError('bytes behind the end');
    }
    if (fed === 0) throw new BrokenGzipError('no bytes');
    gunzip.end();
    yield* until(() => ended);
    if (fed !== gunzip.bytesWritten) throw new BrokenGzipError('bytes behind the end');
  } finally {
    gunzip.destroy();
  }
}
