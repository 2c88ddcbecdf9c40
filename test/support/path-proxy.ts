/** A reverse proxy that serves a service under a path, as nginx or Traefik do: with the path left on, or taken off. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** A proxy under a test's control. */
export interface PathProxy {
  /** Where the service is found, path included. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts one.
 * @param p.target where the service really is
 * @param p.path what it is served under, like `/callpermit`
 * @param p.strips whether the path is taken off
 * @param p.tells whether it says so by `X-Forwarded-Prefix`
 */
export async function startPathProxy(p: {
  readonly target: string;
  readonly path: string;
  readonly strips: boolean;
  readonly tells: boolean;
}): Promise<PathProxy> {
  const { hostname, port } = new URL(p.target);
  const server = createServer((asked, answer) => {
    const url = asked.url ?? '/';
    if (!url.startsWith(p.path)) {
      answer.writeHead(404).end('not of this service');
      return;
    }
    const path = p.strips ? url.slice(p.path.length) || '/' : url;
    const headers = {
      ...asked.headers,
      'x-forwarded-host': asked.headers.host,
      host: `${hostname}:${port}`,
      ...(p.tells ? { 'x-forwarded-prefix': p.path } : {}),
    };
    const onward = request({ hostname, port, path, method: asked.method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}${p.path}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
