/**
 * Jobs that no row waits for, told as one line in a while: a campaign that was paused and resumed
 * leaves a whole window of them behind, and a claim meets them a handful at a time.
 */
import type { Clock, QueueJob } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

const SAY_AGAIN_MS = 10_000;
const MOST_NAMED = 10;

/** Takes note of such jobs; `flush` tells what is not told yet. */
export interface ForeignJobs {
  add(jobs: readonly QueueJob[]): void;
  flush(): void;
}

/** Makes the report of one dispatcher. */
export function foreignJobs(log: Logger, clock: Pick<Clock, 'now'>): ForeignJobs {
  let named: string[] = [];
  let count = 0;
  let saidAt = Number.NEGATIVE_INFINITY;

  function flush(): void {
    if (count === 0) return;
    log.warn(
      { jobs: named, count },
      'jobs refused: no row waits for them (doubled, forged, or fed again since)',
    );
    saidAt = clock.now();
    named = [];
    count = 0;
  }

  return {
    add(jobs) {
      count += jobs.length;
      const more = jobs.slice(0, MOST_NAMED - named.length);
      named.push(...more.map((job) => `${job.request}-${job.feed}`));
      if (clock.now() - saidAt > SAY_AGAIN_MS) flush();
    },
    flush,
  };
}
