/** What goes out of `/v1/senders`. */
import { z } from 'zod';
import { next, page } from './pages.ts';
import { campaign } from './schemas.ts';
import { strictObject } from './strict-object.ts';

const n = z.number();
const time = z.string().nullable().describe('ISO 8601 in UTC.');

/** Query of `GET /v1/senders`. */
export const sendersQuery = strictObject(page);

/** Path of one sender. */
export const senderPath = z.object({
  id: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'a phone number id is digits')
    .describe('Phone number id.'),
});

/** A sender as operators see it. */
export const sender = z
  .object({
    sender: z.string().describe('Phone number id.'),
    state: z.enum(['sending', 'stopped']),
    why: z.string().describe('Why it is stopped, or slower than it may be; empty: neither.'),
    rateNow: n.describe('Messages a second in force; 0 while it is stopped.'),
    rateAllowed: n.describe('The most it may go at: the lowest setting of its processes.'),
    rateReason: z.string().nullable().describe('Why the rate in force is held lower.'),
    processes: z.number().int().describe('Living processes that send for it.'),
    inFlight: z.number().int(),
    queuePaused: z
      .boolean()
      .describe('Somebody paused its queue in the dashboard; a resume of a campaign undoes it.'),
    breaker: campaign.shape.reason.describe('Why nothing is sent by it, whoever asks.'),
    breakerSince: time,
    nextLookAt: time.describe(
      'When Meta is looked at next, whether the breaker may close; null: only a resume closes it.',
    ),
    silence: z
      .object({ since: time, why: z.string() })
      .nullable()
      .describe('People are due and nobody is asked.'),
    budget: z
      .object({
        portfolio: z.string(),
        limit: z.number().int().describe('People in a moving 24 hours, over all its senders.'),
        remaining: z.number().int(),
        freesAt: time.describe('When the next place frees, while there is none.'),
      })
      .nullable(),
    news: z
      .array(
        z
          .object({
            what: z.string().describe('`number-quality`, `restriction`, `daily-limit` ...'),
            value: z.string(),
            detail: z.string().nullable(),
            ofAccount: z.boolean().describe('Told of the whole account, not of this number.'),
            until: time,
            at: z.string().describe('ISO 8601 in UTC.'),
          })
          .meta({ id: 'SenderNews' }),
      )
      .describe('What Meta told by webhooks, as far as it stands, the newest first.'),
    lastWebhookAt: time.describe('When a webhook about this number was last applied.'),
  })
  .meta({ id: 'Sender' });

/** Answer of `GET /v1/senders`. */
export const senders = z.object({
  senders: z.array(sender),
  lastWebhookAt: time.describe('When the last webhook came, of whichever number.'),
  next,
});
