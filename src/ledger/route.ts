/**
 * What stands between this program and Postgres. A pooler answers in the server's name and says nothing
 * of itself, so it is found by what it cannot hide: the process id that was said when the connection was
 * made is not the one that works for it. One that pools transactions gives the same server to two
 * connections in turn, or another one to the same connection; one that pools sessions never does.
 */
import pg from 'pg';

/**
 * - `direct`: nothing, or nothing that matters
 * - `sessions`: a pooler that keeps one server for a connection: all works as without it
 * - `transactions`: a pooler that gives each transaction any server: nothing may be left in a session
 * - `statements`: a pooler that allows no transaction of several statements
 */
export type Route = 'direct' | 'sessions' | 'transactions' | 'statements';

/** For the second connection and each answer, in ms. */
const LOOK_MS = 5_000;
/**
 * The first finds out a pooler at rest. One with two servers, both kept busy by others, looks like one of sessions
 * in a round of four; with more servers, more seldom.
 */
const ROUNDS = 6;
/** pgbouncer's word (`transaction blocks not allowed in statement pooling mode`). */
const NO_TRANSACTIONS = /statement pooling/i;

/**
 * Finds out how a connection reaches Postgres. Costs one round trip where there is no pooler.
 * @param address how to reach the same server by a second connection
 */
export async function findRoute(client: pg.ClientBase, address: pg.ClientConfig): Promise<Route> {
  const said = (client as pg.ClientBase & { readonly processID: number }).processID;
  const first = await backendOf(client);
  if (first === said) return 'direct';
  const second = new pg.Client({
    ...address,
    application_name: 'callpermit-route',
    connectionTimeoutMillis: LOOK_MS,
    query_timeout: LOOK_MS,
  });
  // Heard by the statement under way.
  second.on('error', () => undefined);
  try {
    await second.connect();
    for (let round = 0; round < ROUNDS; round += 1) {
      const own = await backendOf(client);
      await second.query('begin');
      const taken = await backendOf(second);
      const now = await backendOf(client);
      await second.query('rollback');
      if (own !== first || now !== first || taken === first) return 'transactions';
    }
    return 'sessions';
  } catch (error) {
    if (error instanceof Error && NO_TRANSACTIONS.test(error.message)) return 'statements';
    throw error;
  } finally {
    void second.end().catch(() => undefined);
  }
}

async function backendOf(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
