/**
 * What is told to others of a change: the same object as a webhook's body, as the data of a job, and in a stream. Each
 * type is a named schema, so that the OpenAPI description can be made from them.
 */
import { z } from 'zod';
import { CAMPAIGN_STATES } from '../campaign.ts';
import { REQUEST_STATES } from '../request.ts';
import { EVENT_TYPES, type EventType } from './event-types.ts';

const text = z.string().nullable();
const time = z.iso.datetime().nullable();

/** Whose event it is, and of which request. */
const person = {
  to: text.describe('The number as it was given; null where only a user id is known.'),
  userId: text.describe("Meta's id of the person for this business."),
  reference: text.describe('Your own name for the person, as it was handed in.'),
  campaignId: text.describe('Null of a single request.'),
  requestId: text.describe('The id that `POST /v1/requests` answered; null of a line of a list.'),
  row: z.number().int().nullable().describe('The line of the list; null of a single request.'),
  senderId: z.string().describe('Phone number id of the sender.'),
};

const requestData = z
  .object({
    ...person,
    wamid: text.describe("Meta's id of the message."),
    state: z.enum(REQUEST_STATES).describe('State of the request after the change.'),
    code: z.number().int().nullable().describe("Meta's error code."),
    message: text.describe("Meta's words on it."),
    reason: text.describe('Why, in a word of ours, like `pair-limit` or `opted-out`.'),
  })
  .meta({ id: 'RequestEventData' });

const permissionData = z
  .object({
    ...person,
    state: z
      .enum(['temporary', 'permanent', 'declined', 'revoked'])
      .describe('What the permission book says now.'),
    until: time.describe('End of a temporary permission.'),
    reason: z
      .string()
      .describe('Where it is known from: `answer`, `person`, `automatic`, `query`, ...'),
  })
  .meta({ id: 'PermissionEventData' });

const campaignData = z
  .object({
    campaignId: z.string(),
    name: text,
    state: z.enum(CAMPAIGN_STATES),
    was: z.enum(CAMPAIGN_STATES).describe('State before: `paused` of a campaign that goes on.'),
    senderIds: z.array(z.string()),
    template: z.string(),
    language: z.string(),
    reason: z
      .object({
        by: z.enum(['person', 'us']),
        scope: z.enum(['template', 'sender', 'campaign']).optional(),
        code: z.number().optional(),
        message: z.string(),
      })
      .nullable()
      .describe('Why it is paused.'),
  })
  .meta({ id: 'CampaignEventData' });

const templateData = z
  .object({
    accountId: z.string().describe('Id of the WhatsApp business account.'),
    templateId: text,
    template: text.describe('Its name.'),
    language: text,
    what: z
      .string()
      .describe(
        'What changed: `status`, `quality`, `category` of Meta, or `sending` of ours, which is `paused` or `resumed`.',
      ),
    value: z.string(),
    reason: text,
  })
  .meta({ id: 'TemplateEventData' });

const senderData = z
  .object({
    senderId: z.string().describe('Phone number id of the sender.'),
    accountId: z.string().describe('Id of the WhatsApp business account.'),
    code: z.number().nullable().describe("Meta's error code."),
    reason: text,
    until: time.describe('When it is tried again by itself; null where a person must act.'),
  })
  .meta({ id: 'SenderEventData' });

const head = {
  id: z.string().describe('The same at each try: by it what comes twice is told.'),
  occurredAt: z.iso.datetime().describe('When it happened, of deliveries and answers by Meta.'),
};

/** `request.accepted` is `RequestAcceptedEvent`. */
function schemaOf<T extends EventType, D extends z.ZodType>(type: T, data: D, description: string) {
  const id = `${type.replace(/(^|\.)([a-z])/g, (_all, _dot, first: string) => first.toUpperCase())}Event`;
  return z.object({ ...head, type: z.literal(type), data }).meta({ id, description });
}

/** The schema of each type; the OpenAPI description's `webhooks` are made from it. */
export const EVENT_SCHEMAS = {
  'request.accepted': schemaOf('request.accepted', requestData, 'Meta took the message.'),
  'request.rejected': schemaOf('request.rejected', requestData, 'Meta refused the message.'),
  'request.uncertain': schemaOf(
    'request.uncertain',
    requestData,
    'Whether Meta took the message is not known, so nobody sends it again. It may be told `accepted` or `rejected` later.',
  ),
  'request.settled': schemaOf(
    'request.settled',
    requestData,
    'Ended without a message of ours: `already-granted`, `skipped`, `expired` or `cancelled`.',
  ),
  'request.delivered': schemaOf('request.delivered', requestData, 'The message is on the phone.'),
  'request.read': schemaOf(
    'request.read',
    requestData,
    'The message was read. Where Meta tells both at once, `request.delivered` is left out.',
  ),
  'request.failed': schemaOf(
    'request.failed',
    requestData,
    'Meta took the message and could not deliver it.',
  ),
  'permission.granted': schemaOf(
    'permission.granted',
    permissionData,
    'The person may be called, for a time or for good.',
  ),
  'permission.declined': schemaOf(
    'permission.declined',
    permissionData,
    'The person said no to a request.',
  ),
  'permission.revoked': schemaOf(
    'permission.revoked',
    permissionData,
    'A permission was taken back, by the person or by Meta.',
  ),
  'permission.expiring': schemaOf(
    'permission.expiring',
    permissionData,
    'A temporary permission ends within 24 hours. Told once for each end.',
  ),
  'campaign.started': schemaOf(
    'campaign.started',
    campaignData,
    'A campaign runs, or runs again (`was`).',
  ),
  'campaign.paused': schemaOf('campaign.paused', campaignData, 'By a person or by us (`reason`).'),
  'campaign.completed': schemaOf(
    'campaign.completed',
    campaignData,
    'Nobody of the campaign is left to be asked.',
  ),
  'campaign.cancelled': schemaOf('campaign.cancelled', campaignData, 'A person ended it for good.'),
  'template.changed': schemaOf(
    'template.changed',
    templateData,
    'Meta told news of a template, or we stopped to send by it.',
  ),
  'sender.paused': schemaOf('sender.paused', senderData, 'Nothing is sent by this number for now.'),
  'sender.resumed': schemaOf('sender.resumed', senderData, 'It sends again.'),
} as const satisfies Record<EventType, z.ZodType>;

/** Any event: what a receiver may hold what came against. */
export const eventSchema = z.discriminatedUnion('type', [
  EVENT_SCHEMAS['request.accepted'],
  EVENT_SCHEMAS['request.rejected'],
  EVENT_SCHEMAS['request.uncertain'],
  EVENT_SCHEMAS['request.settled'],
  EVENT_SCHEMAS['request.delivered'],
  EVENT_SCHEMAS['request.read'],
  EVENT_SCHEMAS['request.failed'],
  EVENT_SCHEMAS['permission.granted'],
  EVENT_SCHEMAS['permission.declined'],
  EVENT_SCHEMAS['permission.revoked'],
  EVENT_SCHEMAS['permission.expiring'],
  EVENT_SCHEMAS['campaign.started'],
  EVENT_SCHEMAS['campaign.paused'],
  EVENT_SCHEMAS['campaign.completed'],
  EVENT_SCHEMAS['campaign.cancelled'],
  EVENT_SCHEMAS['template.changed'],
  EVENT_SCHEMAS['sender.paused'],
  EVENT_SCHEMAS['sender.resumed'],
]);

/** An event as it is told. */
export type CallpermitEvent = z.infer<typeof eventSchema>;

/** The type of an event as a schema, for queries and bodies. */
export const eventTypeSchema = z.enum(EVENT_TYPES);
