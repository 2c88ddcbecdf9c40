/** What became of people, as answers show it: on the list of a campaign, or looked up over all of them. */
import { z } from 'zod';
import { REQUEST_STATES } from '../core/request.ts';
import { refusedLine } from './list-schemas.ts';
import { next, page } from './pages.ts';
import { states } from './schemas.ts';
import { strictObject } from './strict-object.ts';

const time = z.string().nullable().describe('ISO 8601 in UTC.');
const nullableText = z.string().nullable();

/** The fields of an export, by which every request is told. */
export const resultFields = z.object({
  row: z.number().int().describe('Of the list: 1 is the first line of data.'),
  reference: nullableText.describe("The caller's own name for this person."),
  to: z.string().describe('Phone number, or user id of Meta.'),
  wa_id: nullableText,
  user_id: nullableText.describe("Meta's id of the person for this business."),
  status: z.enum(REQUEST_STATES),
  message_status: nullableText.describe('What Meta said as it took the message.'),
  wamid: nullableText.describe("Meta's id of the message."),
  attempts: z.number().int(),
  due_at: time.describe('Not before this time, while it waits. ISO 8601 in UTC.'),
  error_code: z.number().int().nullable().describe("Meta's error code."),
  error_message: nullableText,
  advice: nullableText.describe('What to do.'),
  accepted_at: time,
  delivery: nullableText.describe('`sent`, `delivered`, `read` or `failed`.'),
  delivered_at: time,
  read_at: time,
  answer: nullableText.describe('`granted` or `declined`.'),
  answered_at: time,
  permission_expires_at: time.describe('`null` of a permission without an end.'),
});

/** What became of one person on a list. */
const requestResult = resultFields.meta({ id: 'RequestResult' });

const code = z.coerce
  .number()
  .int()
  .min(-999_999_999)
  .max(999_999_999)
  .describe("Only those with this error code of Meta's, like 131026.");

/** Query of `GET /v1/campaigns/{id}/requests`. */
export const resultsQuery = strictObject({
  ...page,
  state: states,
  code: code.optional(),
  reason: z
    .string()
    .regex(/^[a-z][a-z-]{0,39}$/, 'a reason is a word like quiet-hours')
    .optional()
    .describe(
      'Or those without a code and with this reason of ours, as `/reasons` tells it, like `quiet-hours`.',
    ),
}).refine((query) => query.code === undefined || query.reason === undefined, {
  error: 'give code or reason',
});

/** Answer of `GET /v1/campaigns/{id}/requests`. */
export const results = z
  .object({ requests: z.array(requestResult), next })
  .meta({ id: 'RequestResults' });

/** Query of `GET /v1/campaigns/{id}/refused`. */
export const refusedQuery = strictObject({ ...page });

/** Answer of `GET /v1/campaigns/{id}/refused`. */
export const refused = z
  .object({ refused: z.array(refusedLine), next })
  .meta({ id: 'RefusedLines' });

/** Query of `GET /v1/requests`. */
export const lookUpQuery = strictObject({
  ...page,
  wamid: z.string().min(1).max(1_000).optional().describe("Meta's id of the message."),
  reference: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("The caller's own name for a person, exactly."),
  number: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'A phone number in any spelling, or a user id of Meta. A plus is written %2B; one that arrived as a space is read as a plus.',
    ),
  state: states,
});

/** One request that was looked up. */
const foundRequest = resultFields
  .extend({
    id: z.string().describe('As GET /v1/requests/{id} takes it.'),
    campaign: nullableText.describe('On whose list it is; null of one that was made alone.'),
    campaignName: nullableText.describe('What that campaign is called; null: nothing.'),
  })
  .meta({ id: 'FoundRequest' });

/** Answer of `GET /v1/requests`. */
export const foundRequests = z
  .object({ requests: z.array(foundRequest), next })
  .meta({ id: 'FoundRequests' });
