/** Migrations: `.sql` files in order, run by Kysely's migrator, whose lock lets any number race. */
import { readdirSync, readFileSync } from 'node:fs';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import type { Database } from './database.ts';
import { asInfrastructure } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the schema up to date.
 * @returns the names of the migrations that ran, empty when there was nothing to do
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: database.pool }) }),
    provider: {
      async getMigrations() {
        const files = readdirSync(FOLDER)
          .filter((name) => name.endsWith('.sql'))
          .sort();
        return Object.fromEntries(
          files.map((name) => [
            name.replace(/\.sql$/, ''),
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
    migrationTableName: 'callpermit_migration',
    migrationLockTableName: 'callpermit_migration_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw asInfrastructure(error);
  return (results ?? []).map((r) => r.migrationName);
}
