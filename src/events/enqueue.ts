/** Events as jobs in the queue `callpermit-events`, in the order of the log. */
import { randomUUID } from 'node:crypto';
import type { Clock, EventQueuePort, EventStore } from '../core/ports/index.ts';
import { retryMs } from './deliver.ts';

/** Added at once. */
const BULK = 500;
const LEASE_MS = 30_000;
/** With so many jobs that nobody took the rest waits in the ledger, which drops what is old. */
const MOST_WAITING = 100_000;
const FULL_MS = 30_000;

/** Adds what waits; gives how many. It is never given up, since a queue that is away comes back. */
export async function enqueue(setup: {
  readonly clock: Pick<Clock, 'random'>;
  readonly store: Pick<EventStore, 'take' | 'finish'>;
  readonly subscription: string;
  readonly queue: Pick<EventQueuePort, 'add' | 'waiting'>;
  isClosing(): boolean;
}): Promise<number> {
  const { store, subscription, queue } = setup;
  let added = 0;
  while (!setup.isClosing()) {
    const claim = randomUUID();
    const taken = await store.take({ subscription, claim, most: BULK, leaseMs: LEASE_MS });
    if (taken.length === 0) return added;
    const finish = (
      end: 'ok' | 'later' | 'back',
      more: { delayMs?: number; error?: string } = {},
    ) =>
      store.finish({
        ...{ subscription, claim },
        ends: taken.map(({ pos }) => ({ pos, end, ...more })),
      });
    try {
      if ((await queue.waiting()) >= MOST_WAITING) {
        await finish('later', { delayMs: FULL_MS, error: `${MOST_WAITING} jobs wait in it` });
        return added;
      }
      await queue.add(taken.flatMap(({ event }) => (event === undefined ? [] : [event])));
    } catch (error) {
      const [{ tries } = { tries: 1 }] = taken;
      const delayMs = Math.min(
        FULL_MS,
        retryMs(tries, () => setup.clock.random()),
      );
      await finish('later', { delayMs, error: String((error as Error).message) });
      throw error;
    }
    await finish('ok');
    added += taken.length;
  }
  return added;
}
