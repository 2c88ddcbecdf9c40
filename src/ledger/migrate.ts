/** Migrations: `.sql` files in order, run by Kysely's migrator, whose lock lets any number race. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { asInfrastructure } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
const TABLE = 'callpermit_migration';

/**
 * Brings the schema up to date.
 * @returns the names of the migrations that ran, empty when there was nothing to do
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  if (await isUpToDate(database, files.map(nameOf))) return [];
  // 262 files, a tenth of a second and more: every command would wait for them.
  const { Kysely, Migrator, PostgresDialect, sql } = await import('kysely');
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: database.pool }) }),
    provider: {
      async getMigrations() {
        return Object.fromEntries(
          files.map((name) => [
            nameOf(name),
            {
              up: (db: Kysely<unknown>) =>
                sql
                  .raw(readFileSync(new URL(name, FOLDER), 'utf8'))
                  .execute(db)
                  .then(() => undefined),
            },
          ]),
        );
      },
    },
    migrationTableName: TABLE,
    migrationLockTableName: 'callpermit_migration_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw asInfrastructure(error);
  return (results ?? []).map((r) => r.migrationName);
}

/** Whether the migrations that ran are these and no others; all else is the migrator's to judge. */
async function isUpToDate(database: Database, names: readonly string[]): Promise<boolean> {
  try {
    const { pool } = database;
    const found = await pool.query<{ there: boolean }>(
      'select to_regclass($1) is not null as there',
      [TABLE],
    );
    if (found.rows[0]?.there !== true) return false;
    const ran = await pool.query<{ name: string }>(`select name from ${TABLE}`);
    return (
      ran.rows
        .map(({ name }) => name)
        .sort()
        .join() === names.join()
    );
  } catch (error) {
    throw asInfrastructure(error);
  }
}

function nameOf(file: string): string {
  return file.replace(/\.sql$/, '');
}
