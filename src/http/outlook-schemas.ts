/** How a campaign will go on, and why its people wait or ended, as answers show it. */
import { z } from 'zod';
import { REQUEST_STATES } from '../core/request.ts';
import { forecastFields } from './forecast-fields.ts';

const time = z.string().nullable().describe('ISO 8601 in UTC.');

/** When a whole list was looked at: a look is shared by the consoles that watch it, and may be some seconds old. */
export const countedAt = z.iso
  .datetime()
  .describe('When this was counted: a look may be shared by several consoles for some seconds.');

/** Answer of `GET /v1/campaigns/{id}/forecast`. */
export const campaignForecast = forecastFields
  .extend({
    id: z.string(),
    countedAt,
    rate: z
      .number()
      .nullable()
      .describe(
        'Messages a second that its senders may send now, all campaigns together; null unless it runs.',
      ),
    processes: z
      .number()
      .int()
      .nullable()
      .describe('Living processes that send for it; null unless it runs.'),
    secondsLeft: z
      .number()
      .nullable()
      .describe('Until everybody is asked, as it runs now; null where nobody can tell.'),
    later: z.number().int().describe('People with nothing to do within the next five minutes.'),
    nextDueAt: time.describe('When the first of those is due. ISO 8601 in UTC.'),
    budgetWait: z
      .object({ portfolio: z.string(), limit: z.number(), freesAt: time })
      .nullable()
      .describe('The daily budget is used up.'),
    pausedQueues: z
      .array(z.string())
      .describe('Its senders whose queue is paused: nobody is asked until `resume`.'),
  })
  .meta({ id: 'CampaignForecast' });

const reason = z
  .object({
    state: z.enum(REQUEST_STATES),
    count: z.number().int(),
    errorCode: z.number().int().nullable().describe("Meta's error code."),
    reason: z.string().nullable().describe('Why, for programs.'),
    message: z.string().nullable().describe('One of the messages, where they differ.'),
    advice: z.string().nullable().describe('What to do.'),
    lasting: z
      .boolean()
      .describe('They were refused, and asking them again brings the same answer, as a rule.'),
    attempts: z.number().int().describe('The most tries any of them had.'),
    nextAt: time.describe('When the first of them is due again, or is checked.'),
  })
  .meta({ id: 'ReasonCount' });

/** Answer of `GET /v1/campaigns/{id}/reasons`. */
export const reasons = z
  .object({ id: z.string(), countedAt, reasons: z.array(reason) })
  .meta({ id: 'CampaignReasons' });
