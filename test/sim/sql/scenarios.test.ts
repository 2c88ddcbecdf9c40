/** Scenarios of attempts that were followed by others, with the real statements: few seeds come upon them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runPlan } from '../run.ts';
import { ATTEMPTS } from '../scenarios/attempts.ts';
import { failureText } from '../seeds.ts';
import { worstOf } from '../shrink.ts';
import { openSqlServer, type SqlServer } from './server.ts';

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

test.each(ATTEMPTS.map(({ name, plan }) => [name, plan] as const))('%s', async (_, plan) => {
  if (server === undefined) throw new Error('the server is there once the tests run');
  const mode = { server };
  const { violations } = await runPlan(plan, undefined, mode);
  const worst = worstOf(violations);
  expect(worst && (await failureText(plan, worst.rule, mode))).toBeUndefined();
});
