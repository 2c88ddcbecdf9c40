/**
 * The measuring server, a process of its own: notes when each POST arrives, on its monotonic clock,
 * and answers as Meta does after the set latency. Plain `node:http` and nothing more, since what it
 * costs is taken from those it measures (some 50 us of CPU a request).
 *
 *   POST anything          -> 200 with contacts and messages
 *   PUT  /bench?latency=50 -> forgets the arrivals, sets the latency
 *   GET  /bench            -> the arrivals, 64-bit floats in ms, as they stand
 *   GET  /bench?people=7   -> who was accepted, from the eighth on: the n-th of them has the message `wamid.bench<n>`
 *
 * Its one line of output names its URL and where the zero of its clock lies on the machine's.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import { monotonicMs } from './clock.ts';

/** Longer than any case: the peers decide when a connection ends. */
const KEEP_ALIVE_MS = 120_000;

let arrivals: number[] = [];
let latencyMs = 0;
let people: string[] = [];

// A clock that waits for a processor measures the queue for it. Where that is not allowed it goes on
// without.
try {
  setPriority(-10);
} catch {
  process.stderr.write('measuring at ordinary priority\n');
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/bench') === true) control(request, response);
  else take(request, response);
});
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(0, '127.0.0.1', 4_096, () => {
  const { port } = server.address() as AddressInfo;
  const zeroMs = monotonicMs() - performance.now();
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, zeroMs })}\n`);
});

function take(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'POST') arrivals.push(performance.now());
  let body = '';
  request.setEncoding('latin1').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    setTimeout(() => answer(response, body), latencyMs);
  });
}

function answer(response: ServerResponse, body: string): void {
  // The person must be the one who was asked: another `wa_id` would be a renaming.
  const person = /"to":"\+?(\d+)"/.exec(body)?.[1] ?? '0';
  const number = people.push(person);
  const text = `{"messaging_product":"whatsapp","contacts":[{"input":"${person}","wa_id":"${person}"}],"messages":[{"id":"wamid.bench${number}","message_status":"accepted"}]}`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': text.length,
  });
  response.end(text);
}

function control(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'PUT') {
    arrivals = [];
    people = [];
    latencyMs = Number(new URL(request.url ?? '', 'http://bench').searchParams.get('latency'));
    response.writeHead(204).end();
    return;
  }
  const from = new URL(request.url ?? '', 'http://bench').searchParams.get('people');
  if (from !== null) {
    response.end(people.slice(Number(from)).join('\n'));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.end(Buffer.from(Float64Array.from(arrivals).buffer));
}
