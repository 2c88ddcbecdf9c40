/**
 * Rows by COPY, with what has to be true for them in front, as one transaction. All of it is one message
 * of the simple protocol, which Postgres runs as one implicit transaction and ends with one answer, whatever
 * fails where. In the extended protocol a batch that fails half-way would be answered twice: by the Sync
 * behind its statement and by the one behind its rows. The rows go right behind the statement: Postgres would wait
 * for this process's turn else, a tenth of a load; where it refuses, it drops what comes of them, as its protocol says.
 * Behind a pooler of transactions they wait: what comes after a refusal would reach some other server there, and
 * keep it for a connection that has asked it nothing.
 */
import pg from 'pg';
import { ANSWER_MS, type Done, type Handlers, type Limits } from './bounded-query.ts';
import type { Statement } from './sql.ts';

/** A statement with one or more `copy ... from stdin` in it. */
export interface Copy {
  readonly statement: Statement;
  /** For `$1`, `$2`, ... in it. */
  readonly values: readonly string[];
  /** The rows of each COPY in it, in pieces, in COPY's text format. */
  readonly rows: readonly (readonly Buffer[])[];
}

/** The part of `pg.Connection` that its types leave out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Makes the query; `client.query(it)` calls `done` once.
 * @param limits.ahead the rows go right behind the statement
 */
export function copyQuery(
  { statement, values, rows }: Copy,
  limits: Limits & { readonly ahead: boolean },
  done: Done,
): Handlers {
  const bounds = `select set_config('lock_timeout', '${limits.lockMs}', true), set_config('statement_timeout', '${limits.statementMs}', true)`;
  const text = statement.text.replace(/\$(\d+)/g, (_, n) =>
    pg.escapeLiteral(values[Number(n) - 1] ?? ''),
  );
  const query = new pg.Query(`${bounds};\n${text}`) as unknown as Handlers;
  const submit = query.submit.bind(query);
  const left = [...rows];
  const sendNext = (connection: pg.Connection) => {
    const copying = connection as pg.Connection & CopyConnection;
    const pieces = left.shift();
    for (const piece of pieces ?? []) copying.sendCopyFromChunk(piece);
    if (pieces !== undefined) copying.endCopyFrom();
  };
  return Object.assign(query, {
    query_timeout: limits.statementMs + ANSWER_MS,
    callback: done,
    submit(connection: pg.Connection) {
      const refused = submit(connection);
      if (refused) return refused;
      while (limits.ahead && left.length > 0) sendNext(connection);
      return null;
    },
    handleCopyInResponse: sendNext,
  });
}
