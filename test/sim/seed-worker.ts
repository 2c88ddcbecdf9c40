/** One core's part of `npm run sim`: runs the seeds it is told and says what they came to, until it is ended. */
import { parentPort, threadId, workerData } from 'node:worker_threads';
import pg from 'pg';
import { runSeeds, type SeedsReport } from './seeds.ts';
import { openSqlServer } from './sql/server.ts';

/** Some seeds, one after the other. */
export interface SeedsTask {
  readonly first: number;
  readonly seeds: number;
  readonly events: number;
  /** Promises of whose breaking an example has been shrunk already. */
  readonly known: readonly string[];
}

/** What they came to. */
export interface SeedsDone {
  readonly report: SeedsReport;
  /** Examples of promises that were broken, for people. */
  readonly failures: readonly string[];
}

/** A database of this core's own, on the server it was told of, if it was. */
const server =
  typeof workerData === 'string'
    ? await openSqlServer(await newDatabase(workerData, `sim_${threadId}`))
    : undefined;

async function newDatabase(connectionString: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}

parentPort?.on('message', async (task: SeedsTask) => {
  const failures: string[] = [];
  const report = await runSeeds({
    ...task,
    onFailure: (text) => failures.push(text),
    ...(server === undefined ? {} : { mode: { server } }),
  });
  parentPort?.postMessage({ report, failures } satisfies SeedsDone);
});
