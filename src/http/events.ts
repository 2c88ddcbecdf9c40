/** `/v1/events`: what was told, to whom it is told, and telling it again. */

import type { EventSubscription, ListedEvent, SubscriptionStanding } from '../core/ports/index.ts';
import {
  addSubscription,
  removeSubscription,
  replayEvent,
  replayEvents,
} from '../events/manage.ts';
import { shownEvent } from '../events/stream.ts';
import type { App } from '../wiring.ts';
import {
  eventSubscription,
  events,
  eventsCursor,
  eventsQuery,
  madeSubscription,
  newReplay,
  newSubscription,
  replayed,
  subscriptionPath,
  subscriptions,
  subscriptionsQuery,
} from './event-schemas.ts';
import { unwrap } from './find-campaign.ts';
import { onePage, pageOfAll, placeOf, readCursor } from './pages.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the routes of events. */
export function eventRoutes(server: HttpServer, app: Pick<App, 'ledger' | 'config'>): void {
  const tags = ['events'];
  const store = app.ledger.events;

  server.get(
    '/v1/events',
    {
      config: { scope: 'read' },
      schema: {
        ...{ tags, operationId: 'listEvents', summary: 'What was told, the newest first' },
        querystring: eventsQuery,
        response: { 200: events },
      },
    },
    async ({ query }) => {
      const cursor = readCursor(query.after, eventsCursor);
      const found = await store.list({
        ...{ types: query.type, since: query.since, state: query.state },
        ...{ campaignId: query.campaign, before: cursor?.[0], limit: query.limit + 1 },
      });
      const { items, next } = onePage(found, query.limit, ({ pos }) => [pos]);
      return { events: items.map(listed), next };
    },
  );

  server.get(
    '/v1/events/subscriptions',
    {
      // Addresses may hold what opens them.
      config: { scope: 'admin' },
      schema: {
        ...{ tags, operationId: 'listEventSubscriptions', summary: 'Who is told' },
        querystring: subscriptionsQuery,
        response: { 200: subscriptions },
      },
    },
    async ({ query }) => {
      const { items, next } = pageOfAll(await store.standing(), query, placeOf);
      return { subscriptions: items.map(shown), next };
    },
  );

  server.post(
    '/v1/events/subscriptions',
    {
      config: { scope: 'admin' },
      schema: {
        ...{ tags, operationId: 'addEventSubscription' },
        summary: 'Have events posted to an address, from now on',
        body: newSubscription,
        response: { 201: madeSubscription },
      },
    },
    async (request, reply) => {
      const made = unwrap(await addSubscription(store, app.config.events, request.body));
      const { subscription, secret } = made;
      return reply.code(201).send({ ...shown({ ...subscription, pending: 0, dead: 0 }), secret });
    },
  );

  server.delete(
    '/v1/events/subscriptions/:id',
    {
      config: { scope: 'admin' },
      schema: {
        ...{ tags, operationId: 'removeEventSubscription' },
        summary: 'Tell an address nothing more; what waits for it is dropped',
        params: subscriptionPath,
        response: { 200: eventSubscription },
      },
    },
    async (request) => {
      const removed = unwrap(await removeSubscription(store, request.params.id));
      return shown({ ...removed, pending: 0, dead: 0 });
    },
  );

  server.post(
    '/v1/events/replay',
    {
      config: { scope: 'admin' },
      schema: {
        ...{ tags, operationId: 'replayEvents' },
        summary: 'Tell events again, by the ids they had',
        body: newReplay,
        response: { 200: replayed },
      },
    },
    async ({ body: { event, since, types, subscription } }) => {
      if (event !== undefined)
        return { deliveries: unwrap(await replayEvent(store, { event, subscription })) };
      // The schema wants one of them.
      if (since === undefined) throw new Error('expected a time or an event, got neither');
      return { deliveries: unwrap(await replayEvents(store, { since, types, subscription })) };
    },
  );
}

function listed(event: ListedEvent) {
  const { state, tries, nextAt, lastError } = event;
  return { ...shownEvent(event), state, tries, nextAt: nextAt?.toISOString() ?? null, lastError };
}

function shown(one: EventSubscription & Pick<SubscriptionStanding, 'pending' | 'dead'>) {
  const { id, kind, url, types, lastError, pending, dead } = one;
  return {
    ...{ id, kind, url, lastError, pending, dead },
    types: types === null ? null : [...types],
    createdAt: one.createdAt.toISOString(),
    disabledAt: one.disabledAt?.toISOString() ?? null,
    disabledReason: one.disabledWhy,
    lastDeliveredAt: one.lastOkAt?.toISOString() ?? null,
    lastErrorAt: one.lastErrorAt?.toISOString() ?? null,
  };
}
