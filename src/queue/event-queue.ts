/**
 * The queue of events: jobs for other programs to take. The id of a job is that of its event, so that what is added twice is
 * one job while it is kept.
 */
import type { JobsOptions, Queue } from 'bullmq';
import type { EventQueuePort } from '../core/ports/index.ts';
import type { EventBackend } from './backend.ts';
import { removeJobs } from './remove-jobs.ts';
import { within } from './within.ts';

const COMMAND_MS = 5_000;
/** A taken one is kept for so long that it is not added again; failed ones stay to be looked at. Ages in s. */
const KEPT: JobsOptions = {
  removeOnComplete: { age: 3_600, count: 10_000 },
  removeOnFail: { age: 7 * 86_400, count: 10_000 },
  attempts: 10,
  backoff: { type: 'exponential', delay: 1_000 },
};

/** Opens it by its first use; also gives BullMQ's own queue, for the dashboard. */
export function eventQueue(
  backend: EventBackend,
): EventQueuePort & { queue(): Queue; close(): Promise<void> } {
  let open: Queue | undefined;
  const queue = () => {
    open ??= backend.eventQueue();
    return open;
  };
  return {
    queue,
    async add(events) {
      const jobs = events.map(({ id, type, occurredAt, data }) => ({
        name: type,
        data: { id, type, occurredAt, data },
        opts: { ...KEPT, jobId: id },
      }));
      await within(COMMAND_MS, 'add', queue().addBulk(jobs));
    },
    waiting: () => within(COMMAND_MS, 'waiting', queue().getWaitingCount()),
    remove: (isTheirs) => removeJobs(backend, queue(), isTheirs),
    close: async () => {
      await open?.close();
    },
  };
}
