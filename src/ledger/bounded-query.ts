/**
 * A statement that Postgres itself ends when it waits for a lock or works for too long. The bounds go
 * before the statement in one pipeline that ends with one Sync: that is one implicit transaction, to
 * which `set_config(..., true)` is local. So the bounds hold behind a transaction pooler too, where a
 * session's settings are somebody else's; they are gone with the statement; and a process frozen in
 * between leaves no transaction open, as `begin; set local; ...; commit` would. Not `set local`: outside
 * a transaction block it warns, two lines in the server's log for each statement.
 *
 * What is called here is what `pg` asks of any query class of somebody else's (pg-cursor,
 * pg-query-stream): `submit` and the `handle...` of its messages.
 */
import pg from 'pg';
import type { Statement } from './sql.ts';

/** How long one statement may take; what is over is undone by Postgres and ends with an error. */
export interface Limits {
  /** Each wait for a lock, in ms (SQLSTATE 55P03). */
  readonly lockMs: number;
  /** The whole statement, in ms (SQLSTATE 57014); its commit is not part of it. */
  readonly statementMs: number;
  /** Where names without a schema are looked for; the session's own unless told. */
  readonly schema?: string;
  /** Planned once a connection, whatever the values; as Postgres chooses unless told. */
  readonly isPlannedOnce?: boolean;
}

/** For the loops of a sender: what waits longer is tried again, with what is known by then. */
export const LOOP_LIMITS: Limits = { lockMs: 5_000, statementMs: 20_000 };

/**
 * For what a sender does again and again: each of its statements finds its rows by an index whatever the values are
 * (`bench:ledger`), and Postgres would plan those that are given arrays anew each time: 14 of 25 ms of "decide".
 */
export const SENDER_LIMITS: Limits = { ...LOOP_LIMITS, isPlannedOnce: true };

/** Of work on whole lists that a person waits for. */
export const PATIENT_LIMITS: Limits = { lockMs: 30_000, statementMs: 600_000 };

/** Time for the answer of a statement that Postgres ended at its bound, in ms. */
export const ANSWER_MS = 5_000;

// A role or a database may have another style of dates, which the driver reads as null. JIT is on by default where the
// server has it: a statement that is taken for dear, as on a large ledger without statistics, is compiled for 40 to 200 ms.
const BOUNDS = {
  name: 'bounds',
  text: "select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true), set_config('datestyle', 'ISO, YMD', true), set_config('jit', 'off', true)",
};

const BOUNDS_AND_SCHEMA = {
  name: 'bounds_and_schema',
  text: `${BOUNDS.text}, set_config('search_path', $3, true)`,
};

const BOUNDS_AND_PLANS = {
  name: 'bounds_and_plans',
  text: `${BOUNDS.text}, set_config('plan_cache_mode', 'force_generic_plan', true)`,
};

/** Hears of a query's end, once. */
export type Done = (error: Error | null | undefined, result?: pg.QueryResult) => void;

/** The part of `pg.Query` that its types leave out. */
export interface Handlers {
  readonly name: string | undefined;
  readonly text: string;
  callback: Done | undefined;
  submit(connection: pg.Connection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
  handleEmptyQuery(connection: pg.Connection): void;
  handlePortalSuspended(connection: pg.Connection): void;
  handleCopyInResponse(connection: pg.Connection): void;
  handleCopyData(message: unknown, connection: pg.Connection): void;
  handleError(error: Error, connection: pg.Connection): void;
  handleReadyForQuery(connection: pg.Connection): void;
}

/** A statement with its bounds, ready for `client.query`. */
export interface BoundedQuery extends Handlers {
  /** After so long the client gives up: the connection is dead, or Postgres is. In ms. */
  readonly query_timeout: number;
}

/**
 * Makes the query; `client.query(it)` calls `done` once.
 * @param statement an empty name: parsed each time, for poolers that lose prepared statements
 */
export function boundedQuery(
  statement: Statement,
  values: readonly unknown[],
  limits: Limits,
  done: Done,
): BoundedQuery {
  const { schema, isPlannedOnce } = limits;
  const plain = isPlannedOnce ? BOUNDS_AND_PLANS : BOUNDS;
  const before = schema === undefined ? plain : BOUNDS_AND_SCHEMA;
  const bounds = handlersOf({ ...before, name: statement.name === '' ? '' : before.name }, [
    String(limits.lockMs),
    String(limits.statementMs),
    ...(schema === undefined ? [] : [schema]),
  ]);
  const main = handlersOf(statement, [...values]);
  // Whose messages arrive: of the bounds until their CommandComplete. `pg` notes under the name it finds
  // here what is prepared, so it must be the name of the one that was.
  let now = bounds;
  const query: BoundedQuery = {
    query_timeout: limits.statementMs + ANSWER_MS,
    callback: done,
    get name() {
      return now.name;
    },
    get text() {
      return now.text;
    },
    submit(connection) {
      const { stream } = connection;
      stream.cork();
      try {
        const refused = bounds.submit(withoutSync(connection)) ?? main.submit(connection);
        // One name with two texts, a mistake of ours: the bounds are sent without an end.
        if (refused) stream.destroy();
        return refused;
      } finally {
        stream.uncork();
      }
    },
    handleRowDescription: (message) => now.handleRowDescription(message),
    handleDataRow: (message) => now.handleDataRow(message),
    handleCommandComplete(message, connection) {
      now.handleCommandComplete(message, connection);
      now = main;
    },
    handleEmptyQuery: (connection) => now.handleEmptyQuery(connection),
    handlePortalSuspended: (connection) => now.handlePortalSuspended(connection),
    handleCopyInResponse: (connection) => now.handleCopyInResponse(connection),
    handleCopyData: (message, connection) => now.handleCopyData(message, connection),
    handleError: (error, connection) => now.handleError(error, connection),
    handleReadyForQuery: (connection) => now.handleReadyForQuery(connection),
  };
  // Looked up late: `pg` puts its time-out around the callback that it finds.
  for (const part of [bounds, main]) part.callback = (...answer) => query.callback?.(...answer);
  return query;
}

// Without values `pg` would send a statement that has no name by the simple protocol; behind one that waits for its
// Sync, pgbouncer keeps that back until the server gives up (seen with 1.18).
function handlersOf(statement: Statement, values: unknown[]): Handlers {
  const query = { ...statement, values, queryMode: 'extended' };
  return new pg.Query(query) as unknown as Handlers;
}

/** The same connection, whose Sync is left to who comes next. */
function withoutSync(connection: pg.Connection): pg.Connection {
  return Object.create(connection, { sync: { value: () => undefined } }) as pg.Connection;
}
