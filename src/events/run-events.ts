/**
 * What `api` and `up` do with events: new ones are moved to the log, and told to whom this process can tell. Several
 * processes share the work, and what a dead one held is taken over. Those that send have no part in it: a body of JSON
 * for each of 80 messages a second would come between a claim and its send time.
 */
import type { EventsConfig } from '../config/config.ts';
import { loop } from '../core/loop.ts';
import type { Clock, EventQueuePort, EventStore, EventSubscription } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';
import { AT_ONCE, deliver } from './deliver.ts';
import { enqueue } from './enqueue.ts';
import { openPoster, type Poster } from './post.ts';
import { relayEvents } from './relay.ts';
import { proofOf, secretOf } from './secrets.ts';
import { renewSettings } from './settings-subscriptions.ts';

/** What it runs with. */
export interface EventsSetup {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: EventStore;
  readonly config: EventsConfig;
  /** Where `EVENTS_QUEUE` is on. */
  queue(): Promise<Pick<EventQueuePort, 'add' | 'waiting'>>;
  /** Whoever reads streams of this process looks again. */
  readonly onRelayed?: () => void;
}

/** Running. */
export interface RunningEvents {
  close(): Promise<void>;
}

const DELIVER_MS = 500;
const KEEP_MS = 60_000;
const BATCH = 1_000;
const TIDY_ROWS = 10_000;
/** What is under way when the process ends may still take so long; it is told again by another else. */
const CLOSE_MS = 5_000;

/** Starts it. */
export function runEvents(setup: EventsSetup): RunningEvents {
  const { clock, log, store } = setup;
  let closing = false;
  const isClosing = () => closing;
  const posters = new Map<string, Promise<Poster>>();
  const working = new Map<string, Promise<void>>();
  const untold = new Set<string>();
  const report = (what: string) => (error: unknown) => {
    if (error === undefined) return;
    if (error instanceof InfrastructureError) log.debug({ err: error }, what);
    else log.error({ err: error }, what);
  };

  const relaying = relayEvents({
    ...{ clock, store, report: report('events are not moved for now') },
    onMoved() {
      delivering.wake();
      setup.onRelayed?.();
    },
  });

  /** One worker a subscription: one that hangs holds up no other. */
  const delivering = loop(clock, DELIVER_MS, report('events are not told for now'), async () => {
    for (const one of await store.subscriptions()) {
      if (closing || one.disabledAt !== null || working.has(one.id) || !canTell(one)) continue;
      const run = work(one)
        .catch(report('a subscription is not told for now'))
        .finally(() => void working.delete(one.id));
      working.set(one.id, run);
    }
  });

  async function work(one: EventSubscription): Promise<void> {
    const { id: subscription } = one;
    const common = { clock, store, subscription, isClosing };
    if (one.kind === 'queue') {
      await enqueue({ ...common, queue: await setup.queue() });
      return;
    }
    const line = await posterOf(one);
    await deliver({ ...common, post: (event) => line.post(event) });
  }

  /** A process without the key or the setting leaves it to others, and says so once. */
  function canTell({ id, kind, keyProof }: EventSubscription): boolean {
    if (kind === 'queue') return setup.config.queue;
    if (kind === 'settings') return setup.config.url !== undefined;
    const { key } = setup.config;
    if (key !== undefined && keyProof !== null && proofOf(key).equals(keyProof)) return true;
    if (!untold.has(id)) {
      untold.add(id);
      const why = key === undefined ? 'EVENTS_KEY is not set' : 'EVENTS_KEY is another one';
      log.warn({ subscription: id }, `${why}: this subscription is left to other processes`);
    }
    return false;
  }

  function posterOf({ id, kind, url }: EventSubscription): Promise<Poster> {
    const { key, secret, allowPrivate } = setup.config;
    const at = kind === 'settings' ? setup.config.url : url;
    const by = kind === 'settings' ? secret?.reveal() : key && secretOf(key, id);
    if (at == null || by === undefined) throw new Error('it was looked at before');
    const name = `${id} ${at}`;
    const open =
      posters.get(name) ?? openPoster({ url: at, secret: by, allowPrivate, connections: AT_ONCE });
    posters.set(name, open);
    return open;
  }

  const keeping = loop(clock, KEEP_MS, report('events are not kept for now'), async () => {
    await renewSettings(store, setup.config);
    await store.keepDays(setup.config.retentionDays);
    while (!closing && (await store.tellExpiring(BATCH)) === BATCH);
    while (!closing && (await store.tidy(TIDY_ROWS)) >= TIDY_ROWS);
    const ids = new Set((await store.subscriptions()).map(({ id }) => id));
    for (const [name, poster] of posters) {
      const [id = ''] = name.split(' ');
      if (ids.has(id) || working.has(id)) continue;
      posters.delete(name);
      await (await poster).close();
    }
  });

  return {
    async close() {
      closing = true;
      await Promise.all([relaying.close(), delivering.close(), keeping.close()]);
      const ended = Promise.all(working.values());
      await Promise.race([ended, clock.sleep(CLOSE_MS, { idle: true })]);
      for (const poster of posters.values()) await (await poster).close();
      // Cut off, they end at once and are given back.
      await ended;
    },
  };
}
