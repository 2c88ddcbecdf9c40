/**
 * Subscriptions that stand in settings. Each process that has the setting renews its row; where none has it any more, the row
 * ends a day later, and what waited for it goes. A night without a process loses nothing.
 */
import type { EventsConfig } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { EventStore } from '../core/ports/index.ts';

/** Of `EVENTS_URL`. */
const SETTINGS_ID = 'settings';
/** Of `EVENTS_QUEUE`. */
const QUEUE_ID = 'queue';

const UNTIL_MS = 86_400_000;

/** Writes down that they are wanted. */
export async function renewSettings(
  store: Pick<EventStore, 'subscribe'>,
  { url, types, queue }: EventsConfig,
): Promise<void> {
  const untilMs = UNTIL_MS;
  if (url !== undefined)
    await store.subscribe({ id: SETTINGS_ID, kind: 'settings', url, untilMs, ...given({ types }) });
  if (queue) await store.subscribe({ id: QUEUE_ID, kind: 'queue', untilMs });
}
