/**
 * The body of a request as a list: read as fast as the ledger takes it, a batch at a time, and never held. One that broke
 * off counts for nothing. What is unpacked has a bound, whatever it was packed into: a gzip of a few megabytes may hold
 * thousands of times as much.
 */
import type { FastifyRequest } from 'fastify';
import { given } from '../core/given.ts';
import type { ListSource } from '../core/ports/index.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { BrokenGzipError, isGzip, unzipped } from './content-encoding.ts';
import { charsetOf, formatOf } from './list-types.ts';
import { piecesOf } from './slow-bodies.ts';

/** Bytes of a list, unpacked: some ten million people. */
const LIST_BYTES = 1_073_741_824;

const NEXT = 'Send the list again from its beginning; nobody is added twice.';

/** Does something with the list; what its body is to blame for is told as such. */
export async function withUploadedList<T>(
  { lists }: Pick<App, 'lists'>,
  { headers, raw: body }: Pick<FastifyRequest, 'headers' | 'raw'>,
  use: (list: ListSource) => Promise<T>,
  most: number = LIST_BYTES,
): Promise<T> {
  const isPacked = isGzip(headers);
  const type = headers['content-type'];
  try {
    const pieces = piecesOf(body);
    const bytes = bounded(isPacked ? unzipped(pieces) : pieces, most);
    return await use(
      lists.bytes({ bytes, name: 'the body', ...given({ ...formatOf(type), ...charsetOf(type) }) }),
    );
  } catch (error) {
    if (error instanceof BrokenGzipError && body.errored === null) throw broken(error);
    if (body.errored === null) throw error;
    throw new ProblemError(
      problem('LIST_UNREADABLE', 'The upload broke off before its end.', { next: NEXT }),
      { cause: error },
    );
  } finally {
    // What a refusal leaves unread is read away, or the caller would never get to the answer.
    body.resume();
  }
}

async function* bounded(
  pieces: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > most) throw new ProblemError(tooLarge(most));
    yield piece;
  }
}

function tooLarge(most: number): Problem {
  const { format } = new Intl.NumberFormat('en-US');
  return problem('LIST_TOO_LARGE', `The list is larger than ${format(most)} bytes, unpacked.`, {
    where: 'body',
    next: 'Send it in parts, each as a list of its own.',
  });
}

/** To the campaign it is as if the upload had broken off. */
function broken(cause: BrokenGzipError): ProblemError {
  return new ProblemError(
    problem('LIST_UNREADABLE', `The gzip of the body is broken: ${cause.message}.`, {
      where: 'body',
      next: NEXT,
    }),
    { cause },
  );
}
