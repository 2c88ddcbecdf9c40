/**
 * The small server of `METRICS_PORT`, for processes that serve nothing else or serve the world: `/metrics` and `/health`,
 * no key, and nothing that changes anything. Who may reach it is decided by the address it listens on.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '../wiring.ts';

const PROBE_MS = 2_000;
const CLOSE_MS = 1_000;
// Nothing is sent to it but lines of a header.
const REQUEST_MS = 5_000;

/** A server that listens. */
export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What it answers from. */
export type MetricsApp = Pick<App, 'ledger' | 'log'> & {
  readonly metrics: NonNullable<App['metrics']>;
};

/** Listens at an address; 0 takes a free port. */
export async function startMetricsServer(
  app: MetricsApp,
  at: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    const answering = isLook(request.method) ? answer(app, path, response) : refuse(response, 405);
    answering.catch((error: unknown) => {
      app.log.warn({ err: error }, 'metrics cannot be answered');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await listening(server, at);
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed.finally(() => clearTimeout(timer));
    },
  };
}

function isLook(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function answer(app: MetricsApp, path: string, response: ServerResponse): Promise<void> {
  if (path === '/metrics') {
    const text = await app.metrics.text();
    response.writeHead(200, { 'content-type': app.metrics.contentType }).end(text);
  } else if (path === '/health') {
    const isUp = await pinged(app);
    response
      .writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: isUp ? 'ready' : 'the database does not answer' }));
  } else await refuse(response, 404);
}

async function refuse(response: ServerResponse, status: 404 | 405): Promise<void> {
  response.writeHead(status, status === 405 ? { allow: 'GET, HEAD' } : {}).end();
}

async function pinged({ ledger }: MetricsApp): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PROBE_MS);
  });
  const answered = ledger.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

function listening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
