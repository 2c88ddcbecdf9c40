/**
 * One temporary folder and one embedded Postgres for a run. Its start is not waited for: tests of
 * pure rules do not need it, the others read `postgres.json` when they do (`postgres.ts`).
 */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileSources } from './compile.mjs';
import { announce, enterRunFolder } from './run-folder.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function globalSetup() {
  const runDir = await enterRunFolder();
  globalThis.callpermitPostgres = start(runDir).catch((error) => ({ error }));
}

async function start(runDir) {
  let server;
  let answer;
  try {
    const compiled = join(runDir, 'compiled');
    await compileSources(root, compiled);
    const entry = pathToFileURL(join(compiled, 'src/embedded-postgres/index.js'));
    const { startEmbeddedPostgres } = await import(entry.href);
    server = await startEmbeddedPostgres({
      dataDir: join(runDir, 'data'),
      keeperEntry: join(compiled, 'workers/postgres-keeper.js'),
    });
    answer = { connectionString: server.connectionString };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  await announce(runDir, 'postgres', answer);
  return server;
}
