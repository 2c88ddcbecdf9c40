/** Each request has an id, the caller's own where it is a sane one: it is in the answer and in the log. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The header, in and out. */
export const REQUEST_ID = 'request-id';

const SANE = /^[\w-]{1,64}$/;

/** Of requests that are cut off later, by who knows no more of them than their sockets. */
const made = new WeakMap<IncomingMessage, string>();

/** The id of a request, the same each time; what is no sane one would stand in logs as it came, and is not taken. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID];
  if (typeof given === 'string' && SANE.test(given)) return given;
  const id = made.get(request) ?? randomUUID();
  made.set(request, id);
  return id;
}

/** The hook that answers it, before all that may refuse the request. */
export async function tellRequestId(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header(REQUEST_ID, request.id);
}
