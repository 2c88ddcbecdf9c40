/**
 * One temporary folder and one embedded Postgres for a run. Its start is not waited for: tests of
 * pure rules do not need it, the others read `postgres.json` when they do (`postgres.ts`).
 */
import { mkdtemp, realpath, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileSources } from './compile.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function globalSetup() {
  const runDir = await mkdtemp(join(await realpath(tmpdir()), 'callpermit-test-'));
  process.env.CALLPERMIT_TEST_RUN = runDir;
  globalThis.callpermitPostgres = start(runDir).catch((error) => ({ error }));
}

async function start(runDir) {
  let server;
  let answer;
  try {
    const compiled = join(runDir, 'compiled');
    await compileSources(root, compiled);
    const entry = pathToFileURL(join(compiled, 'src/ledger/embedded/index.js'));
    const { startEmbeddedPostgres } = await import(entry.href);
    server = await startEmbeddedPostgres({
      dataDir: join(runDir, 'data'),
      keeperEntry: join(compiled, 'workers/postgres-keeper.js'),
    });
    answer = { connectionString: server.connectionString };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  // Renamed into place, so that nobody reads half of it.
  await writeFile(join(runDir, 'postgres.json.new'), JSON.stringify(answer));
  await rename(join(runDir, 'postgres.json.new'), join(runDir, 'postgres.json'));
  return server;
}
