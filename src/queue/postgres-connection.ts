/**
 * BullMQ's connection to Postgres, for databases that go away. As it comes it remembers for good that it could
 * not look at its tables once, at its beginning: whatever is asked then fails at once, and a worker, which asks
 * on without a pause, keeps its process from everything else, signals included (seen in a chaos run: a sender
 * started while Postgres was restarted). Here nothing is remembered, since the tables were made before, and a
 * worker that was refused waits before it asks again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BackendFactory,
  PostgresConnection,
  type PostgresConnectionOptions,
  PostgresQueueBackend,
} from 'bullmq';

/** Between two questions of a worker while the database refuses them, in ms. */
const PAUSE_MS = 250;

class UnrememberingConnection extends PostgresConnection {
  override waitUntilReady(): Promise<void> {
    return Promise.resolve();
  }
}

class PausingBackend extends PostgresQueueBackend {
  override moveToActive(
    token: string,
    name?: string,
  ): ReturnType<PostgresQueueBackend['moveToActive']> {
    return slowly(super.moveToActive(token, name));
  }

  override waitForJob(blockTimeout: number): ReturnType<PostgresQueueBackend['waitForJob']> {
    return slowly(super.waitForJob(blockTimeout));
  }
}

/** Makes what a queue or a worker asks Postgres by; the tables are there. */
export const createPostgresBackend: BackendFactory<
  PostgresQueueBackend,
  PostgresConnectionOptions
> = (name, opts, { withBlockingConnection = false } = {}) =>
  new PausingBackend(
    new UnrememberingConnection(opts.connection),
    name,
    opts,
    true,
    // What BullMQ finds the workers of a queue by.
    withBlockingConnection ? name : undefined,
  );

async function slowly<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    await sleep(PAUSE_MS);
    throw error;
  }
}
