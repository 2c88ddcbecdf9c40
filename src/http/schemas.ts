/**
 * What goes in and out over HTTP, once: zod checks requests by it, and `/openapi.json` is made from
 * it. Texts are bounded and free of NUL, which Postgres takes in no text.
 */
import { z } from 'zod';
import { CAMPAIGN_STATES, SHOWN_STATES } from '../core/campaign.ts';
import { type Read, readInstant } from '../core/campaign-options.ts';
import { FORMATS } from '../core/records.ts';
import { REQUEST_STATES } from '../core/request.ts';
import { next, page } from './pages.ts';
import { spreadsheet } from './record-stream.ts';
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
    .describe(
      'Same key and same body: the first campaign again. Another body: 409. Another key: another list, unless `again` is false.',
    ),
});

/** Values of one field of a query, with commas between. */
function someOf<T extends string>(choices: readonly [T, ...T[]]) {
  return z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(z.enum(choices)));
}

/** Requests in these states only. */
export const states = someOf(REQUEST_STATES)
  .optional()
  .describe(`Only these states, separated by commas: ${REQUEST_STATES.join(', ')}.`);

/** Query of `GET /v1/campaigns`. */
export const listQuery = strictObject({
  ...page,
  state: someOf(SHOWN_STATES)
    .optional()
    .describe(
      `Only these states, separated by commas: ${SHOWN_STATES.join(', ')}. \`scheduled\`: running ones whose start lies ahead; \`running\` are those too.`,
    ),
  name: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Stands somewhere in the name; capitals do not matter.'),
  template: z.string().min(1).max(512).optional().describe('Exactly this template.'),
  since: z
    .string()
    .superRefine(readBy(readInstant))
    .optional()
    .describe('Made then or later: ISO 8601 with a zone.'),
});

/** A check by the reader of an option, whose value goes on as it was written. */
export function readBy<T>(read: (value: T) => Read<unknown>) {
  return (value: T, context: z.core.$RefinementCtx<T>) => {
    const found = read(value);
    if (!found.ok) context.addIssue({ code: 'custom', message: found.error });
  };
}

/** Query of an export. */
export const exportQuery = strictObject({
  format: z.enum(FORMATS).default('ndjson').describe('Which media type is answered.'),
  status: states,
  spreadsheet,
  refused: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('The lines of the list that could not be asked, instead; not with `status`.'),
}).refine((query) => query.refused !== true || query.status === undefined, {
  error: 'refused and status exclude each other',
  path: ['refused'],
});

/** Query of an export, read. */
export type ExportQuery = z.output<typeof exportQuery>;

const time = z.string().nullable().describe('ISO 8601 in UTC.');
const counts = z
  .object(
    Object.fromEntries(REQUEST_STATES.map((s) => [s, z.number()])) as Record<
      (typeof REQUEST_STATES)[number],
      z.ZodNumber
    >,
  )
  .describe('Requests by state.')
  .meta({ id: 'RequestCounts' });

const pauseReason = z
  .object({
    by: z.enum(['person', 'us']),
    scope: z.enum(['template', 'sender', 'campaign']).optional().describe('What is at fault.'),
    code: z.number().optional().describe("Meta's error code."),
    message: z.string(),
  })
  .meta({ id: 'PauseReason' });

const campaignFields = z.object({
  id: z.string(),
  name: z.string().nullable(),
  state: z.enum(CAMPAIGN_STATES),
  reason: pauseReason.nullable(),
  sender: z.string().describe('Of several, the first.'),
  senders: z.array(z.string()),
  template: z.string(),
  language: z.string(),
  single: z.boolean().describe('It is the campaign of a single request.'),
  weight: z.number().int().describe('Share beside other campaigns of the sender.'),
  onPairLimit: z.enum(['wait', 'skip']),
  includeGranted: z.boolean(),
  includeDeclined: z.boolean(),
  quietHours: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .describe("Nobody is asked between these times of the person's own day."),
  counts,
  messageStatuses: z
    .record(z.string(), z.number())
    .describe(
      'Accepted requests by the `message_status` of Meta, where it is another than `accepted`.',
    ),
  refusedLines: z.number().describe('Lines of the list that cannot be asked.'),
  createdAt: time,
  startAt: time.describe('The start it was made with.'),
  expireAt: time.describe('Nobody is asked after.'),
  scheduledFor: time.describe('When it starts, while it is `running` and that lies ahead.'),
  startedAt: time,
  endedAt: time,
});

/** A campaign as answers show it. */
export const campaign = campaignFields.meta({ id: 'Campaign' });

const pausedQueues = z
  .array(z.string())
  .describe(
    'Senders of open campaigns whose queue somebody paused in the dashboard: nobody is asked until `resume`.',
  );

/** Answer of `GET /v1/campaigns/{id}`. */
export const lookedAt = campaignFields.extend({ pausedQueues }).meta({ id: 'CampaignLookedAt' });

/** Answer of `POST /v1/campaigns/{id}/resume`. */
export const resumed = campaignFields
  .extend({
    stuckQueues: z
      .array(z.string())
      .describe(
        'Senders whose queue did not answer: if it is paused in the dashboard, it still is. Repeat the request then.',
      ),
  })
  .meta({ id: 'ResumedCampaign' });

/** Answer of `GET /v1/campaigns`. */
export const campaigns = z
  .object({ campaigns: z.array(campaign), next, pausedQueues })
  .meta({ id: 'Campaigns' });

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
