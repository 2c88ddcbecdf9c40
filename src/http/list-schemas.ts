/**
 * What is said of a list over HTTP, in a body or beside a stream: the options of `hand-over-options.ts` under
 * the same names.
 */
import { z } from 'zod';
import { CAMPAIGN_STATES } from '../core/campaign.ts';
import {
  type Read,
  readInstant,
  readMaxErrors,
  readName,
  readQuietHours,
  readWeight,
} from '../core/campaign-options.ts';
import { readColumnMap, readColumns } from '../core/people/column-map.ts';
import { err, ok } from '../core/result.ts';
import { forecastFields } from './forecast-fields.ts';
import { campaign, readBy } from './schemas.ts';
import { strictObject } from './strict-object.ts';

const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'give a country as two letters, e.g. US')
  .transform((code) => code.toUpperCase())
  .describe(
    'Country of numbers written without a country code; without it such a line is refused.',
  );
const numbers = z
  .enum(['national', 'international'])
  .describe('How digits without a plus are read, where they are numbers of two countries.');
const map = z
  .record(
    z.string().max(1_000),
    z.union([z.string().max(1_000), z.array(z.string().max(1_000)).min(1).max(100)]),
  )
  .describe(
    'Columns that go by another name: `{ "Phone Number": "to", "name": "1" }`; one may be several things: `["reference", "2"]`.',
  );
const columns = z.array(z.string().max(1_000));
const strict = 'Refuse the whole list for one bad line.';
const dryRun = 'Say what would become of the list; nobody is asked, and nothing stays.';
const again =
  'Ask them all once more, though the same list was handed over within seven days, under another key or none.';
const ignored = 'Columns that are left out; `all`: those that the template does not need.';
const instant = z.string().superRefine(readBy(readInstant));
const senderId = z.string().regex(/^[\w-]{1,64}$/, 'give a phone number id');

// Not checked here: a line that cannot be asked is reported beside those that can.
const recipient = z.unknown().meta({
  id: 'Recipient',
  type: 'object',
  properties: {
    to: { type: 'string', description: 'Phone number, or a user id of Meta.' },
    reference: {
      type: ['string', 'number'],
      description: 'Your own name for this person; comes back.',
    },
    language: { type: 'string' },
  },
  additionalProperties: true,
  description:
    'One person: `to` (or `phone`), optional `reference`, `language`, `not_before`, `not_after`; ' +
    'every other field is a template parameter: `1`, `2`, ... or its name. They may also stand ' +
    'under `parameters`.',
  examples: [{ to: '+16505551234', reference: 'order 7', 1: 'Ann' }],
});

const newCampaignFields = strictObject({
  template: z
    .string()
    .regex(/^[^\p{Cc}\p{Cs}]{1,512}$/u, 'give the name of a template, 1 to 512 characters'),
  language: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{2,15}$/, 'give a language code, e.g. en or pt_BR'),
  name: z.string().superRefine(readBy(readName)).optional().describe('What people tell it by.'),
  sender: z
    .union([senderId, z.array(senderId).min(1).max(100)])
    .optional()
    .describe(
      'Phone number id; without it the first sender of the settings. Several share the list.',
    ),
  recipients: z
    .array(recipient)
    .optional()
    .describe('Left out: the campaign waits for its list at /v1/campaigns/{id}/recipients.'),
  start: z
    .boolean()
    .optional()
    .describe(
      'Start at once; true by default where recipients are given. Else: start once its list is in.',
    ),
  startAt: instant.optional().describe('Nobody is asked before: ISO 8601 with a zone.'),
  expireAt: instant.optional().describe('Nobody is asked after; those left become expired.'),
  quietHours: z
    .string()
    .superRefine(readBy(readQuietHours))
    .optional()
    .describe("Nobody is asked between these times of the person's own day: `21:00-08:00`."),
  weight: z
    .number()
    .superRefine(readBy(readWeight))
    .optional()
    .describe('Share beside other campaigns of the sender, 1 (default) to 100.'),
  onPairLimit: z
    .enum(['wait', 'skip'])
    .optional()
    .describe('People who were asked too often lately; `wait` by default.'),
  includeGranted: z.boolean().optional().describe('Ask people too whose permission still holds.'),
  includeDeclined: z
    .boolean()
    .optional()
    .describe('Ask people too who declined within the last seven days, or took a permission back.'),
  maxErrors: z
    .union([z.number(), z.string()])
    .superRefine(readBy(readMaxErrors))
    .optional()
    .describe(
      'More rejected or uncertain ones than this pause it: 25, or "5%" of those settled, once 20 are.',
    ),
  strict: z.boolean().optional().describe(strict),
  dryRun: z.boolean().optional().describe(dryRun),
  again: z.boolean().optional().describe(again),
  skipPreflight: z.boolean().optional().describe('Do not ask Meta about the template first.'),
  defaultCountry: country.optional(),
  numbers: numbers.optional(),
  map: map.optional(),
  ignoreColumns: z
    .union([z.literal('all'), columns])
    .optional()
    .describe(ignored),
  parameterFormat: z
    .enum(['positional', 'named'])
    .optional()
    .describe('Only with skipPreflight and without recipients; `positional` by default.'),
});

