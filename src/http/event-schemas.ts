/** What goes in and out of `/v1/events`. The events themselves are in `core/events/event.ts`. */
import { z } from 'zod';
import { eventTypeSchema } from '../core/events/event.ts';
import { EVENT_STATES, EVENT_TYPES } from '../core/events/event-types.ts';
import { next, page } from './pages.ts';
import { strictObject } from './strict-object.ts';

const time = z.string().nullable().describe('ISO 8601 in UTC.');
const since = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .describe('ISO 8601 with a zone.');
const subscriptionId = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'a subscription id is letters and digits')
  .describe('The id that `POST /v1/events/subscriptions` answered; `settings` is EVENTS_URL.');
const types = z
  .array(eventTypeSchema)
  .min(1)
  .max(EVENT_TYPES.length)
  .optional()
  .describe('Only these types; all where it is left out.');

/** Query of `GET /v1/events`. */
export const eventsQuery = strictObject({
  type: z
    .string()
    .transform((text) => text.split(',').map((type) => type.trim()))
    .pipe(z.array(eventTypeSchema))
    .optional()
    .describe('Only these types, separated by commas.'),
  since: since.optional().describe('Only what happened since then: ISO 8601 with a zone.'),
  state: z
    .enum(EVENT_STATES)
    .optional()
    .describe('`pending`: a subscriber is still to be told; `dead`: given up with one.'),
  campaign: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'a campaign id is letters and digits')
    .optional()
    .describe('Only of this campaign.'),
  ...page,
});

/** What the cursor of that list holds. */
export const eventsCursor = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const listedEvent = z
  .object({
    id: z.string(),
    type: eventTypeSchema,
    occurredAt: z.string(),
    data: z.record(z.string(), z.unknown()).describe('As in the event of this type.'),
    state: z.enum(EVENT_STATES),
    tries: z.number().int(),
    nextAt: time.describe('When it is tried next.'),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'ListedEvent' });

/** Answer of `GET /v1/events`. */
export const events = z.object({ events: z.array(listedEvent), next }).meta({ id: 'EventPage' });

/** Body of `POST /v1/events/subscriptions`. */
export const newSubscription = strictObject({
  url: z.string().max(2_000).describe('Where events are posted.'),
  types,
}).meta({ id: 'NewEventSubscription' });

const subscription = z.object({
  id: z.string(),
  kind: z.enum(['http', 'settings', 'queue']).describe('`settings`: EVENTS_URL; `queue`: jobs.'),
  url: z.string().nullable(),
  types: z.array(eventTypeSchema).nullable().describe('Null: all.'),
  createdAt: time,
  disabledAt: time.describe('Since when nothing is told to it: the receiver answered 410.'),
  disabledReason: z.string().nullable(),
  lastDeliveredAt: time,
  lastError: z.string().nullable(),
  lastErrorAt: time,
  pending: z.number().describe('Events that are still to be told.'),
  dead: z.number().describe('Events that were given up after a day.'),
});

/** A subscription as answers show it. */
export const eventSubscription = subscription.meta({ id: 'EventSubscription' });

/** Answer of `POST /v1/events/subscriptions`. */
export const madeSubscription = subscription
  .extend({ secret: z.string().describe('To verify signatures by; shown this once.') })
  .meta({ id: 'MadeEventSubscription' });

/** Query of `GET /v1/events/subscriptions`. */
export const subscriptionsQuery = strictObject(page);

/** Answer of `GET /v1/events/subscriptions`. */
export const subscriptions = z
  .object({ subscriptions: z.array(eventSubscription), next })
  .meta({ id: 'EventSubscriptionPage' });

/** Path of one subscription. */
export const subscriptionPath = z.object({ id: subscriptionId });

/** Body of `POST /v1/events/replay`. */
export const newReplay = strictObject({
  since: since.optional().describe('All since then: ISO 8601 with a zone.'),
  event: z
    .string()
    .regex(/^[\w-]{1,100}$/, 'an event id is letters and digits')
    .optional()
    .describe('Or this one alone, to those with whom it was given up.'),
  types,
  subscription: subscriptionId.optional().describe('Only to this one; else to all.'),
})
  .refine(
    ({ since: from, event, types: some }) =>
      event === undefined ? from !== undefined : from === undefined && some === undefined,
    { error: 'give since, and types if you like, or event' },
  )
  .meta({ id: 'NewEventReplay' });

/** Answer of it. */
export const replayed = z
  .object({ deliveries: z.number().int().describe('How many are to be told again.') })
  .meta({ id: 'EventReplay' });

/** Query of the stream of a campaign. */
export const campaignStreamQuery = strictObject({
  only: z.enum(['progress']).optional().describe('No events but `progress`.'),
});

/** Header of a stream that is taken up again. */
export const streamHeaders = z.object({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('Id of the last event that was read; what came since is told first.'),
});
