/** What tests of the intake queue stand on: a callpermit that takes jobs, and a service that knows BullMQ alone. */
import { createPostgresBackend, type Job, Queue } from 'bullmq';
import pg from 'pg';
import { readConfig } from '../../src/config/read-config.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { type App, openApp } from '../../src/wiring.ts';
import type { QueueGround } from '../support/queues.ts';

type Ground = Pick<QueueGround, 'databaseUrl' | 'redisUrl'>;

/** Meta, with the approved templates `t` (`{{1}}`) and one that waits for approval. */
export function startMeta(): Promise<Simulator> {
  return startSimulator({
    profile: {
      messagesPerSecond: 100_000,
      templates: [{ name: 't' }, { name: 'late' }, { name: 'waiting', status: 'PENDING' }],
    },
  });
}

/** Settings of a callpermit on these grounds. */
export function settingsOf(ground: Ground, simulator: Simulator): Record<string, string> {
  return {
    GRAPH_BASE_URL: simulator.url,
    WHATSAPP_ACCESS_TOKEN: simulator.token,
    WHATSAPP_PHONE_NUMBER_ID: simulator.phoneNumberId,
    WHATSAPP_BUSINESS_ACCOUNT_ID: simulator.businessAccountId,
    MESSAGES_PER_SECOND: '500',
    DATABASE_URL: ground.databaseUrl,
    PORT: '0',
    ...(ground.redisUrl === undefined ? {} : { REDIS_URL: ground.redisUrl }),
  };
}

/** An open callpermit, and what it has logged. */
export async function open(
  env: Readonly<Record<string, string>>,
): Promise<App & { logged(): string }> {
  let logged = '';
  const stream = {
    write: (line: string) => {
      logged += line;
    },
  };
  const config = readConfig(env);
  if (!config.ok) throw new Error(config.error.map((p) => p.message).join(' '));
  const log = createLogger({ level: 'debug', name: 'test', stream });
  const app = await openApp(config.value, log, { queue: 'needed' });
  if (!app.ok) throw new Error(app.error.message);
  return { ...app.value, logged: () => logged };
}

/** The queue as another service opens it, with nothing of ours. */
export function openAsOther(ground: Ground): { queue: Queue; close(): Promise<void> } {
  if (ground.redisUrl !== undefined) {
    const queue = new Queue('callpermit-intake', { connection: { url: ground.redisUrl } });
    return { queue, close: () => queue.close() };
  }
  const pool = new pg.Pool({
    connectionString: ground.databaseUrl,
    options: '-c search_path=bullmq',
  });
  // A database that is dropped at the end of the file says so to whoever is still connected.
  pool.on('error', () => undefined);
  const queue = new Queue(
    'callpermit-intake',
    { connection: pool as never },
    createPostgresBackend,
  ) as unknown as Queue;
  return {
    queue,
    async close() {
      await queue.close();
      await pool.end();
    },
  };
}

/** A job's data: one person, with what may be said beside. */
export function person(i: number, more: object = {}): Record<string, unknown> {
  const to = `+1650${String(2_000_000 + i)}`;
  return { to, template: 't', language: 'en', parameters: ['Ann'], ...more };
}

/** How a job ended, once it has. */
export async function ended(queue: Queue, id: string | undefined): Promise<Job> {
  for (;;) {
    const state = await queue.getJobState(id ?? '');
    if (state === 'completed' || state === 'failed') {
      const job = await queue.getJob(id ?? '');
      if (job !== undefined) return job;
    }
    if (state === 'unknown') throw new Error(`job ${id} is gone`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The requests in the ledger: whom, and of which key. */
export async function requestsIn(
  databaseUrl: string,
): Promise<readonly { to_number: string; reference: string | null; idempotency_key: string }[]> {
  return query(
    databaseUrl,
    `select r.to_number, r.reference, c.idempotency_key from requests r join campaigns c on c.id = r.campaign_id order by r.id`,
  );
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  text: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
