/**
 * Waiting for a first claim worth its price. A claim costs the ledger some 3 ms however small, and a start
 * would be busy with claims of a job or two while a worker fetches its jobs one by one.
 */
import type { Clock } from '../core/ports/index.ts';

const LOOK_MS = 40;
const LOOKS = 5;

/**
 * With nothing in hand, waits for more jobs while they come.
 * @param p.enough so many jobs are not waited for
 */
export async function gatherJobs(p: {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly hand: { readonly size: number };
  readonly lanes: { readonly size: number };
  readonly enough: number;
}): Promise<void> {
  for (let i = 0; i < LOOKS && p.hand.size === 0; i += 1) {
    const had = p.lanes.size;
    if (had >= p.enough) return;
    await p.clock.sleep(LOOK_MS);
    if (p.lanes.size === had) return;
  }
}
