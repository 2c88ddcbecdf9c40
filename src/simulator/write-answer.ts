/** Puts an answer on the wire, the unkind ones included. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Answer } from './answer.ts';
import { traceId } from './sim-errors.ts';

const JSON_TYPE = 'application/json; charset=UTF-8';

/** Writes `answer`; `headers` go to those that look like Graph's own. */
export function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  switch (answer.kind) {
    case 'json':
      response.writeHead(answer.status, {
        ...headers,
        ...answer.headers,
        'content-type': JSON_TYPE,
        'content-length': Buffer.byteLength(answer.body),
        'x-fb-trace-id': traceId(),
      });
      response.end(answer.body);
      return;
    case 'html':
      response.writeHead(answer.status, { 'content-type': 'text/html; charset=utf-8' });
      response.end(answer.body);
      return;
    case 'empty':
      response.writeHead(answer.status, { 'content-length': 0 });
      response.end();
      return;
    case 'truncated': {
      const whole = Buffer.from(answer.body);
      const half = whole.subarray(0, Math.floor(whole.length / 2));
      response.writeHead(answer.status, {
        ...headers,
        'content-type': JSON_TYPE,
        'content-length': answer.cut ? whole.length : half.length,
      });
      if (answer.cut) response.write(half, () => response.socket?.destroy());
      else response.end(half);
      return;
    }
    case 'stream':
      response.writeHead(200, { 'content-type': answer.contentType });
      Readable.from(answer.chunks).pipe(response);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'none':
      return;
  }
}

/** A JSON answer as the bytes of a connection, for what Node's server would not send; else nothing. */
export function rawAnswer(answer: Answer): string {
  if (answer.kind !== 'json') return '';
  return [
    `HTTP/1.1 ${answer.status} Again`,
    `content-type: ${JSON_TYPE}`,
    `content-length: ${Buffer.byteLength(answer.body)}`,
    '',
    answer.body,
  ].join('\r\n');
}
