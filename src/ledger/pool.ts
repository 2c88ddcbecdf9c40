/** A pool whose connections are watched, and which can be closed whatever its connections do. */
import pg from 'pg';
import { watchConnection } from './watch-connection.ts';

/** For the first answer of a server, and for a free connection, in ms. */
const CONNECT_MS = 5_000;
/** Idle time before TCP itself asks, in ms; for what lies between us and NATs that forget idle ones. */
const KEEP_ALIVE_MS = 10_000;
/** What is under way when a pool is closed has so long, in ms. */
const CLOSE_MS = 2_000;

/** A pool of `pg`'s with an end that comes. */
export interface WatchedPool {
  readonly pool: pg.Pool;
  /** Waits for what is under way for two seconds, then cuts it off. */
  close(): Promise<void>;
}

/**
 * Opens a pool.
 * @param p.max connections at most
 * @param p.name how its connections are called in `pg_stat_activity`
 * @param p.options for `pg`: settings of each session
 * @param p.client the class of its connections; `pg`'s own unless told
 */
export function openPool(
  connectionString: string,
  p: {
    readonly max: number;
    readonly name: string;
    readonly options?: string;
    readonly client?: typeof pg.Client;
    readonly onError?: (error: Error) => void;
  },
): WatchedPool {
  const address: pg.ClientConfig = {
    connectionString,
    ...(p.options === undefined ? {} : { options: p.options }),
  };
  const pool = new pg.Pool({
    ...address,
    max: p.max,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: p.name,
    ...(p.client === undefined ? {} : { Client: p.client as typeof pg.ClientBase }),
  });
  const clients = new Set<pg.PoolClient>();
  pool.on('error', (error) => p.onError?.(error));
  pool.on('connect', (client) => {
    // The pool hears its idle connections only: one that breaks while it is checked out would end the
    // process by an unheard 'error'. Whoever uses it sees its query fail.
    client.on('error', (error) => p.onError?.(error));
    clients.add(client);
    client.connection.stream.once('close', () => clients.delete(client));
    watchConnection(client, address);
  });
  return {
    pool,
    async close() {
      const ended = pool.end().then(() => Promise.all([...clients].map(endOf)));
      let cutOff: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        cutOff = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([ended, late]);
      clearTimeout(cutOff);
      for (const client of clients)
        client.connection.stream.destroy(new Error('the pool was closed'));
    },
  };
}

function endOf(client: pg.PoolClient): Promise<void> {
  return new Promise((resolve) => {
    client.connection.stream.once('close', () => resolve());
  });
}
