/**
 * Where BullMQ keeps its jobs: Redis where there is a URL, else its Postgres backend in the ledger's
 * database (schema `bullmq`). Both hold a small window of work and may be lost at any moment.
 */
import type { Job, PostgresConnectionOptions, Telemetry, WorkerOptions } from 'bullmq';
import { Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { EVENTS_QUEUE } from '../core/events/event-types.ts';
import { given } from '../core/given.ts';
import { INTAKE_QUEUE } from '../core/intake-queue.ts';
import type { JobEnd } from '../core/ports/index.ts';
import type { JobData, TakenJob } from './job.ts';
import { createPostgresBackend } from './postgres-connection.ts';
import { complaintOf, type QueueFacts, redisFacts } from './redis-facts.ts';

/** Opens the intake queue, which others add to: under BullMQ's own prefix, so that they need no option. */
export interface IntakeBackend {
  intakeQueue(): Queue;
  intakeWorker(
    process: (job: Job, token?: string) => Promise<unknown>,
    options: Pick<WorkerOptions, 'concurrency' | 'removeOnComplete' | 'removeOnFail'>,
  ): Worker;
  isEmptiness(error: unknown): boolean;
}

/** Opens the queue of events, which others take from; under BullMQ's own prefix, too. */
export interface EventBackend {
  eventQueue(): Queue;
  isEmptiness(error: unknown): boolean;
}

/** Opens queues and workers on one of the two backends. */
export interface QueueBackend extends IntakeBackend, EventBackend {
  readonly kind: 'redis' | 'postgres';
  /** Whether an error says that its tables are not there: nothing was ever put into it. */
  isEmptiness(error: unknown): boolean;
  queue(name: string, prefix: string): Queue<JobData>;
  worker(
    name: string,
    prefix: string,
    process: (job: TakenJob) => Promise<JobEnd>,
    concurrency: number,
  ): Worker<JobData>;
  ping(): Promise<void>;
  /** What is wrong with it although it answers, as a text for an operator; `null`: nothing. */
  complaint(): Promise<string | null>;
  /** What `doctor` says of it. */
  facts(): Promise<QueueFacts>;
  close(): Promise<void>;
}

// The claim makes running a job twice harmless, so a stalled one is always run again:
// with `maxStalledCount: 0` all jobs in flight of a killed worker end as failed (measured).
// `drainDelay` is for how many seconds an idle worker's command blocks on Redis.
const WORKER = {
  maxStalledCount: 1_000,
  lockDuration: 30_000,
  stalledInterval: 15_000,
  drainDelay: 3,
} as const;

// A job of the intake queue takes milliseconds, and who added it waits for its answer: what a dead process held is begun
// again within 20 s.
const INTAKE_LOCKS = { lockDuration: 15_000, stalledInterval: 5_000 } as const;

/** An idle worker that is not woken looks for jobs so often, in s; what a job waits at most. */
const LOOK_EVERY_S = 0.25;

// A connection on which a command has had no answer for so long is made again, and the command is sent
// again: a NAT that forgot it drops all packets silently. Longer than a command that blocks. In ms.
const SOCKET_MS = 6_000;
const KEEP_ALIVE_MS = 10_000;
const CONNECT_MS = 5_000;

// Kept for the dashboard only. A batch number is never used again, so that a kept job swallows no new one.
const JOB = {
  attempts: 1,
  removeOnComplete: { count: 200 },
  removeOnFail: { count: 200 },
} as const;

/**
 * Opens the Redis backend.
 * @param url `redis://` or `rediss://`
 * @param onError called with every connection error; unheard ones would print themselves
 * @param p.telemetry sees what jobs pass
 */
export function redisBackend(
  url: string,
  onError: (error: Error) => void,
  p: { readonly onReady?: () => void; readonly telemetry?: Telemetry } = {},
): QueueBackend {
  const { onReady = () => undefined } = p;
  const watched = given({ telemetry: p.telemetry });
  // BullMQ wants `maxRetriesPerRequest: null`: commands wait for the connection rather than fail.
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    socketTimeout: SOCKET_MS,
    keepAlive: KEEP_ALIVE_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  redis.on('error', onError);
  redis.on('ready', onReady);
  return {
    kind: 'redis',
    isEmptiness: () => false,
    queue(name, prefix) {
      const queue = new Queue<JobData>(name, {
        ...watched,
        connection: redis,
        prefix,
        defaultJobOptions: JOB,
      });
      queue.on('error', onError);
      return queue;
    },
    worker(name, prefix, process, concurrency) {
      const options = { ...WORKER, ...watched, connection: redis, prefix, concurrency };
      const worker = new Worker<JobData>(name, (job) => process(job), options);
      worker.on('error', onError);
      return worker;
    },
    intakeQueue() {
      const queue = new Queue(INTAKE_QUEUE, { ...watched, connection: redis });
      queue.on('error', onError);
      return queue;
    },
    eventQueue() {
      const queue = new Queue(EVENTS_QUEUE, { connection: redis });
      queue.on('error', onError);
      return queue;
    },
    intakeWorker(process, more) {
      const options = { ...WORKER, ...INTAKE_LOCKS, ...more, ...watched, connection: redis };
      const worker = new Worker(INTAKE_QUEUE, process, options);
      worker.on('error', onError);
      return worker;
    },
    async ping() {
      await redis.ping();
    },
    complaint: async () => complaintOf(await redis.info('memory')),
    facts: () => redisFacts(redis),
    async close() {
      redis.disconnect();
    },
  };
}

/** A pool of connections, watched by whoever opens it, and an end that comes. */
export interface QueuePool {
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** BullMQ's tables are in a schema of their own, and its statements name none. */
export const QUEUE_SCHEMA = 'bullmq';

/** How the pool of the Postgres backend is to be. */
export const QUEUE_POOL = {
  name: 'callpermit-queue',
  options: `-c search_path=${QUEUE_SCHEMA}`,
  // Five connections complete jobs side by side, and each worker listens on one of its own, which it
  // keeps: without a place for it, a third sender would leave none to work with.
  max: 5,
} as const;

/**
 * Opens the Postgres backend.
 * @param connections to the ledger's database, as {@link QUEUE_POOL} says; closed with the backend
 * @param p.isWoken workers hear of new jobs over their connection; else they look for them
 * @param p.makesTables `false`: it is only looked at, as it is
 */
export async function postgresBackend(
  connections: QueuePool,
  onError: (error: Error) => void,
  p: {
    readonly isWoken: boolean;
    readonly makesTables?: boolean;
    readonly telemetry?: Telemetry;
  } = { isWoken: true },
): Promise<QueueBackend> {
  // A pool of our own: BullMQ cannot load `pg` by itself where `require` does not exist (ES modules).
  const { pool } = connections;
  // Each queue and each worker hears the pool's errors as well.
  pool.setMaxListeners(0);
  const { makesTables = true } = p;
  const watched = given({ telemetry: p.telemetry });
  try {
    if (makesTables) await makeTables(pool);
  } catch (error) {
    await connections.close().catch(onError);
    throw error;
  }
  let isMaking = false;
  /** Tables that somebody dropped under us are made again: the ledger fills them. */
  function onQueueError(error: Error): void {
    onError(error);
    if (!makesTables || isMaking || !isEmptiness(error)) return;
    isMaking = true;
    void makeTables(pool)
      .catch(onError)
      .finally(() => {
        isMaking = false;
      });
  }
  const waits = p.isWoken ? WORKER.drainDelay : LOOK_EVERY_S;
  // BullMQ describes the part of `pg.Pool` that it uses more loosely than `@types/pg` does.
  const connection = pool as unknown as PostgresConnectionOptions;
  return {
    kind: 'postgres',
    isEmptiness,
    queue(name) {
      const queue = new Queue(
        name,
        { ...watched, connection, defaultJobOptions: JOB },
        createPostgresBackend,
      );
      queue.on('error', onQueueError);
      // The same class over another backend; its type parameter is all that differs.
      return queue as unknown as Queue<JobData>;
    },
    worker(name, _prefix, process, concurrency) {
      pool.options.max += 1;
      const options = { ...WORKER, ...watched, drainDelay: waits, connection, concurrency };
      const worker = new Worker(
        name,
        (job: Job<JobData>) => process(job),
        options,
        createPostgresBackend,
      );
      worker.on('error', onQueueError);
      return worker as unknown as Worker<JobData>;
    },
    intakeQueue() {
      const queue = new Queue(INTAKE_QUEUE, { ...watched, connection }, createPostgresBackend);
      queue.on('error', onQueueError);
      return queue as unknown as Queue;
    },
    eventQueue() {
      const queue = new Queue(EVENTS_QUEUE, { connection }, createPostgresBackend);
      queue.on('error', onQueueError);
      return queue as unknown as Queue;
    },
    intakeWorker(process, more) {
      pool.options.max += 1;
      const options = {
        ...{ ...WORKER, drainDelay: waits, ...INTAKE_LOCKS, ...more },
        ...watched,
        connection,
      };
      const worker = new Worker(INTAKE_QUEUE, process, options, createPostgresBackend);
      worker.on('error', onQueueError);
      return worker as unknown as Worker;
    },
    async ping() {
      await pool.query('select 1');
    },
    complaint: () => Promise.resolve(null),
    facts: () => Promise.resolve({ text: 'BullMQ on Postgres', warnings: [] }),
    close: () => connections.close(),
  };
}

/** No such table, no such schema, no such function: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const GONE: ReadonlySet<string> = new Set(['42P01', '3F000', '42883']);

function isEmptiness(error: unknown): boolean {
  return GONE.has(String((error as { readonly code?: unknown } | null | undefined)?.code));
}

async function makeTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    client.release(true);
  }
}
