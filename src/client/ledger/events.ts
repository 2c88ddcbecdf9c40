/**
 * Events for listeners of the ledger client, by the same streams that the HTTP API tells them by. Its process moves new ones
 * to the log itself while somebody listens: no `api` or `up` need be there.
 */
import type { ToldEvent } from '../../core/events/event-data.ts';
import { loop } from '../../core/loop.ts';
import { relayEvents } from '../../events/relay.ts';
import { type EventStreams, eventStreams, shownEvent } from '../../events/stream.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { App } from '../../wiring.ts';
import type { Told } from '../listen.ts';

/** How often it is looked for permissions that end within a day. */
const EXPIRING_MS = 60_000;
const BATCH = 1_000;

/** Streams of one open ledger. */
export interface LedgerEvents {
  read(p: {
    readonly after: string | undefined;
    readonly signal: AbortSignal;
  }): AsyncGenerator<Told, void>;
  close(): Promise<void>;
}

/** Begins to move events, and tells them to whoever reads. */
export function ledgerEvents(app: Pick<App, 'ledger' | 'log'>): LedgerEvents {
  const { log } = app;
  const store = app.ledger.events;
  const report = (error: unknown) => {
    if (error !== undefined) log.debug({ err: error }, 'events are not moved for now');
  };
  const streams: EventStreams = eventStreams({
    ...{ clock: systemClock, log, events: store },
    progress: async () => undefined,
  });
  const relaying = relayEvents({
    ...{ clock: systemClock, store, report },
    onMoved: () => streams.wake(),
  });
  const expiring = loop(systemClock, EXPIRING_MS, report, async () => {
    while ((await store.tellExpiring(BATCH)) === BATCH);
  });
  return {
    async *read({ after, signal }) {
      for await (const piece of streams.read({ lastEventId: after, signal })) {
        if (piece.kind === 'place') yield { id: piece.id };
        if (piece.kind === 'events')
          for (const event of piece.events)
            yield { id: event.id, event: shownEvent(event) as unknown as ToldEvent };
      }
    },
    async close() {
      streams.close();
      await Promise.all([relaying.close(), expiring.close()]);
    },
  };
}
