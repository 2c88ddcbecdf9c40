/**
 * Servers as unkind as the network: each test says, byte by byte, what becomes of a request.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** One whole request as it came off the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The how-manieth request of the server, and of its connection, from 1. */
  readonly n: number;
  readonly onConnection: number;
}

/** A loopback server that counts. */
export interface WireServer {
  readonly port: number;
  readonly url: string;
  readonly requests: WireRequest[];
  readonly sockets: Set<Socket>;
  /** Connections ever made. */
  connections: number;
  /** Resolves when `count` requests have come in whole. */
  seen(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server that hands each whole request to `answer`; with `tls` it speaks https. */
export async function wireServer(
  answer: (socket: Socket, request: WireRequest) => void,
  tls?: TlsOptions,
): Promise<WireServer> {
  const waiting: { count: number; done: () => void }[] = [];
  const state = { requests: [] as WireRequest[], sockets: new Set<Socket>(), connections: 0 };
  const onSocket = (socket: Socket): void => {
    state.connections += 1;
    state.sockets.add(socket);
    socket.on('close', () => state.sockets.delete(socket)).on('error', () => undefined);
    let buffered = '';
    let onConnection = 0;
    socket.on('data', (chunk) => {
      buffered += chunk.toString('utf8');
      for (let whole = readRequest(buffered); whole !== undefined; whole = readRequest(buffered)) {
        buffered = buffered.slice(whole.length);
        onConnection += 1;
        const request = { ...whole.request, n: state.requests.length + 1, onConnection };
        state.requests.push(request);
        answer(socket, request);
        for (const w of waiting) if (state.requests.length >= w.count) w.done();
      }
    });
  };
  const server: Server =
    tls === undefined ? createServer(onSocket) : createTlsServer(tls, onSocket);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  return Object.assign(state, {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen: (count: number) =>
      new Promise<void>((done) => {
        if (state.requests.length >= count) done();
        else waiting.push({ count, done });
      }),
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of state.sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** A whole HTTP answer with a length. */
export function http(status: number, body: string | object, headers: object = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'content-length': Buffer.byteLength(text), ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} X\r\n${head.join('')}\r\n${text}`;
}

/** Meta's answer to an accepted send. */
export const ACCEPTED = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+16505551234', wa_id: '16505551234' }],
  messages: [{ id: 'wamid.1', message_status: 'accepted' }],
};

function readRequest(
  text: string,
): { length: number; request: Omit<WireRequest, 'n' | 'onConnection'> } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const length = end + 4 + Number(headers['content-length'] ?? 0);
  if (text.length < length) return undefined;
  const [method = '', path = ''] = first.split(' ');
  return { length, request: { method, path, headers, body: text.slice(end + 4, length) } };
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
