/**
 * The oldest Postgres of a run, or the one of TEST_POSTGRES_URL. Not waited for either
 * (`global-setup.mjs`).
 */
import { randomBytes } from 'node:crypto';
import { startOldestPostgres } from './oldest-postgres.mjs';
import { announce, enterRunFolder } from './run-folder.mjs';

export default async function globalSetup() {
  const runDir = await enterRunFolder();
  globalThis.callpermitOldest = start(runDir).catch((error) => ({ error }));
}

async function start(runDir) {
  const theirs = process.env.TEST_POSTGRES_URL;
  if (theirs) {
    // It outlives the run: the next one must not find this one's schema.
    const template = `callpermit_migrated_${randomBytes(4).toString('hex')}`;
    const answer = { connectionString: theirs, template };
    await announce(runDir, 'postgres-oldest', answer);
    return answer;
  }
  let server;
  let answer;
  try {
    server = await startOldestPostgres();
    answer = { connectionString: server.connectionString };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  await announce(runDir, 'postgres-oldest', answer);
  return server;
}
