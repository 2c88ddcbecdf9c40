/**
 * A connection between a program and its server that can go bad as real networks do: a NAT or firewall that
 * forgets a connection silently, a cable that is pulled, a peer that closes one way. Each
 * connection has a fate of its own, so that standing ones may be dead while new ones work.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of the bytes of a connection. */
export type Fate = 'pass' | 'stall';

/** One connection through the proxy. */
export interface ProxiedConnection {
  /** Counted from 1, in the order of their opening. */
  readonly number: number;
  readonly fate: Fate;
  /** From now on nothing passes, either way, not even an end: as if each packet were dropped. */
  stall(): void;
  /** What was held up passes, and all that follows. */
  resume(): void;
  /** Both sides see a reset at once. */
  cut(): void;
  /** The server's end is told to the client, which may go on writing to nobody. */
  halfClose(): void;
}

/** A proxy in front of one server. */
export interface TcpProxy {
  readonly port: number;
  /** The same address, by way of the proxy. */
  through(url: string): string;
  /** Those that are open on at least one side. */
  connections(): readonly ProxiedConnection[];
  /** Every connection that stands now goes dead silently; new ones have their own fate. */
  stallAll(): void;
  resumeAll(): void;
  cutAll(): void;
  /** What becomes of connections that are opened from now on; `refuse` closes them at once. */
  setNew(fate: Fate | 'refuse'): void;
  /** Ends it, and all connections. */
  close(): Promise<void>;
}

/**
 * Starts a proxy on a free port of 127.0.0.1.
 * @param target where its connections go
 */
export async function startTcpProxy(target: {
  readonly host?: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const open = new Set<ProxiedConnection>();
  let fresh: Fate | 'refuse' = 'pass';
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (fresh === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({
      host: target.host ?? '127.0.0.1',
      port: target.port,
      allowHalfOpen: true,
      noDelay: true,
    });
    client.setNoDelay(true);
    count += 1;
    const connection = join(client, upstream, count, () => open.delete(connection));
    open.add(connection);
    if (fresh === 'stall') connection.stall();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const { port } = address;
  const each = (act: 'stall' | 'resume' | 'cut') => () => {
    for (const connection of [...open]) connection[act]();
  };
  return {
    port,
    through(url) {
      const there = new URL(url);
      there.hostname = '127.0.0.1';
      there.port = String(port);
      return there.href;
    },
    connections: () => [...open],
    stallAll: each('stall'),
    resumeAll: each('resume'),
    cutAll: each('cut'),
    setNew(fate) {
      fresh = fate;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      each('cut')();
      await closed;
    },
  };
}

function join(
  client: Socket,
  upstream: Socket,
  number: number,
  onClosed: () => void,
): ProxiedConnection {
  let fate: Fate = 'pass';
  // What came to an end while nothing passed; told once it does.
  const held: (() => void)[] = [];
  const whenPassing = (tell: () => void) => () => {
    if (fate === 'stall') held.push(tell);
    else tell();
  };
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('data', (bytes) => {
      if (to.writable && !to.write(bytes)) from.pause();
    });
    to.on('drain', () => {
      if (fate === 'pass') from.resume();
    });
    from.on(
      'end',
      whenPassing(() => to.end()),
    );
    // A reset of one side is one of the other.
    from.on(
      'error',
      whenPassing(() => to.resetAndDestroy()),
    );
    from.on('close', () => {
      if (client.destroyed && upstream.destroyed) onClosed();
    });
  }
  return {
    number,
    get fate() {
      return fate;
    },
    stall() {
      fate = 'stall';
      client.pause();
      upstream.pause();
    },
    resume() {
      fate = 'pass';
      for (const tell of held.splice(0)) tell();
      client.resume();
      upstream.resume();
    },
    cut() {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    },
    halfClose() {
      client.end();
      upstream.resetAndDestroy();
    },
  };
}
