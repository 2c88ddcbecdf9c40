/**
 * What goes in and out over HTTP, once: zod checks requests by it, and `/openapi.json` is made from
 * it. Texts are bounded and free of NUL, which Postgres takes in no text.
 */
import { z } from 'zod';
import { CAMPAIGN_STATES } from '../core/campaign.ts';
import { REQUEST_STATES } from '../core/request.ts';

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

const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'give a country as two letters, e.g. US')
  .transform((code) => code.toUpperCase())
  .describe(
    'Country of numbers written without a country code; without it such a line is refused.',
  );

// Not checked here: a line that cannot be asked is reported beside those that can.
const recipient = z.unknown().meta({
  type: 'object',
  description:
    'One person: `to` (or `phone`), optional `reference`, `language`, `not_before`, `not_after`; ' +
    'every other field is a template parameter: `1`, `2`, ... or its name.',
  examples: [{ to: '+16505551234', reference: 'order 7', 1: 'Ann' }],
});

/** Body of `POST /v1/campaigns`. */
export const newCampaign = z
  .strictObject({
    template: z
      .string()
      .regex(/^[^\p{Cc}\p{Cs}]{1,512}$/u, 'give the name of a template, 1 to 512 characters'),
    language: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_-]{2,15}$/, 'give a language code, e.g. en or pt_BR'),
    sender: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'give a phone number id')
      .optional()
      .describe('Phone number id; without it the first sender of the settings.'),
    recipients: z
      .array(recipient)
      .optional()
      .describe('Left out: the campaign waits for its list at /v1/campaigns/{id}/recipients.'),
    start: z
      .boolean()
      .optional()
      .describe('Start at once; true by default where recipients are given.'),
    strict: z.boolean().optional().describe('Refuse the whole list for one bad line.'),
    skipPreflight: z.boolean().optional().describe('Do not ask Meta about the template first.'),
    defaultCountry: country.optional(),
    parameterFormat: z
      .enum(['positional', 'named'])
      .optional()
      .describe('Only with skipPreflight and without recipients; `positional` by default.'),
  })
  .refine(
    (c) =>
      c.recipients !== undefined ||
      (c.start !== true && c.strict === undefined && c.defaultCountry === undefined),
    {
      error:
        'start, strict and defaultCountry belong to a list; without recipients say them with the list (?strict=true&defaultCountry=US) and POST .../start afterwards',
      path: ['recipients'],
    },
  )
  .refine(
    (c) =>
      c.parameterFormat === undefined || (c.recipients === undefined && c.skipPreflight === true),
    {
      error:
        'the columns or the template tell the format; give it only with skipPreflight and without recipients',
      path: ['parameterFormat'],
    },
  );

/** Body of `POST /v1/campaigns`, read. */
export type NewCampaign = z.output<typeof newCampaign>;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A streamed list; its lines are judged one by one, each for itself. */
export const listBody = z.unknown().meta({
  type: 'string',
  description:
    'NDJSON, CSV with a header, or a JSON array; the columns are those of `recipients` above.',
});

/** Query of the upload of a list. */
export const uploadQuery = z.strictObject({
  strict: flag.optional().describe('Refuse the whole list for one bad line.'),
  defaultCountry: country.optional(),
});

/** Query of `GET /v1/campaigns`. */
export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});

/** Query of an export. */
export const exportQuery = z.strictObject({
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
  state: z.enum(CAMPAIGN_STATES),
  reason: z
    .object({
      by: z.enum(['person', 'us']),
      scope: z.enum(['template', 'sender', 'campaign']).optional(),
      code: z.number().optional(),
      message: z.string(),
    })
    .nullable(),
  sender: z.string(),
  template: z.string(),
  language: z.string(),
  counts,
  refusedLines: z.number().describe('Lines of the list that cannot be asked.'),
  createdAt: time,
  startedAt: time,
  endedAt: time,
});

/** Answer of `GET /v1/campaigns`. */
export const campaigns = z.object({ campaigns: z.array(campaign) });

const refusedLine = z.object({
  row: z.number().describe('1 is the first line of data.'),
  column: z.string().optional(),
  value: z.string().optional(),
  code: z.string(),
  message: z.string(),
});

/** What became of a list that was sent. */
export const listReport = z.object({
  lines: z.number().describe('Lines read.'),
  added: z
    .number()
    .describe('People that will be asked; those of an earlier upload not counted again.'),
  doubles: z.number().describe('Numbers that stood in the list before.'),
  refused: z.number(),
  refusedLines: z.array(refusedLine).describe('The first of the refused ones.'),
});

/** A campaign with the list it was just made from. */
export const campaignWithList = campaign.extend({
  created: z.boolean().describe('False where the idempotency key was known: nothing new was made.'),
  list: listReport.optional(),
  warnings: z.array(z.string()).describe('What preflight found that does not stop the campaign.'),
});

/** Answer of an upload. */
export const uploaded = listReport.extend({ id: z.string(), state: z.enum(CAMPAIGN_STATES) });

const answering = z.enum(['ok', 'no answer']);

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
