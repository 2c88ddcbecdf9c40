/**
 * What callpermit is compared with: a plain BullMQ worker as tutorials show it. One job a message, the POST, and nothing
 * recorded: no ledger, no claim, no rate of its own (`feeder.ts` adds its jobs at the rate). Settings are its one argument.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { bodyOf, HEADERS, PATH, type PlainMessage } from './plain-message.ts';

/** What it is started with, as JSON. */
export interface PlainSettings {
  readonly redis: string;
  /** Of the measuring server. */
  readonly url: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly by: 'axios' | 'undici';
}

const settings = JSON.parse(process.argv[2] ?? '{}') as PlainSettings;
const post = settings.by === 'axios' ? await overAxios() : await overUndici();

const worker = new Worker<PlainMessage>(settings.queue, ({ data }) => post(data), {
  connection: new Redis(settings.redis, { maxRetriesPerRequest: null }),
  concurrency: settings.concurrency,
});
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
worker.on('failed', (_job, error) => process.stderr.write(`${error.message}\n`));
process.once('SIGTERM', () => process.exit());
await worker.waitUntilReady();
process.stdout.write('ready\n');

/** As it comes: its own adapter, Node's agent, which keeps connections alive. */
async function overAxios(): Promise<(message: PlainMessage) => Promise<void>> {
  const { default: axios } = await import('axios');
  return async (message) => {
    await axios.post(`${settings.url}${PATH}`, bodyOf(message), { headers: HEADERS });
  };
}

async function overUndici(): Promise<(message: PlainMessage) => Promise<void>> {
  const { Pool } = await import('undici');
  const pool = new Pool(settings.url, { connections: settings.concurrency });
  return async (message) => {
    const body = JSON.stringify(bodyOf(message));
    const answer = await pool.request({ path: PATH, method: 'POST', headers: HEADERS, body });
    await answer.body.json();
  };
}
