/**
 * The connection to Postgres. Everything that means "the database is out of reach for now" becomes
 * one kind of exception, so that callers can wait instead of taking it for a bug.
 */
import pg from 'pg';
import { InfrastructureError } from '../core/problem.ts';
import {
  boundedQuery,
  type Done,
  type Handlers,
  type Limits,
  LOOP_LIMITS,
} from './bounded-query.ts';
import { type Copy, copyQuery } from './copy-query.ts';
import { openPool } from './pool.ts';
import { findRoute, type Route } from './route.ts';
import type { Statement } from './sql.ts';
import { kindOf, sqlState } from './sqlstate.ts';

/** Runs statements of the ledger. */
export interface Database {
  readonly connectionString: string;
  /**
   * Rows of one statement; it is a transaction of its own.
   * @param limits after which Postgres ends it; those of the database unless told
   */
  run<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
    limits?: Limits,
  ): Promise<Row[]>;
  /** Writes rows by COPY; it is a transaction of its own. */
  copy(rows: Copy, limits: Limits): Promise<void>;
  /** What stands between this program and Postgres; found out once. */
  route(): Promise<Route>;
  /** For migrations and tests. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** Connections of a process for what people read and hand in, made when they are needed; claims have others. */
export const PEOPLE_CONNECTIONS = 3;

/** Tries of a statement that Postgres undid in favour of another. */
const TRIES = 5;

/**
 * Opens a pool.
 * @param connectionString `postgres://...`
 * @param p.max connections at most: a process needs few, since its writes are batches
 * @param p.limits of statements that are run without limits of their own; a sender's loop's unless told
 */
export function openDatabase(
  connectionString: string,
  p: {
    readonly max?: number;
    readonly limits?: Limits;
    readonly onError?: (error: Error) => void;
  } = {},
): Database {
  const { pool, close } = openPool(connectionString, {
    max: p.max ?? 5,
    name: 'callpermit',
    ...(p.onError === undefined ? {} : { onError: p.onError }),
  });

  let found: Promise<Route> | undefined;
  // Names are kept by a server for a connection: behind a pooler that gives it another one each time, the
  // name is unknown there, or somebody else's.
  let hasNames: boolean | undefined;

  async function look(): Promise<Route> {
    const client = await pool.connect();
    try {
      const route = await findRoute(client, { connectionString });
      hasNames = route === 'direct' || route === 'sessions';
      client.release();
      return route;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  function route(): Promise<Route> {
    found ??= look().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  async function ask(
    query: (done: Done, hasNames: boolean) => Handlers,
  ): Promise<pg.QueryResult | undefined> {
    return untilDone(async () => {
      if (hasNames === undefined) await route();
      const named = hasNames === true;
      try {
        return await askOnce(pool, (done) => query(done, named));
      } catch (error) {
        // A pooler has come since, or was not to be told from a server.
        if (LOST_NAMES.has(sqlState(error))) hasNames = false;
        throw error;
      }
    });
  }

  return {
    connectionString,
    route: () => route().catch((error: unknown) => Promise.reject(asInfrastructure(error))),
    async run<Row extends pg.QueryResultRow>(
      statement: Statement,
      values: readonly unknown[],
      limits = p.limits ?? LOOP_LIMITS,
    ) {
      const result = await ask((done, named) =>
        boundedQuery(named ? statement : { ...statement, name: '' }, values, limits, done),
      );
      return (result?.rows ?? []) as Row[];
    },
    async copy(rows, limits) {
      await ask((done, ahead) => copyQuery(rows, { ...limits, ahead }, done));
    },
    pool,
    close,
  };
}

/** Asks until Postgres undoes the statement no more in favour of another, and throws what is left as it is meant. */
export async function untilDone<Answer>(asked: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await asked();
    } catch (error) {
      if (attempt < TRIES && kindOf(sqlState(error)) === 'again') continue;
      throw asInfrastructure(error);
    }
  }
}

async function askOnce(
  pool: pg.Pool,
  query: (done: Done) => Handlers,
): Promise<pg.QueryResult | undefined> {
  const client = await pool.connect();
  try {
    const result = await new Promise<pg.QueryResult | undefined>((resolve, reject) => {
      client.query(query((error, found) => (error ? reject(error) : resolve(found))));
    });
    client.release();
    return result;
  } catch (error) {
    // A connection on which nothing came back is dead, and one that a failover left read-only or a
    // migration left with old plans is of no more use: the next statement has a new one.
    client.release(!isReusable(error));
    throw error;
  }
}

/** A migration came after this connection's plans were made. */
const OLD_PLAN = '0A000';
/** No such prepared statement, or one of that name already. */
const LOST_NAMES = new Set(['26000', '42P05']);
const BOUNDS_OVER = new Set(['55P03', '57014']);

function isReusable(error: unknown): boolean {
  const code = sqlState(error);
  if (!(error instanceof pg.DatabaseError) || code === OLD_PLAN) return false;
  return kindOf(code) !== 'later' || BOUNDS_OVER.has(code);
}

/** Turns "out of reach" into an {@link InfrastructureError}; a refused value and a bug stay what they are. */
export function asInfrastructure(error: unknown): unknown {
  if (error instanceof InfrastructureError || isBug(error)) return error;
  const code = sqlState(error);
  const kind = kindOf(code);
  if (kind === 'value' || kind === 'bug') return error;
  const message = error instanceof Error ? error.message : String(error);
  return new InfrastructureError('database', message || code, { cause: error });
}

// Of another realm in jest, where `instanceof` is false.
const BUGS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

function isBug(error: unknown): boolean {
  return BUGS.has((error as { name?: string } | null)?.name ?? '');
}
