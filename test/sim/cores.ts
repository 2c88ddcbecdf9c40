/** Many seeds on all cores: a few at a time to each worker thread, whichever is free. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SeedsDone, SeedsTask } from './seed-worker.ts';
import type { SeedsReport } from './seeds.ts';

/** Seeds of one task: some seconds of work, so that progress is seen. */
const AT_ONCE = 50;

/** Runs seeds; `onDone` hears how many are done and how many of them failed, `onFailure` of an example of each kind. */
export async function runOnCores(p: {
  readonly first: number;
  readonly seeds: number;
  readonly events: number;
  /** The real statements run on this server, in a database of each core's own. */
  readonly connectionString?: string | undefined;
  readonly onDone: (done: number, failed: number) => void;
  readonly onFailure: (text: string) => void;
}): Promise<SeedsReport> {
  const failed = new Map<string, number[]>();
  let posts = 0;
  let steps = 0;
  let begun = 0;
  let done = 0;

  function nextTask(): SeedsTask | undefined {
    const seeds = Math.min(AT_ONCE, p.seeds - begun);
    if (seeds === 0) return undefined;
    const task = { first: p.first + begun, seeds, events: p.events, known: [...failed.keys()] };
    begun += seeds;
    return task;
  }

  function take({ report, failures }: SeedsDone): void {
    const isNew = [...report.failed.keys()].some((rule) => !failed.has(rule));
    for (const [rule, seeds] of report.failed)
      failed.set(
        rule,
        [...(failed.get(rule) ?? []), ...seeds].sort((a, b) => a - b),
      );
    if (isNew) for (const text of failures) p.onFailure(text);
    posts += report.posts;
    steps += report.steps;
    done += report.seeds;
    p.onDone(
      done,
      [...failed.values()].reduce((n, seeds) => n + seeds.length, 0),
    );
  }

  async function work(): Promise<void> {
    const file = new URL(`./seed-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData: p.connectionString });
    let answered: (done: SeedsDone) => void = () => undefined;
    worker.on('message', (done: SeedsDone) => answered(done));
    const broke = new Promise<never>((_, reject) => worker.once('error', reject));
    try {
      for (let task = nextTask(); task !== undefined; task = nextTask()) {
        const answer = new Promise<SeedsDone>((resolve) => {
          answered = resolve;
        });
        worker.postMessage(task);
        take(await Promise.race([answer, broke]));
      }
    } finally {
      await worker.terminate();
    }
  }

  const workers = Math.min(availableParallelism(), Math.ceil(p.seeds / AT_ONCE));
  await Promise.all(Array.from({ length: workers }, work));
  return { seeds: p.seeds, failed, posts, steps };
}
