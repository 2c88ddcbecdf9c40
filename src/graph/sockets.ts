/**
 * A bounded set of keep-alive connections to one origin: one undici `Client` is one socket.
 *
 * Not undici's `Pool`, for two reasons read in its source (7.30.2): its `connections` cannot be
 * changed while it runs, and a client whose connect failed leaves the pool's list but goes on
 * draining the pool's queue, so the bound does not hold after an outage. Last used, first taken:
 * under little load few sockets stay hot and the others close by their idle time-out.
 */

import { given } from '../core/given.ts';
import { createDoubts } from './doubts.ts';
import { buildConnector, Client } from './undici.ts';

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
  /** Lets what runs end, then closes; nothing new is taken. */
  close(): Promise<void>;
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
  const waiting = new Set<(client: Client | undefined) => void>();
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, ...given({ ca: p.ca }) });
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
    // Rejects only when it was closed or destroyed already.
    await client.close().catch(() => undefined);
  }

  function serve(): void {
    for (const use of waiting) {
      const client = idle.pop() ?? (all.size < limit ? open() : undefined);
      if (client === undefined) return;
      waiting.delete(use);
      use(client);
    }
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
      void client.destroy();
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
    async close() {
      closed = true;
      for (const use of waiting) use(undefined);
      waiting.clear();
      await Promise.all([...all].map(drop));
    },
  };
}

function atLeastOne(connections: number): number {
  return Math.max(1, Math.floor(connections));
}
