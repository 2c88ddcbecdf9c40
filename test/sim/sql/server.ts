/**
 * A real Postgres under the simulation: one connection, on which one statement runs at a time, by the run's clock
 * (`clock.sql`). What each of them wrote is read right after it, so that the invariants look at rows.
 */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { WorkEvent } from '../../../src/core/ports/index.ts';
import { PATIENT_LIMITS } from '../../../src/ledger/bounded-query.ts';
import { type Copy, copyQuery } from '../../../src/ledger/copy-query.ts';
import { openDatabase } from '../../../src/ledger/database.ts';
import { migrate } from '../../../src/ledger/migrate.ts';
import type { Statement } from '../../../src/ledger/sql.ts';
import type { Tables } from '../model/tables.ts';
import { applyChanges, type ChangesRow, removeOthers } from './rows.ts';

/** A database that goes by the time it is told. */
export interface SqlServer {
  /** Empties all tables for another run, whose tables are kept up to date from now on. */
  begin(p: { readonly tables: Tables; readonly hear: (event: WorkEvent) => void }): Promise<void>;
  /**
   * Runs one statement.
   * @param p.atMs the time there, ms since the epoch
   */
  run(
    statement: Statement,
    values: readonly unknown[],
    p: { readonly atMs: number; readonly reads: boolean },
  ): Promise<pg.QueryResultRow[]>;
  /** Writes rows by COPY. */
  copy(rows: Copy, p: { readonly atMs: number }): Promise<void>;
  close(): Promise<void>;
}

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const SET_CLOCK = { name: 'set_clock', text: `select set_config('sim.now', $1, false)` };
const CHANGES = { name: 'changes', text: read('./changes.sql') };
const TABLES =
  'campaigns, requests, refused_lines, attempts, senders, workers, template_breakers, pairs, wa_ids, suppressions, permissions, portfolios, dead_claims, request_counts, asked_counts';

/** Makes the schema in an empty database, and opens it. */
export async function openSqlServer(connectionString: string): Promise<SqlServer> {
  const maker = new pg.Client({ connectionString });
  await maker.connect();
  await maker.query(read('./clock.sql'));
  await maker.end();
  const database = openDatabase(connectionString);
  await migrate(database).finally(database.close);

  // The clock, the statement and what it wrote go there together, and cost one way there and back.
  const client = new pg.Client({ connectionString, pipeline: true } as pg.ClientConfig);
  let hear: (event: WorkEvent) => void = () => undefined;
  client.on('notification', ({ payload = '' }) => hear(JSON.parse(payload) as WorkEvent));
  await client.connect();
  await client.query('listen callpermit');
  let tables: Tables | undefined;
  let next = '0';

  const changes = (from: string) => client.query<ChangesRow>({ ...CHANGES, values: [from] });
  async function noted({ rows: [found] }: pg.QueryResult<ChangesRow>): Promise<void> {
    if (found === undefined || tables === undefined) return;
    next = found.next;
    applyChanges(tables, found);
    if (tables.rows.size !== found.requests)
      removeOthers(tables, (await changes('0')).rows[0]?.rows ?? []);
  }

  return {
    async begin(p) {
      ({ hear, tables } = p);
      await client.query(`truncate ${TABLES} restart identity`);
      next = (await changes('0')).rows[0]?.next ?? '0';
    },
    async copy(rows, { atMs }) {
      // One after the other: while it copies, the server takes nothing else.
      await client.query({ ...SET_CLOCK, values: [(atMs / 1_000).toFixed(6)] });
      await new Promise<void>((resolve, reject) => {
        client.query(
          copyQuery(rows, { ...PATIENT_LIMITS, ahead: true }, (error) =>
            error ? reject(error) : resolve(),
          ),
        );
      });
      await noted(await changes(next));
    },
    async run({ name, text }, values, { atMs, reads }) {
      const clock = client.query({ ...SET_CLOCK, values: [(atMs / 1_000).toFixed(6)] });
      const answer = client.query({ name, text, values: [...values] });
      if (reads) return (await Promise.all([answer, clock]))[0].rows;
      const [answered, changed] = await Promise.allSettled([answer, changes(next), clock]);
      if (changed.status === 'rejected') throw changed.reason;
      if (answered.status === 'rejected') throw answered.reason;
      await noted(changed.value);
      return answered.value.rows;
    },
    close: () => client.end(),
  };
}
