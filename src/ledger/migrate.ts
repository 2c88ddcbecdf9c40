/**
 * Migrations: `.sql` files in order, forward only, each a transaction of its own under a lock that lets
 * any number of processes race. A migration that has to wait for a table stands in front of everybody
 * who comes after it, so it waits for two seconds only, makes room, and tries again: senders go on
 * beside a dump of the database that reads for an hour.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { InfrastructureError, ProblemError, problem } from '../core/problem.ts';
import type { Database } from './database.ts';
import { asInfrastructure } from './database.ts';
import { sqlState } from './sqlstate.ts';
import { watchConnection } from './watch-connection.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
/** The oldest server that all statements are run on in our tests. */
const OLDEST_SERVER = 15;
/** The lock that Kysely's migrator takes, which older programs of ours use: they race with us, too. */
const LOCK = '3853314791062309107';
/** A wait for one table, in ms; shorter than what a sender's loop waits (`LOOP_LIMITS`). */
const LOCK_MS = 2_000;
/** Room for the others between two tries, in ms. */
const PAUSE_MS = 1_000;
/** All tries of one migration, in ms: something holds its tables for good, or for too long to stand here. */
const PATIENCE_MS = 900_000;
const CONNECT_MS = 5_000;
/** Another had the lock, or a deadlock was ended at our cost. */
const AGAIN = new Set(['55P03', '40P01']);

// Without names: asked once, before a pooler is known.
const SERVER = {
  name: '',
  text: `select current_setting('server_version_num')::int as number,
    current_setting('server_version') as version,
    to_regclass('callpermit_migration') is not null as there`,
};
const RAN = { name: '', text: 'select name from callpermit_migration' };

/**
 * Brings the schema up to date; refuses a server that is too old, and a ledger of a newer program.
 * @returns the names of the migrations that ran, empty when there was nothing to do
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  try {
    const known = readdirSync(FOLDER)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => name.replace(/\.sql$/, ''))
      .sort();
    const applied = await look(database);
    const unknown = [...applied].filter((name) => !known.includes(name));
    if (unknown.length > 0) throw newer(unknown);
    const missing = known.filter((name) => !applied.has(name));
    return missing.length === 0 ? [] : await runAll(database.connectionString, missing);
  } catch (error) {
    throw error instanceof ProblemError ? error : asInfrastructure(error);
  }
}

/** The names of the migrations that ran. */
async function look(database: Database): Promise<ReadonlySet<string>> {
  const [server] = await database.run<{ number: number; version: string; there: boolean }>(
    SERVER,
    [],
  );
  if (server !== undefined && server.number < OLDEST_SERVER * 10_000) throw tooOld(server.version);
  if (server?.there !== true) return new Set();
  const ran = await database.run<{ name: string }>(RAN, []);
  return new Set(ran.map(({ name }) => name));
}

/** On a connection of its own: a migration may take longer than anything else may. */
async function runAll(connectionString: string, names: readonly string[]): Promise<string[]> {
  const address = { connectionString, connectionTimeoutMillis: CONNECT_MS, keepAlive: true };
  const client = new pg.Client({ ...address, application_name: 'callpermit-migrate' });
  // Heard by the statement under way.
  client.on('error', () => undefined);
  await client.connect();
  watchConnection(client, address);
  try {
    const ran: string[] = [];
    for (const name of names) if (await runPatiently(client, name)) ran.push(name);
    return ran;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function runPatiently(client: pg.Client, name: string): Promise<boolean> {
  const began = performance.now();
  for (;;) {
    try {
      return await runOne(client, name);
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      if (!AGAIN.has(sqlState(error))) throw error;
      if (performance.now() - began > PATIENCE_MS) {
        const message = `the migration ${name} had no turn at its tables in ${PATIENCE_MS / 60_000} minutes`;
        throw new InfrastructureError('database', message, { cause: error });
      }
      // Not all at the same time, where many processes start at once.
      await sleep(PAUSE_MS * (1 + Math.random()));
    }
  }
}

/** Whether it was this process that ran it. */
async function runOne(client: pg.Client, name: string): Promise<boolean> {
  await client.query('begin');
  // A role or a database may have a time-out of its own.
  await client.query(`set local lock_timeout = ${LOCK_MS}; set local statement_timeout = 0`);
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  // As Kysely made it.
  await client.query(
    `create table if not exists callpermit_migration (
      name varchar(255) primary key, "timestamp" varchar(255) not null)`,
  );
  const taken = await client.query(
    'insert into callpermit_migration values ($1, $2) on conflict (name) do nothing',
    [name, new Date().toISOString()],
  );
  if (taken.rowCount === 1)
    await client.query(readFileSync(new URL(`${name}.sql`, FOLDER), 'utf8'));
  await client.query('commit');
  return taken.rowCount === 1;
}

function tooOld(version: string): ProblemError {
  return new ProblemError(
    problem(
      'DATABASE_TOO_OLD',
      `The database is Postgres ${version}; callpermit needs ${OLDEST_SERVER} or newer.`,
      { where: 'DATABASE_URL', next: 'Upgrade the server, or name another one.' },
    ),
  );
}

function newer(unknown: readonly string[]): ProblemError {
  return new ProblemError(
    problem(
      'LEDGER_NEWER',
      `The ledger belongs to a newer callpermit: this one does not know its schema ${unknown.join(', ')}.`,
      { where: 'DATABASE_URL', next: 'Start the newer program; those that run already may go on.' },
    ),
  );
}
