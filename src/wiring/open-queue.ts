/** Opens the queue: BullMQ on Redis where `REDIS_URL` is, else in the ledger's database. */
import type { Telemetry } from 'bullmq';
import type { Config } from '../config/config.ts';
import { given } from '../core/given.ts';
import { asInfrastructure } from '../ledger/database.ts';
import type { Reach } from '../ledger/past-pooler.ts';
import { openPool } from '../ledger/pool.ts';
import { sessionlessClient } from '../ledger/sessionless-client.ts';
import type { queueAdapter } from '../queue/adapter.ts';
import { type Logger, stateLog } from '../telemetry/log.ts';

type OpenQueue = ReturnType<typeof queueAdapter>;

/** Opens it; a Postgres out of reach is thrown as such. */
export async function openQueue(
  config: Config,
  log: Logger,
  connectionString: string,
  p: Reach & { readonly isLookedAt: boolean; readonly telemetry?: Telemetry },
): Promise<OpenQueue> {
  const { route, listenUrl, isLookedAt } = p;
  const watched = given({ telemetry: p.telemetry });
  const { queueAdapter } = await import('../queue/adapter.ts');
  const { postgresBackend, QUEUE_POOL, QUEUE_SCHEMA, redisBackend } = await import(
    '../queue/backend.ts'
  );
  const state = stateLog(log, { down: 'queue connection lost: trying again', up: 'queue back' });
  const onError = (error: Error) => {
    // A job whose lock ended while the queue was away runs again elsewhere: the claim is for that.
    if (isLookedAt || /lock|missing key/i.test(error.message)) log.debug({ err: error }, 'queue');
    else state.down(error);
  };
  const { name, max } = QUEUE_POOL;
  const heard = listenUrl === undefined ? {} : { listenUrl };
  const pool =
    route === 'transactions'
      ? { name, max, client: sessionlessClient({ schema: QUEUE_SCHEMA, ...heard }) }
      : QUEUE_POOL;
  return queueAdapter(
    config.redisUrl === undefined
      ? await postgresBackend(openPool(connectionString, { ...pool, onError }), onError, {
          isWoken: listenUrl !== undefined,
          makesTables: !isLookedAt,
          ...watched,
        }).catch((error: unknown) => {
          throw asInfrastructure(error);
        })
      : redisBackend(config.redisUrl, onError, { onReady: state.up, ...watched }),
    (error) => log.error({ err: error }, 'bug'),
  );
}
