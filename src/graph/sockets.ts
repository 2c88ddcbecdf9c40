/**
 * A bounded set of keep-alive connections to one origin: one undici `Client` is one socket.
 *
 * Not undici's `Pool`, for two reasons read in its source (7.30.2): its `connections` cannot be
 * changed while it runs, and a client whose connect failed leaves the pool's list but goes on
 * draining the pool's queue, so the bound does not hold after an outage. Last used, first taken:
 * under little load few sockets stay hot and the others close by their idle time-out.
 */

import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import { given } from '../core/given.ts';
import { createDoubts } from './doubts.ts';

/** Where a socket is borrowed from. */
export interface Sockets {
  /**
   * Calls `use` with a free socket, at once or in turn; with `undefined` when the set is closed.
   * Returns a function that gives up the place in the line.
   */
  take(use: (client: Client | undefined) => void): () => void;
  /** Returns a socket; exactly once for each one given to `use`. */
  giveBack(client: Client): void;
  /** In place of `giveBack`: its socket mixed up answers, so it is closed and what was read on it is doubted. */
  spoil(client: Client): void;
  /** `onDoubt` is called should the socket turn out to mix up answers within `doubtMs`. */
  keepInDoubt(client: Client, onDoubt: (() => void) | undefined): void;
  /** The most sockets open at a time; may be called while requests run. */
  setLimit(connections: number): void;
  /** Sockets in use, and requests waiting for one. */
  stats(): { readonly inUse: number; readonly waiting: number; readonly limit: number };
  /** Lets what runs end, then closes; nothing new is taken. */
  close(): Promise<void>;
  /** Closes at once: what was written and not answered ends as lost. */
  destroy(): Promise<void>;
}

/** Connect time-out in ms: a third of the default request time-out, so that one retry still fits. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Idle sockets close after this many ms. Node's own HTTP server closes idle ones after 5,000 ms;
 * closing first avoids writing into a socket that the peer is just closing.
 */
const IDLE_TIMEOUT_MS = 4_000;

/** Answers of Graph are a few hundred bytes, a page of templates some 100 kB; beyond 1 MB it is no Graph API. */
export const MAX_REPLY_BYTES = 1_048_576;

/**
 * Opens the set; `origin` is scheme, host and port; `ca` a PEM trusted in place of the system's;
 * `doubtMs` for how long an answer that names nobody can still be doubted.
 */
export function openSockets(p: {
  readonly origin: string;
  readonly connections: number;
  readonly doubtMs: number;
  readonly ca?: string;
}): Sockets {
  const idle: Client[] = [];
  const all = new Set<Client>();
  const leaving = new Set<Client>();
  const connecting = new Set<Socket>();
  const waiting = new Set<(client: Client | undefined) => void>();
  const connect = trackedConnector(connecting, p.ca);
  const doubts = createDoubts(p.doubtMs);
  let limit = atLeastOne(p.connections);
  let closed = false;

  function open(): Client {
    const client = new Client(p.origin, {
      pipelining: 1,
      allowH2: false,
      connect,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      keepAliveMaxTimeout: IDLE_TIMEOUT_MS,
      // The deadline of each exchange is a timer of our own: exact, and over connect and answer.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MAX_REPLY_BYTES,
    });
    client.on('disconnect', (_origin, _targets, error) => doubts.closed(client, error));
    all.add(client);
    return client;
  }

  async function drop(client: Client): Promise<void> {
    all.delete(client);
    leaving.add(client);
    // Rejects only when it was closed or destroyed already.
    await client.close().catch(() => undefined);
    leaving.delete(client);
  }

  function serve(): void {
    for (const use of waiting) {
      const client = idle.pop() ?? (all.size < limit ? open() : undefined);
      if (client === undefined) return;
      waiting.delete(use);
      use(client);
    }
  }

  function shut(): void {
    closed = true;
    for (const use of waiting) use(undefined);
    waiting.clear();
  }

  return {
    take(use) {
      if (closed) {
        use(undefined);
        return () => undefined;
      }
      waiting.add(use);
      serve();
      return () => void waiting.delete(use);
    },
    giveBack(client) {
      if (closed || all.size > limit) {
        void drop(client);
        return;
      }
      idle.push(client);
      serve();
    },
    spoil(client) {
      doubts.spoilt(client);
      all.delete(client);
      leaving.add(client);
      void client.destroy().then(() => leaving.delete(client));
      serve();
    },
    keepInDoubt: (client, onDoubt) => doubts.add(client, onDoubt),
    setLimit(connections) {
      limit = atLeastOne(connections);
      while (all.size > limit) {
        const client = idle.shift();
        if (client === undefined) break;
        void drop(client);
      }
      serve();
    },
    stats: () => ({ inUse: all.size - idle.length, waiting: waiting.size, limit }),
    async close() {
      shut();
      await Promise.all([...all].map(drop));
    },
    async destroy() {
      shut();
      const destroyed = [...all, ...leaving].map((client) => client.destroy());
      for (const socket of connecting) socket.destroy(new Error('the client is closed'));
      await Promise.all(destroyed);
      all.clear();
    },
  };
}

/**
 * undici's connector, with the sockets that are still connecting in `connecting`: a destroyed
 * `Client` leaves such a socket to its connect time-out, and the process cannot end before.
 */
function trackedConnector(
  connecting: Set<Socket>,
  ca: string | undefined,
): buildConnector.connector {
  const connector = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    ...given({ ca }),
  }) as (options: buildConnector.Options, callback: buildConnector.Callback) => Socket;
  return (options, callback) => {
    const socket = connector(options, (...result) => {
      connecting.delete(socket);
      callback(...result);
    });
    connecting.add(socket);
  };
}

function atLeastOne(connections: number): number {
  return Math.max(1, Math.floor(connections));
}
