/**
 * Batches in which nobody waits, told as one line in a while: doubled or forged jobs, those of an older program, and
 * those whose rows went back since.
 */
import type { Clock } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

const TELL_AGAIN_MS = 10_000;
const MOST_NAMED = 10;

/** Makes the report of one dispatcher; `flush` tells what is not told yet. */
export function emptyBatches(log: Logger, clock: Pick<Clock, 'now'>) {
  let named: number[] = [];
  let count = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  function flush(): void {
    if (count === 0) return;
    log.warn(
      { batches: named, count },
      'jobs refused: nobody waits in their batches (doubled, forged, or fed again since)',
    );
    toldAt = clock.now();
    named = [];
    count = 0;
  }

  return {
    add(batches: readonly number[]): void {
      count += batches.length;
      named.push(...batches.slice(0, MOST_NAMED - named.length));
      if (clock.now() - toldAt > TELL_AGAIN_MS) flush();
    },
    flush,
  };
}
