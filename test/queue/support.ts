/** Adapters on real backends, and waiting for events instead of for time. */
import { afterAll, beforeAll } from '@jest/globals';
import type { BatchJob, FedBatch, JobEnd, QueueWorker } from '../../src/core/ports/index.ts';
import { openPool } from '../../src/ledger/pool.ts';
import { queueAdapter } from '../../src/queue/adapter.ts';
import { postgresBackend, QUEUE_POOL, redisBackend } from '../../src/queue/backend.ts';
import type { QueueGround } from '../support/queues.ts';

/** Values that come in, and who waits for so many of them. */
export class Gate<T> {
  readonly values: T[] = [];
  readonly #waiters: { readonly n: number; readonly resolve: (values: readonly T[]) => void }[] =
    [];

  push(value: T): void {
    this.values.push(value);
    for (const waiter of this.#waiters.splice(0)) {
      if (this.values.length >= waiter.n) waiter.resolve(this.values);
      else this.#waiters.push(waiter);
    }
  }

  /** Resolves once so many have come in all; jest's time limit ends the waiting. */
  until(n: number): Promise<readonly T[]> {
    return new Promise((resolve) => {
      if (this.values.length >= n) resolve(this.values);
      else this.#waiters.push({ n, resolve });
    });
  }
}

/** Looks again and again; jest's time limit ends the looking. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}

/** An adapter on the queue of a test. */
export type Adapter = ReturnType<typeof queueAdapter>;

/** Opens one more. */
export async function openAdapter(
  ground: Pick<QueueGround, 'redisUrl' | 'databaseUrl'>,
): Promise<Adapter> {
  const ignore = () => undefined;
  return queueAdapter(
    ground.redisUrl === undefined
      ? await postgresBackend(openPool(ground.databaseUrl, QUEUE_POOL), ignore)
      : redisBackend(ground.redisUrl, ignore),
  );
}

/** So many batches of a campaign: numbers from 1 on, or from another one. */
export function jobs(
  n: number,
  more: Partial<FedBatch> & { readonly from?: number } = {},
): FedBatch[] {
  const { from = 1, ...given } = more;
  return Array.from({ length: n }, (_, i) => ({
    batch: from + i,
    size: 20,
    single: false,
    campaign: 'Spring',
    ...given,
  }));
}

/** Batches by their numbers. */
export const numbers = (batches: readonly { readonly batch: number }[]) =>
  batches.map(({ batch }) => batch);

/** Takes so many jobs of each kind at once. */
export function taker(
  handle: (job: BatchJob) => Promise<unknown>,
  most = 10,
): { handle(job: BatchJob): Promise<JobEnd>; hasRoom(single: boolean): boolean; most: number } {
  const held = { true: 0, false: 0 };
  const one = {
    most,
    async handle(job: BatchJob) {
      const kind = job.single ? 'true' : 'false';
      held[kind] += 1;
      return ((await handle(job).finally(() => {
        held[kind] -= 1;
      })) ?? {}) as JobEnd;
    },
    hasRoom: (single: boolean) => held[single ? 'true' : 'false'] < one.most,
  };
  return one;
}

/** An adapter of a test file and its workers, all closed at the end. */
export function useAdapter(ground: QueueGround) {
  let open: Adapter | undefined;
  let senders = 0;
  const workers: QueueWorker[] = [];

  beforeAll(async () => {
    open = await openAdapter(ground);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await open?.close();
  });

  const bench = {
    get adapter(): Adapter {
      if (open === undefined) throw new Error('the adapter is there only once the tests run');
      return open;
    },
    /** A queue nobody else has. */
    newSender(): string {
      senders += 1;
      return `10654000000${senders}`;
    },
    work(
      senderId: string,
      handle: (job: BatchJob) => Promise<unknown>,
      most = 10,
    ): QueueWorker & { setMost(n: number): void } {
      const given = taker(handle, most);
      const worker = bench.adapter.work(senderId, given);
      workers.push(worker);
      worker.look();
      return {
        ...worker,
        setMost(n) {
          given.most = n;
          worker.look();
        },
      };
    },
    /** Completes every job and lets wait until so many have come. */
    collect(senderId: string, most?: number): Gate<BatchJob> {
      const gate = new Gate<BatchJob>();
      bench.work(senderId, async (job) => gate.push(job), most);
      return gate;
    },
    /** BullMQ's own queue of campaigns. */
    queue: (senderId: string) => bench.adapter.queues(senderId)[0],
  };
  return bench;
}