/** Said with a list, not with a campaign that waits for one. */
const OF_A_LIST = [
  'strict',
  'defaultCountry',
  'numbers',
  'map',
  'ignoreColumns',
  'dryRun',
  'again',
] as const;

/** Body of `POST /v1/campaigns`. */
export const newCampaign = newCampaignFields
  .refine((c) => c.recipients !== undefined || OF_A_LIST.every((name) => c[name] === undefined), {
    error: `${OF_A_LIST.join(', ')} belong to a list; without recipients say them with the list (?strict=true&defaultCountry=US)`,
    path: ['recipients'],
  })
  .refine(
    (c) =>
      c.parameterFormat === undefined || (c.recipients === undefined && c.skipPreflight === true),
    {
      error:
        'the columns or the template tell the format; give it only with skipPreflight and without recipients',
      path: ['parameterFormat'],
    },
  )
  .meta({ id: 'NewCampaign' });

/** Body of `POST /v1/campaigns`, read. */
export type NewCampaign = z.output<typeof newCampaign>;

/** A streamed list; its lines are judged one by one, each for itself. */
export const listBody = z.unknown().meta({
  type: 'string',
  description:
    'NDJSON, CSV with a header, or a JSON array; the columns are those of `recipients` above.',
});

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Query of the upload of a list. */
export const uploadQuery = strictObject({
  strict: flag.optional().describe(strict),
  dryRun: flag.optional().describe(dryRun),
  again: flag.optional().describe(again),
  defaultCountry: country.optional(),
  numbers: numbers.optional(),
  map: z
    .string()
    .transform((text, context) =>
      valueOrIssue(
        text.trimStart().startsWith('{') ? readJson(text) : readColumnMap(text),
        context,
      ),
    )
    .pipe(map)
    .optional()
    .describe(
      'Columns that go by another name: `name=1,city=2`, or a JSON object, `{"name":"1"}`. One that is two things stands there twice, or has an array.',
    ),
  ignoreColumns: z
    .string()
    .transform((text, context) => valueOrIssue(readColumns(text), context))
    .pipe(z.union([z.literal('all'), columns]))
    .optional()
    .describe(`${ignored} Separated by commas.`),
});

function valueOrIssue(read: Read<unknown>, context: z.core.$RefinementCtx): unknown {
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: read.error });
  return z.NEVER;
}

function readJson(text: string): Read<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return err('Expected a JSON object, like {"name":"1"}');
  }
}

/** Query of the upload of a list, read. */
export type UploadQuery = z.output<typeof uploadQuery>;

/** Fields that a single request has too. */
export const sharedFields = {
  template: newCampaignFields.shape.template,
  language: newCampaignFields.shape.language,
  sender: senderId.optional().describe('Phone number id; without it the first of the settings.'),
  skipPreflight: newCampaignFields.shape.skipPreflight,
  defaultCountry: newCampaignFields.shape.defaultCountry,
  numbers: newCampaignFields.shape.numbers,
};

/** A line that cannot be asked. */
export const refusedLine = z
  .object({
    row: z.number().int().describe('1 is the first line of data.'),
    column: z.string().optional().describe('The column at fault, where one is.'),
    value: z.string().optional().describe('What stands there.'),
    code: z.string().describe('Why, for programs: docs/errors.md has all of them.'),
    message: z.string().describe('Why, for people.'),
  })
  .meta({ id: 'RefusedLine' });

const listFields = z.object({
  lines: z.number().describe('Lines read.'),
  added: z
    .number()
    .describe('People that will be asked; those of an earlier upload not counted again.'),
  doubles: z.number().describe('Numbers that stood in the list before.'),
  refused: z.number(),
  refusedLines: z
    .array(refusedLine)
    .describe('The first of the refused ones; all are at /v1/campaigns/{id}/refused.'),
});

/** What became of a list that was sent. */
export const listReport = listFields.meta({ id: 'ListReport' });

const forecast = forecastFields.meta({ id: 'Forecast' }).optional();
const warnings = z.array(z.string()).describe('What was found that does not stop it.');

/** A campaign with the list it was just made from. */
export const campaignWithList = campaign
  .extend({
    created: z
      .boolean()
      .describe('False where the idempotency key was known: nothing new was made.'),
    list: listReport.optional(),
    forecast,
    warnings,
  })
  .meta({ id: 'MadeCampaign' });

/** What would become of a list. */
export const dryRunReport = listFields
  .extend({ dryRun: z.literal(true), forecast, warnings })
  .meta({ id: 'DryRun' });

/** Answer of an upload. */
export const uploaded = listFields
  .extend({ id: z.string(), state: z.enum(CAMPAIGN_STATES), warnings })
  .meta({ id: 'TakenList' });

/** Answer of an upload that was only looked at. */
export const uploadedDry = listFields
  .extend({ id: z.string(), dryRun: z.literal(true), forecast, warnings })
  .meta({ id: 'TakenListDryRun' });
