/** What people do with events: subscriptions are added and removed, and what was told is told again. */
import { randomBytes } from 'node:crypto';
import type { EventsConfig } from '../config/config.ts';
import { eventsUrl } from '../config/events.ts';
import type { EventType } from '../core/events/event-types.ts';
import { given } from '../core/given.ts';
import type { EventStore, EventSubscription } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isPrivateLiteral, notPublic } from './public-addresses.ts';
import { proofOf, secretOf } from './secrets.ts';

/** A subscription that was made; the secret is shown this once. */
export interface MadeSubscription {
  readonly subscription: EventSubscription;
  /** By which a receiver verifies: `whsec_...`. */
  readonly secret: string;
}

type Store = Pick<EventStore, 'subscribe' | 'unsubscribe' | 'subscriptions' | 'replay'>;

/** Adds a subscription. Events from now on are told to it. */
export async function addSubscription(
  store: Store,
  config: EventsConfig,
  p: { readonly url: string; readonly types?: readonly EventType[] | undefined },
): Promise<Result<MadeSubscription, Problem>> {
  const { key } = config;
  if (key === undefined) return err(keyMissing());
  const url = eventsUrl(config.allowPrivate)(p.url);
  if (!url.ok)
    return err(problem('USAGE', `The address is none; expected ${url.error}.`, { where: 'url' }));
  const { hostname } = new URL(url.value);
  if (!config.allowPrivate && isPrivateLiteral(hostname))
    return err(problem('USAGE', `${notPublic(hostname).message}.`, { where: 'url' }));
  const id = `sub_${randomBytes(8).toString('hex')}`;
  const subscription = await store.subscribe({
    ...{ id, kind: 'http', url: url.value, keyProof: proofOf(key) },
    ...given({ types: p.types }),
  });
  return ok({ subscription, secret: secretOf(key, id) });
}

/** Removes a subscription; what waits for it is dropped. */
export async function removeSubscription(
  store: Store,
  id: string,
): Promise<Result<EventSubscription, Problem>> {
  const removed = await store.unsubscribe(id);
  return removed === undefined ? err(noSubscription(id)) : ok(removed);
}

/**
 * Tells events again, by the ids they had, to one subscription or to all.
 * @returns how many deliveries wait by it
 */
export async function replayEvents(
  store: Store,
  p: {
    readonly since: Date;
    readonly types?: readonly EventType[] | undefined;
    readonly subscription?: string | undefined;
  },
): Promise<Result<number, Problem>> {
  const ids =
    p.subscription === undefined
      ? (await store.subscriptions()).filter((one) => one.disabledAt === null).map(({ id }) => id)
      : [p.subscription];
  let n = 0;
  for (const subscription of ids) {
    const replayed = await store.replay({ subscription, since: p.since, types: p.types });
    if (replayed === undefined && p.subscription !== undefined)
      return err(noSubscription(subscription));
    n += replayed ?? 0;
  }
  return ok(n);
}

/**
 * Tells one event again to those with whom it was given up, or to one of them.
 * @returns how many deliveries wait by it
 */
export async function replayEvent(
  store: Pick<EventStore, 'replayDead'>,
  p: { readonly event: string; readonly subscription?: string | undefined },
): Promise<Result<number, Problem>> {
  const n = await store.replayDead(p);
  if (n > 0) return ok(n);
  return err(
    problem('NOT_FOUND', `Event ${p.event} was given up with nobody who is told.`, {
      where: p.event,
      next: 'See: callpermit events list --state dead, or GET /v1/events?state=dead. Told ones are told again by a time.',
    }),
  );
}

function noSubscription(id: string): Problem {
  return problem('NOT_FOUND', `There is no subscription ${id} in force.`, {
    where: id,
    next: 'See: callpermit events subscriptions list, or GET /v1/events/subscriptions.',
  });
}

function keyMissing(): Problem {
  return problem(
    'SETTING_MISSING',
    'EVENTS_KEY is not set: the secrets of subscriptions are made from it.',
    {
      where: 'EVENTS_KEY',
      next: 'Set it to a long random text (openssl rand -hex 32), and keep it.',
    },
  );
}
