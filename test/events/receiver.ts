/** A receiver of events that is down, answers anything, or never; and what it got. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { CallpermitEvent } from '../../src/core/events/event.ts';

/** One try that arrived. */
export interface Arrival {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CallpermitEvent;
}

/** What it does with one: a status, nothing at all, or a status with headers. */
export type Manner = (
  arrival: Arrival,
) => number | 'hang' | readonly [number, Record<string, string>];

/** A receiver. */
export interface Receiver {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  manner: Manner;
  /** Resolves once so many tries arrived, past ones included. */
  until(n: number): Promise<void>;
  /** Refuses connections until {@link Receiver.up}. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it; it answers 204 until it is told otherwise. */
export async function startReceiver(): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  let heard: (() => void)[] = [];
  const hanging = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      const { headers } = request;
      const arrival = {
        ...{ id: String(headers['webhook-id']), headers, body },
        event: body === '' ? ({} as CallpermitEvent) : (JSON.parse(body) as CallpermitEvent),
      };
      arrivals.push(arrival);
      const answer = receiver.manner(arrival);
      if (answer === 'hang') hanging.add(response);
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.writeHead(...(answer as [number, Record<string, string>])).end();
      for (const one of heard.splice(0)) one();
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hooks?from=us`,
    arrivals,
    manner: () => 204,
    async until(n) {
      while (arrivals.length < n) await new Promise<void>((resolve) => heard.push(resolve));
    },
    down: stop,
    up: () => listen(port),
    async close() {
      heard = [];
      if (server.listening) await stop();
    },
  };
  return receiver;
}

/** Whether a try is signed by this secret, as the package of Standard Webhooks says. */
export function isSignedBy(secret: string, { headers, body }: Arrival): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
