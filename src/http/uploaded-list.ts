/**
 * The body of a request as a list. No limit in bytes: it is read as fast as the ledger takes it, a batch at a time, and
 * never held. One that broke off counts for nothing.
 */
import type { FastifyRequest } from 'fastify';
import { given } from '../core/given.ts';
import type { ListSource } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { BrokenGzipError, isGzip, unzipped } from './content-encoding.ts';
import { charsetOf, formatOf } from './list-types.ts';
import { piecesOf } from './slow-bodies.ts';

const NEXT = 'Send the list again from its beginning; nobody is added twice.';

/** Does something with the list; what its body is to blame for is told as such. */
export async function withUploadedList<T>(
  { lists }: Pick<App, 'lists'>,
  { headers, raw: body }: Pick<FastifyRequest, 'headers' | 'raw'>,
  use: (list: ListSource) => Promise<T>,
): Promise<T> {
  const isPacked = isGzip(headers);
  const type = headers['content-type'];
  try {
    const pieces = piecesOf(body);
    const bytes = isPacked ? unzipped(pieces) : pieces;
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
