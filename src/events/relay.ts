/** New events are moved to the log, where whoever tells them finds them; any process may do it, one does at a time. */
import { type Loop, loop } from '../core/loop.ts';
import type { Clock, EventStore } from '../core/ports/index.ts';

// How soon a change is told, at most: a look costs a statement that finds nothing.
const RELAY_MS = 250;
const BATCH = 1_000;

/** Moves them until it is closed; `onMoved` hears of each batch. */
export function relayEvents(p: {
  readonly clock: Pick<Clock, 'after' | 'random'>;
  readonly store: Pick<EventStore, 'relay'>;
  report(error: unknown): void;
  onMoved(): void;
}): Loop {
  let closing = false;
  const relaying = loop(p.clock, RELAY_MS, p.report, async () => {
    let moved: number;
    do {
      moved = await p.store.relay(BATCH);
      if (moved > 0) p.onMoved();
    } while (!closing && moved === BATCH);
  });
  return {
    wake: relaying.wake,
    close() {
      closing = true;
      return relaying.close();
    },
  };
}
