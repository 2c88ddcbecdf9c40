/**
 * A plain BullMQ worker with BullMQ's own limiter, as tutorials show it: takes a job, makes the POST.
 * No ledger, no claim, nothing recorded. Its settings are its one argument, as JSON.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';

/** What it is started with. */
export interface LimiterSettings {
  readonly redis: string;
  readonly url: string;
  readonly queue: string;
  readonly limiter: { readonly max: number; readonly duration: number };
  readonly concurrency: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as LimiterSettings;
const connection = new Redis(settings.redis, { maxRetriesPerRequest: null });
const pool = new Pool(settings.url, { connections: settings.concurrency });

const worker = new Worker<{ readonly to: string }>(
  settings.queue,
  async ({ data }) => {
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: data.to, type: 'template' });
    const answer = await pool.request({ path: '/', method: 'POST', body });
    await answer.body.dump();
  },
  { connection, limiter: settings.limiter, concurrency: settings.concurrency },
);
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
process.once('SIGTERM', () => process.exit());
