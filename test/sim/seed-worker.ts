/** One core's part of `npm run sim`: runs the seeds it is told and says what they came to, until it is ended. */
import { parentPort } from 'node:worker_threads';
import { runSeeds, type SeedsReport } from './seeds.ts';

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
  /** Examples of promises that were broken, in words. */
  readonly failures: readonly string[];
}

parentPort?.on('message', async (task: SeedsTask) => {
  const failures: string[] = [];
  const report = await runSeeds({ ...task, onFailure: (words) => failures.push(words) });
  parentPort?.postMessage({ report, failures } satisfies SeedsDone);
});
