/**
 * Large JSON bodies are taken two at a time. One of 10 MB is some 100 MB once it is parsed and checked, and eight at once took
 * the server to 1.1 GB. Up to the first MB each is read as it comes; beyond it the rest waits for its turn in the socket, which
 * costs nothing here. A turn ends with the answer, or with a caller who has left.
 */
import type { ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { listBody } from './list-schemas.ts';
import type { HttpServer } from './typed-server.ts';

const LARGE_BYTES = 1024 * 1024;
const AT_ONCE = 2;

/**
 * Bounds how many are taken at once. Lists that are streamed hold nothing; webhooks are no JSON to fastify, and bounded where they
 * are read; and whoever has no key may send no body of this size.
 */
export function boundLargeBodies(server: HttpServer): void {
  const turns = createTurns(AT_ONCE);
  server.addHook('preParsing', (request, reply, payload, done) => {
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
    if (!isJson || request.routeOptions.schema?.body === listBody) return done(null, payload);
    let length = 0;
    let hasTurn = false;
    const bounded = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        length += chunk.length;
        bounded.receivedEncodedLength = length;
        if (hasTurn || length <= LARGE_BYTES) return next(null, chunk);
        hasTurn = true;
        turns.take(reply.raw, () => next(null, chunk));
      },
    }) as Transform & { receivedEncodedLength?: number };
    payload.on('error', (error) => bounded.destroy(error));
    done(null, payload.pipe(bounded));
  });
}

/** Who may go on, first come first served. */
function createTurns(most: number) {
  const waiting = new Set<() => void>();
  let taken = 0;
  const end = () => {
    taken -= 1;
    const [next] = waiting;
    next?.();
  };
  return {
    /** Calls `go` when it is the turn of this answer, which ends when that is closed. */
    take(answer: ServerResponse, go: () => void): void {
      const begin = () => {
        waiting.delete(begin);
        taken += 1;
        answer.once('close', end);
        go();
      };
      if (answer.closed) return;
      if (taken < most) begin();
      else {
        waiting.add(begin);
        answer.once('close', () => waiting.delete(begin));
      }
    },
  };
}
