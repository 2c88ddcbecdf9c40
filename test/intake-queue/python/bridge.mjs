/** What `bullmq.py` beside it asks for, a line of JSON each: `["add", jobs]`, `["state", id]`, `["get", id]`. */
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';

const [name, url] = process.argv.slice(2);
const queue = new Queue(name, { connection: { url } });
const DO = {
  add: async (jobs) => {
    const read = jobs.map((job) => ({ ...job, data: JSON.parse(job.data) }));
    return (await queue.addBulk(read)).map(({ id }) => ({ id }));
  },
  state: (id) => queue.getJobState(id),
  get: async (id) => {
    const { data, returnvalue, failedReason } = await queue.getJob(id);
    return { id, data, returnvalue, failedReason };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, what] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await DO[verb](what))}\n`);
}
await queue.close();
