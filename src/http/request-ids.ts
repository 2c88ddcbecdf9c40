/** Each request has an id, the caller's own where it is a sane one: it is in the answer and in the log. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The header, in and out. */
export const REQUEST_ID = 'request-id';

const SANE = /^[\w-]{1,64}$/;

/** The id of a request; whatever else a caller sends would stand in logs as it came, and is not taken. */
export function requestId(request?: IncomingMessage): string {
  const given = request?.headers[REQUEST_ID];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}

/** The hook that answers it, before all that may refuse the request. */
export async function tellRequestId(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header(REQUEST_ID, request.id);
}
