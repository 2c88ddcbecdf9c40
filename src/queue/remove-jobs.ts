/** Takes jobs of one person out of a queue, but for those that are being worked on. */
import type { Job, JobType, Queue } from 'bullmq';
import { within } from './within.ts';

/** Jobs that are looked at at once. */
const PAGE = 500;
const COMMAND_MS = 5_000;
const ENDED: readonly JobType[] = ['completed', 'failed'];
// With those that wait BullMQ gives those of a paused queue.
const WAITING: readonly JobType[] = ['waiting', 'delayed', 'prioritized'];

/** Removes those of which `isTheirs` is true; gives how many. Where the tables are not there, nothing is in them. */
export async function removeJobs(
  backend: { isEmptiness(error: unknown): boolean },
  queue: Queue,
  isTheirs: (data: unknown) => boolean,
): Promise<number> {
  try {
    return await removeSome(queue, isTheirs);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (backend.isEmptiness(cause ?? error)) return 0;
    throw error;
  }
}

async function removeSome(queue: Queue, isTheirs: (data: unknown) => boolean): Promise<number> {
  const found: Job[] = [];
  for (const type of [...ENDED, ...WAITING]) {
    for (let first = 0; ; first += PAGE) {
      const page = await within(
        COMMAND_MS,
        'jobs',
        queue.getJobs([type], first, first + PAGE - 1, true),
      );
      // One that is gone by now is not there.
      found.push(...page.filter((job) => job?.id !== undefined && isTheirs(job.data)));
      if (page.length < PAGE) break;
    }
  }
  let removed = 0;
  for (const { id = '' } of found) removed += await within(COMMAND_MS, 'remove', queue.remove(id));
  return removed;
}
