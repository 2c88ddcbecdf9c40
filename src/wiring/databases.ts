/** The pools of a process: who waits for what is decided by who shares connections with whom. */
import { given } from '../core/given.ts';
import { type Database, openDatabase, PEOPLE_CONNECTIONS } from '../ledger/database.ts';
import { EVENT_CONNECTIONS } from '../ledger/events.ts';
import { FIGURES_CONNECTIONS } from '../ledger/figures.ts';
import { APPLYING_CONNECTIONS } from '../ledger/replies.ts';
import { WEBHOOK_CONNECTIONS } from '../ledger/webhooks.ts';
import type { Logger } from '../telemetry/log.ts';

/** The same database by several pools; each makes its connections when they are needed. */
export interface Databases {
  readonly sending: Database;
  readonly people: Database;
  readonly arriving: Database;
  readonly applying: Database;
  readonly telling: Database;
  readonly figures: Database;
  /** By name, to be counted. */
  readonly pools: Readonly<Record<string, Database['pool']>>;
  close(): Promise<void>;
}

/**
 * Opens them; nothing is connected yet.
 * @param watch looks at what is asked of them
 */
export function openDatabases(
  connectionString: string,
  log: Logger,
  watch: (database: Database) => Database = (database) => database,
): Databases {
  const onError = (error: Error) => log.debug({ err: error }, 'database connection lost');
  const open = (max?: number) =>
    watch(openDatabase(connectionString, { onError, ...given({ max }) }));
  const all = {
    sending: open(),
    people: open(PEOPLE_CONNECTIONS),
    arriving: open(WEBHOOK_CONNECTIONS),
    applying: open(APPLYING_CONNECTIONS),
    telling: open(EVENT_CONNECTIONS),
    figures: open(FIGURES_CONNECTIONS),
  };
  return {
    ...all,
    pools: Object.fromEntries(Object.entries(all).map(([name, { pool }]) => [name, pool])),
    async close() {
      await Promise.all(Object.values(all).map((database) => database.close()));
    },
  };
}
