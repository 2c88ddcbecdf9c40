/** Events in a process: moved to the log, told to subscribers, and readers of streams hear of them at once. */
import type { Config } from '../config/config.ts';
import type { EventQueuePort } from '../core/ports/index.ts';
import type { RunningEvents } from '../events/run-events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { systemClock } from '../telemetry/clock.ts';
import type { Logger } from '../telemetry/log.ts';

/** Who hears that there are new events in the log. */
export interface EventNews {
  /** Calls `wake` after each move, until what it gives is called. */
  onRelayed(wake: () => void): () => void;
  tell(): void;
}

/** Makes it. */
export function eventNews(): EventNews {
  const wakes = new Set<() => void>();
  return {
    onRelayed(wake) {
      wakes.add(wake);
      return () => void wakes.delete(wake);
    },
    tell() {
      for (const wake of wakes) wake();
    },
  };
}

/** Starts to move and tell them; its parts are loaded by the first process that does. */
export async function startEvents(
  app: {
    readonly config: Config;
    readonly log: Logger;
    readonly ledger: Pick<Ledger, 'events'>;
    readonly eventNews: EventNews;
  },
  queue: () => Promise<EventQueuePort>,
): Promise<RunningEvents> {
  const { runEvents } = await import('../events/run-events.ts');
  return runEvents({
    ...{ clock: systemClock, log: app.log, queue, store: app.ledger.events },
    config: app.config.events,
    onRelayed: () => app.eventNews.tell(),
  });
}
