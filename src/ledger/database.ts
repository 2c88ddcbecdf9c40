/**
 * The connection to Postgres. Everything that means "the database is out of reach for now" becomes
 * one kind of exception, so that the road can wait instead of taking it for a bug.
 */
import pg from 'pg';
import { InfrastructureError } from '../core/problem.ts';
import type { Statement } from './sql.ts';

/** Runs statements of the ledger. */
export interface Database {
  readonly connectionString: string;
  /** Rows of one statement; it is a transaction of its own. */
  run<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]>;
  /** For migrations and tests. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

// Classes of SQLSTATE that pass: connection (08), resources such as a full disk (53),
// operator intervention such as a shutdown (57), system errors (58).
const PASSING = /^(08|53|57|58)/;
// Deadlock and serialisation failure: Postgres undid the statement, so it is safe to run it again.
const AGAIN = new Set(['40P01', '40001']);

/**
 * Opens a pool.
 * @param connectionString `postgres://...`
 * @param p.max connections at most: a process needs few, since its writes are batches
 * @param p.queryTimeoutMs a statement that takes longer counts as "out of reach"
 */
export function openDatabase(
  connectionString: string,
  p: {
    readonly max?: number;
    readonly queryTimeoutMs?: number;
    readonly onError?: (error: Error) => void;
  } = {},
): Database {
  const pool = new pg.Pool({
    connectionString,
    max: p.max ?? 5,
    connectionTimeoutMillis: 5_000,
    query_timeout: p.queryTimeoutMs ?? 30_000,
    keepAlive: true,
    application_name: 'callpermit',
  });
  pool.on('error', (error) => p.onError?.(error));
  // The pool hears its idle connections only: one that breaks while it is checked out (migrations)
  // would end the process by an unheard 'error'. Whoever uses it sees its query fail.
  pool.on('connect', (client) => {
    client.on('error', (error) => p.onError?.(error));
  });

  async function run<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await pool.query<Row>({ ...statement, values: [...values] });
        return result.rows;
      } catch (error) {
        if (attempt < 5 && AGAIN.has(sqlState(error))) continue;
        throw asInfrastructure(error);
      }
    }
  }

  return { connectionString, run, pool, close: () => pool.end() };
}

function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Turns "out of reach" into an {@link InfrastructureError}; a bug stays what it is. */
export function asInfrastructure(error: unknown): unknown {
  const code = sqlState(error);
  const message = error instanceof Error ? error.message : String(error);
  const unreachable =
    PASSING.test(code) ||
    /^E[A-Z]+$/.test(code) ||
    /connection terminated|timeout|client was closed|not queryable|the database system is/i.test(
      message,
    );
  return unreachable || error instanceof AggregateError
    ? new InfrastructureError('database', message || code, { cause: error })
    : error;
}
