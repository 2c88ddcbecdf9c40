/**
 * How a process reaches its ledger and hears of what others do: past a pooler of transactions only by a second
 * address, which must lead to the same ledger and to no pooler, or nothing would ever be heard there.
 */
import { InfrastructureError, ProblemError, problem } from '../core/problem.ts';
import { type Database, openDatabase } from './database.ts';
import type { Route } from './route.ts';

/** How the ledger is reached. */
export interface Reach {
  readonly route: Route;
  /** Where `listen` works; absent: nowhere, and news is looked for. */
  readonly listenUrl?: string;
}

/**
 * Finds out what stands before the database; refuses what cannot work.
 * @param directUrl leads past a pooler, where one is set
 */
export async function reach(database: Database, directUrl: string | undefined): Promise<Reach> {
  const route = await database.route();
  if (route === 'statements') throw statementsOnly();
  if (route !== 'transactions') return { route, listenUrl: database.connectionString };
  return directUrl === undefined ? { route } : { route, listenUrl: directUrl };
}

/** Makes sure of `DATABASE_DIRECT_URL`. */
export async function checkDirect(directUrl: string, ledgerId: string): Promise<void> {
  const direct = openDatabase(directUrl, { max: 1 });
  try {
    const route = await direct.route();
    if (route === 'transactions' || route === 'statements') throw pooledToo();
    const rows = await direct.run<{ id: string }>(IDENTITY, []);
    if (rows[0]?.id !== ledgerId) throw anotherLedger();
  } catch (error) {
    if (error instanceof InfrastructureError) throw unreachable(error);
    // A database without our tables.
    throw error instanceof ProblemError ? error : anotherLedger();
  } finally {
    await direct.close();
  }
}

const IDENTITY = { name: '', text: 'select id::text from ledger_identity' };
const DIRECT = 'DATABASE_DIRECT_URL';
const WHERE_FROM =
  'the address without the pooler: Postgres itself with pgbouncer, "direct connection" with Supabase, the host without "-pooler" with Neon';

function statementsOnly(): ProblemError {
  const message = `A pooler stands before the database that allows no transactions (pool_mode = statement).`;
  const next = 'Set it to pool_mode = transaction, or name the database itself.';
  return new ProblemError(problem('DATABASE_POOLED', message, { where: 'DATABASE_URL', next }));
}

function pooledToo(): ProblemError {
  const message = `${DIRECT} leads to a transaction pooler too: nothing can be heard there.`;
  const next = `Set it to ${WHERE_FROM}; or leave it out.`;
  return new ProblemError(problem('DATABASE_POOLED', message, { where: DIRECT, next }));
}

function anotherLedger(): ProblemError {
  const message = `${DIRECT} leads to another database than DATABASE_URL.`;
  const next = `Set it to ${WHERE_FROM}; or leave it out.`;
  return new ProblemError(problem('SETTING_INVALID', message, { where: DIRECT, next }));
}

function unreachable(error: InfrastructureError): ProblemError {
  const message = `The database cannot be reached by ${DIRECT}: ${error.message}.`;
  const next = `Set it to ${WHERE_FROM}; or leave it out, and news is looked for instead.`;
  const found = problem('DATABASE_UNREACHABLE', message, { where: DIRECT, next });
  return new ProblemError(found, { cause: error });
}
