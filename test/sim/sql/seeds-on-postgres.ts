/** The simulation with the real statements on the Postgres of this test run, for the files that share it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runSeeds } from '../seeds.ts';
import { openSqlServer, type SqlServer } from './server.ts';

const SEEDS = 25;
/** Other seeds on each of the two servers, so that a hundred are run in all; four times as many there is `npm run sim`. */
const FURTHER = process.env.CALLPERMIT_TEST_POSTGRES === undefined ? 0 : 2 * SEEDS;
/** Half a second a seed; ten times as long on a busy machine. */
const BUSY_MS = 600_000;

/** A database that goes by the run's time, for the file that calls this; it is there once the tests run. */
export function useSqlServer(): () => SqlServer {
  let database: TestDatabase | undefined;
  let server: SqlServer | undefined;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    server = await openSqlServer(database.connectionString);
  });
  afterAll(async () => {
    await server?.close();
    await database?.drop();
  });
  return () => {
    if (server === undefined) throw new Error('the database is there only once the tests run');
    return server;
  };
}

/** Tests every second seed from `first` on: odd ones have the hostile scheduler. */
export function testSeedsOnPostgres(p: { readonly first: number; readonly order: string }): void {
  const server = useSqlServer();
  test(
    `${SEEDS} seeds with the real statements, ${p.order}: no promise is broken, and each statement does what the model says`,
    async () => {
      const failures: string[] = [];
      const report = await runSeeds({
        ...{ first: p.first + FURTHER, step: 2, seeds: SEEDS, events: 300 },
        onFailure: (text) => failures.push(text),
        mode: { server: server() },
      });
      expect(failures.join('\n\n')).toBe('');
      expect(report.posts).toBeGreaterThan(SEEDS * 5);
    },
    BUSY_MS,
  );
}
