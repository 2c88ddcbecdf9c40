/**
 * What stands between this program and Postgres. A pooler answers in the server's name and says nothing
 * of itself, so it is found by what it cannot hide: the process id that was said when the connection was
 * made is not the one that works for it. One that pools transactions gives the same server to two
 * connections in turn, or another one to the same connection; one that pools sessions never does. While others
 * are busy there, the server that worked for us is at work for them a moment later.
 */
import { randomUUID } from 'node:crypto';
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
/** One finds any pooler out but one that takes its servers in turns and is at rest. */
const ROUNDS = 3;
/** pgbouncer's message (`transaction blocks not allowed in statement pooling mode`). */
const NO_TRANSACTIONS = /statement pooling/i;

// By the servers' ids alone, one with two servers that are kept busy in turns was taken for one of sessions after six
// rounds. The last statement of the server that worked for us is another one by now. An administrator may have it that
// nobody sees statements.
const TAKEN = `
  select pg_backend_pid() as pid, exists (
    select from pg_stat_activity
    where pid = $1 and state <> 'disabled' and query not like '%' || $2
  ) as taken`;

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
      const mark = randomUUID();
      const own = await backendOf(client, mark);
      await second.query('begin');
      const { rows } = await second.query<{ pid: number; taken: boolean }>(TAKEN, [own, mark]);
      const now = await backendOf(client);
      await second.query('rollback');
      if (own !== first || now !== first || rows[0]?.pid === own || rows[0]?.taken === true)
        return 'transactions';
    }
    return 'sessions';
  } catch (error) {
    if (error instanceof Error && NO_TRANSACTIONS.test(error.message)) return 'statements';
    throw error;
  } finally {
    void second.end().catch(() => undefined);
  }
}

async function backendOf(client: pg.ClientBase, mark = ''): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>(`select pg_backend_pid() as pid -- ${mark}`);
  return rows[0]?.pid;
}
