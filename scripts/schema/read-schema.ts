/** What a database's schema is, read from its catalog: the text that `test/ledger/schema.sql` holds. */
import { readFileSync } from 'node:fs';
import type { Pool, PoolClient } from 'pg';

const TEXT = readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
const HEAD = `-- The schema as all migrations together leave it, told by Postgres's catalog.
-- Not run by anything and not written by hand: after a new migration, \`npm run schema\` writes it.`;

/**
 * The whole text of the file: types, tables with their indexes and triggers, functions as they are now.
 * Postgres 15 and 18 give the same.
 */
export async function readSchema(pool: Pool | PoolClient): Promise<string> {
  const { rows } = await pool.query<{ text: string }>(TEXT);
  return `${[HEAD, ...rows.map(({ text }) => text)].join('\n\n')}\n`;
}
