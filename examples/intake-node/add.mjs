/**
 * Asks people by jobs of the intake queue, with BullMQ alone. One JSON object a line on standard input, as
 * docs/intake-queue.md describes it; one line a person on standard output: its reference, and the request or the reason.
 *
 *   REDIS_URL=redis://localhost:6379 node add.mjs < people.ndjson
 */
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';

const queue = new Queue('callpermit-intake', {
  connection: { url: process.env.REDIS_URL ?? 'redis://localhost:6379' },
});

const jobs = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const data = JSON.parse(line);
  jobs.push({
    name: 'call-permission-request',
    data,
    // The same reference is the same job: to run this twice asks nobody twice.
    opts: data.reference === undefined ? {} : { jobId: `intake-${data.reference}` },
  });
}

for (const { id } of await queue.addBulk(jobs)) {
  const job = await ended(id);
  const became =
    job.failedReason === undefined ? `request ${job.returnvalue.id}` : job.failedReason;
  console.log(`${job.data.reference ?? id}\t${became}`);
}
await queue.close();

/** Looks until the job has ended; a long-running service listens with QueueEvents instead. */
async function ended(id) {
  for (;;) {
    const state = await queue.getJobState(id);
    if (state === 'completed' || state === 'failed') return queue.getJob(id);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
