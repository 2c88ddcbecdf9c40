/** Requests that reach no route: node's HTTP parser could not read them, or they expect what no server of ours does. */
import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../telemetry/log.ts';
import { PROBLEM_TYPE, problemBody } from './problems.ts';
import { REQUEST_ID, requestId } from './request-ids.ts';

/** Refuses an `Expect` of anything but `100-continue`; node alone answers it without a body. */
export function refuseExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => {
    const body = problemBody({
      status: 417,
      code: 'USAGE',
      message: 'The request expects what this server does not do.',
      where: 'header Expect',
      next: 'Leave the header out.',
    });
    response.writeHead(417, { [REQUEST_ID]: requestId(request), 'content-type': PROBLEM_TYPE });
    response.end(body);
  });
}

/** Node could not read the request at all: no route, no hooks, a bare socket. */
export function answerBadHttp(
  log: Logger,
  error: { readonly code?: string },
  socket: Socket,
  id: string = randomUUID(),
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const isLong = error.code === 'HPE_HEADER_OVERFLOW';
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const status = isLong ? 431 : isSlow ? 408 : 400;
  log.info({ status, request: id, code: error.code }, 'unreadable request');
  const body = problemBody({
    status,
    code: 'USAGE',
    message: isLong
      ? 'The header of the request is too large.'
      : isSlow
        ? 'The request took too long to arrive.'
        : 'The request is not valid HTTP.',
  });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nRequest-Id: ${id}\r\n` +
      `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
