/**
 * What goes in and out over HTTP, once: zod checks requests by it, and `/openapi.json` is made from
 * it. Texts are bounded and free of NUL, which Postgres takes in no text.
 */
import { z } from 'zod';
import { CAMPAIGN_STATES } from '../core/campaign.ts';
import { REQUEST_STATES } from '../core/request.ts';
import { strictObject } from './strict-object.ts';

/** Path of one campaign. */
export const campaignPath = z.object({
  id: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'a campaign id is letters and digits')
    .describe('The id that `POST /v1/campaigns` answered.'),
});

/** The header that makes a POST safe to repeat. */
export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'give 1 to 255 printable ASCII characters')
    .optional()
    .describe('Same key and same body: the first campaign again. Another body: 409.'),
});

/** Query of `GET /v1/campaigns`. */
export const listQuery = strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});

/** Query of an export. */
export const exportQuery = strictObject({
  format: z.enum(['csv', 'ndjson']).default('ndjson'),
  status: z
    .string()
    .transform((text) => text.split(',').map((state) => state.trim()))
    .pipe(z.array(z.enum(REQUEST_STATES)))
    .optional()
    .describe('Only these states, separated by commas.'),
});

const time = z.string().nullable().describe('ISO 8601 in UTC.');
const counts = z
  .object(
    Object.fromEntries(REQUEST_STATES.map((s) => [s, z.number()])) as Record<
      (typeof REQUEST_STATES)[number],
      z.ZodNumber
    >,
  )
  .describe('Requests by state.');

/** A campaign as answers show it. */
export const campaign = z.object({
  id: z.string(),
  name: z.string().nullable(),
  state: z.enum(CAMPAIGN_STATES),
  reason: z
    .object({
      by: z.enum(['person', 'us']),
      scope: z.enum(['template', 'sender', 'campaign']).optional(),
      code: z.number().optional(),
      message: z.string(),
    })
    .nullable(),
  sender: z.string().describe('Of several, the first.'),
  senders: z.array(z.string()),
  template: z.string(),
  language: z.string(),
  counts,
  messageStatuses: z
    .record(z.string(), z.number())
    .describe(
      'Accepted requests by the `message_status` of Meta, where it is another than `accepted`.',
    ),
  refusedLines: z.number().describe('Lines of the list that cannot be asked.'),
  createdAt: time,
  startAt: time.describe('The start it was made with.'),
  scheduledFor: time.describe('When it starts, while it is `running` and that lies ahead.'),
  startedAt: time,
  endedAt: time,
});

const pausedQueues = z
  .array(z.string())
  .describe(
    'Senders of open campaigns whose queue somebody paused in the dashboard: nobody is asked until `resume`.',
  );

/** Answer of `GET /v1/campaigns/{id}`. */
export const lookedAt = campaign.extend({ pausedQueues });

/** Answer of `POST /v1/campaigns/{id}/resume`. */
export const resumed = campaign.extend({
  stuckQueues: z
    .array(z.string())
    .describe(
      'Senders whose queue did not answer: if it is paused in the dashboard, it still is. Repeat the request then.',
    ),
});

/** Answer of `GET /v1/campaigns`. */
export const campaigns = z.object({ campaigns: z.array(campaign), pausedQueues });

const answering = z.enum(['ok', 'no answer']);

/** Answer of `/health/live`. */
export const liveness = z.object({ status: z.literal('live') }).meta({ id: 'Liveness' });

/** Answer of `/health/ready`. */
export const readiness = z.object({
  status: z.literal('ready'),
  checks: z.object({ database: answering, queue: answering }),
  silent: z
    .array(
      z.object({
        sender: z.string().optional().describe('Its phone number id, to callers with a key.'),
        since: z.iso.datetime().nullable(),
        why: z.string(),
      }),
    )
    .describe('Senders that have people to ask and ask nobody, one entry each.'),
});

/** A problem (RFC 9457), for the description of the API. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string().describe('What was wrong.'),
    code: z.string().describe('For programs.'),
    where: z.string().optional(),
    next: z.string().optional().describe('What to do.'),
  })
  .describe('RFC 9457 problem');
