/** What a campaign led to, as `GET /v1/campaigns/{id}/funnel` answers it. */
import { z } from 'zod';
import { countedAt } from './outlook-schemas.ts';

const n = z.number().int();

/** Answer of `GET /v1/campaigns/{id}/funnel`. */
export const funnel = z
  .object({
    id: z.string(),
    countedAt,
    asked: n.describe('Requests that Meta answered, or whose outcome is not known.'),
    accepted: n.describe('Messages that Meta took.'),
    held: n.describe('Of the accepted: Meta held them back at first while it judged the template.'),
    delivered: n.describe('Messages that reached a device, those that were read among them.'),
    read: n,
    granted: z.object({
      temporary: n.describe('Calls are allowed until a time.'),
      permanent: n.describe('Calls are allowed without an end.'),
    }),
    declined: n,
    noAnswer: n.describe(
      'Accepted, not told to have failed, and neither granted nor declined so far.',
    ),
    failed: z
      .array(
        z.object({
          code: n.nullable().describe("Meta's error code."),
          n,
          meaning: z.string().nullable(),
        }),
      )
      .describe('Messages that were not delivered, the most frequent code first.'),
    priced: z
      .array(
        z.object({
          type: z.string().describe('`regular`, `free_customer_service` ...'),
          category: z.string().describe('`marketing`, `utility` ...'),
          isFree: z.boolean(),
          n,
        }),
      )
      .describe('Messages by what Meta charges for them.'),
    medianAnswerS: z
      .number()
      .nullable()
      .describe('Half of those who answered had done so after so many seconds.'),
    byLanguage: z.array(
      z.object({ language: z.string(), delivered: n, read: n, granted: n, declined: n, failed: n }),
    ),
  })
  .meta({ id: 'CampaignFunnel' });
