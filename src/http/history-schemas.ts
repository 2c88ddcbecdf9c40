/** What goes out of the history of a request, what Meta told of it, and how soon people answered. */
import { z } from 'zod';
import { STEPS } from '../campaign/request-history.ts';
import { next, page } from './pages.ts';
import { resultFields } from './result-schemas.ts';
import { campaignPath } from './schemas.ts';
import { strictObject } from './strict-object.ts';

const time = z.string().nullable().describe('ISO 8601 in UTC.');
const count = z.number().int();

/** Path of one line of a campaign. */
export const rowPath = campaignPath.extend({
  row: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .describe('Of the list: 1 is the first line of data.'),
});

const step = z
  .object({
    at: z.string().describe('ISO 8601 in UTC.'),
    what: z
      .enum(STEPS)
      .describe(
        '`told`: a status that changed nothing new; `expires`: the permission, perhaps in the future.',
      ),
    detail: z.string().nullable().describe('The wamid, what was found, the answer, or a message.'),
    code: count.nullable().describe("Meta's error code."),
    applied: z.boolean().describe('False: it came too late to change anything.'),
    retryAt: time.describe('When it is tried again, where that was decided.'),
  })
  .meta({ id: 'HistoryStep' });

/** Answer of `GET /v1/campaigns/{id}/requests/{row}`. */
export const requestWithHistory = resultFields
  .extend({
    id: z.string().describe('As GET /v1/requests/{id} takes it.'),
    sender: z.string().describe('Phone number id.'),
    language: z.string(),
    reason: z.string().nullable().describe('Why it waits or ended, for programs.'),
    claims: count.describe('How often it was claimed to be sent.'),
    check_at: time.describe('When it is checked, while its outcome is not known.'),
    history: z.array(step).describe('By time, as far as it is kept.'),
  })
  .meta({ id: 'RequestWithHistory' });

/** Query of `GET /v1/requests/{id}/webhooks`. */
export const webhooksQuery = strictObject({ after: page.after });

/** Answer of it. */
export const requestWebhooks = z
  .object({
    webhooks: z.array(
      z
        .object({
          delivery: z.string().describe('Number of the delivery it was part of.'),
          receivedAt: z.string().describe('ISO 8601 in UTC.'),
          field: z.string().describe('`messages`, `calls` ...'),
          kind: z.string().describe('The list it stood in: `statuses`, `messages` ...'),
          raw: z.string().describe('JSON, as Meta wrote it.'),
        })
        .meta({ id: 'RequestWebhook' }),
    ),
    next,
  })
  .meta({ id: 'RequestWebhooks' });

/** Answer of `GET /v1/campaigns/{id}/latency`. */
export const campaignLatency = z
  .object({
    id: z.string(),
    sampled: count.describe(
      'Messages that were looked at: the last 200, none older than a minute.',
    ),
    medianMs: z.number().nullable().describe('Half of them took no longer.'),
    mostMs: z.number().nullable().describe('95 % of them took no longer.'),
    askedPerSecond: z
      .number()
      .nullable()
      .describe(
        'How many it asks a second, by the last 200 within a minute; null where fewer than two are known.',
      ),
  })
  .meta({ id: 'CampaignLatency' });

/** Answer of `GET /v1/campaigns/{id}/answer-times`. */
export const answerTimes = z
  .object({
    id: z.string(),
    answered: count,
    medianS: z.number().nullable().describe('Half of them had answered after so many seconds.'),
    spans: z
      .array(
        z
          .object({
            fromS: z.number().describe('Seconds after the message was taken.'),
            untilS: z.number().nullable().describe('Null: without an end.'),
            granted: count,
            declined: count,
          })
          .meta({ id: 'AnswerSpan' }),
      )
      .describe('From a minute to a week, those without any among them.'),
  })
  .meta({ id: 'AnswerTimes' });
