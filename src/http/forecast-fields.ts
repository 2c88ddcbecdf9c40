/** A forecast as answers show it. */
import { z } from 'zod';

/** What is expected of the people who wait. */
export const forecastFields = z.object({
  willAsk: z.number().int().describe('People who would be asked.'),
  skipped: z.record(z.string(), z.number()).describe('Who would not be asked, by reason.'),
  withinADay: z.number().int().describe('Of those asked, within 24 hours.'),
  seconds: z.number().describe('From now to its end.'),
  doneAt: z.string().nullable().describe('ISO 8601 in UTC; null where nobody would be asked.'),
  pausedSenders: z
    .array(z.string())
    .optional()
    .describe('Senders whose people wait, for Meta refuses them.'),
  budgets: z
    .array(
      z
        .object({
          portfolio: z.string(),
          limit: z.number().int().describe('People in a moving 24 hours, over all its senders.'),
          remaining: z.number().int().describe('Places that are free now, for all campaigns.'),
          waiting: z.number().int().describe('People who would be asked sooner with a place.'),
          waitsUntil: z
            .string()
            .nullable()
            .describe(
              'When the first of those gets one; null where nobody waits. ISO 8601 in UTC.',
            ),
        })
        .meta({ id: 'BudgetForecast' }),
    )
    .describe('Daily budgets that these people take places of; none where no limit is known.'),
});
