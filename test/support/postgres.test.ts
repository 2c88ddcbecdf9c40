/** Runs once on each Postgres; were both the same one, the second run of every suite would show nothing. */
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, isOldestPostgres } from './postgres.ts';

/** The oldest that the documents promise, and the embedded one that package.json names. */
const OLDEST_POSTGRES = 15;
const NEWEST_POSTGRES = 18;

test('the tests of the oldest Postgres run on it, the others on the embedded one', async () => {
  const database = await createTestDatabase({ migrated: false });
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version_num') as version`,
  );
  await client.end();
  await database.drop();
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  // Whoever names a server of their own chooses its version.
  const named = isOldestPostgres() && process.env.TEST_POSTGRES_URL;
  const expected = isOldestPostgres() ? OLDEST_POSTGRES : NEWEST_POSTGRES;
  expect(major).toBe(named ? Math.max(major, OLDEST_POSTGRES) : expected);
});
