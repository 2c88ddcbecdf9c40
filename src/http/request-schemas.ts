/** What goes in and out of `/v1/requests`; `schemas.ts` has what it shares with campaigns. */
import { z } from 'zod';
import { CAMPAIGN_STATES } from '../core/campaign.ts';
import { WAITS_FOR } from '../core/single-request.ts';
import { sharedFields } from './list-schemas.ts';
import { resultFields } from './result-schemas.ts';
import { campaign, campaignPath } from './schemas.ts';
import { strictObject } from './strict-object.ts';

// Longer ones do not survive the proxies between.
const WAIT_MOST_SECONDS = 300;

/** Path of one request. */
export const requestPath = z.object({
  id: campaignPath.shape.id.describe(
    'The id that `POST /v1/requests` or `GET /v1/requests` answered.',
  ),
});

/** Query of `POST /v1/requests`. */
export const waitQuery = strictObject({
  wait: z.coerce
    .number()
    .min(0)
    .max(WAIT_MOST_SECONDS)
    .default(0)
    .describe('Seconds to wait for the outcome; 0 answers at once. The request stays after that.'),
});

const { template, language, sender, skipPreflight, defaultCountry, numbers } = sharedFields;
const text = z.union([z.string(), z.number()]);

/** Body of `POST /v1/requests`. */
export const newRequest = strictObject({
  to: z.string().describe('Phone number, e.g. +16505551234.'),
  template,
  language,
  parameters: z
    .union([z.array(text), z.record(z.string(), text)])
    .optional()
    .describe('In the order of a positional template, or by the names of a named one.')
    .meta({ examples: [['Ann']] }),
  reference: text.optional().describe('Your own name for this person; comes back.'),
  sender,
  onPairLimit: z
    .enum(['wait', 'skip'])
    .optional()
    .describe('Where the person was asked too often lately; `wait` by default.'),
  includeGranted: z.boolean().optional().describe('Ask too where a permission still holds.'),
  includeDeclined: z
    .boolean()
    .optional()
    .describe(
      'Ask too where the person declined within the last seven days, or took a permission back.',
    ),
  notAfter: z.string().optional().describe('Not asked after: ISO 8601 with a zone.'),
  defaultCountry,
  numbers,
  skipPreflight,
}).meta({ id: 'NewRequest' });

const standing = resultFields.extend({
  id: z.string(),
  campaign: z.string().nullable().describe('On whose list it is; null of one that was made alone.'),
  waits_for: z.enum(WAITS_FOR).nullable().describe('What it waits for, if it is not final.'),
  due_at: z.string().nullable().describe('When it goes on by itself, ISO 8601 in UTC.'),
  state: z
    .enum(CAMPAIGN_STATES)
    .describe('`paused` where the sender or the template is at fault; `reason` says why.'),
  reason: campaign.shape.reason,
});

/** A request as answers show it. */
export const requestStanding = standing.meta({ id: 'RequestStanding' });

/** Answer of `POST /v1/requests`. */
export const madeRequest = standing
  .extend({
    created: z
      .boolean()
      .describe('False where the idempotency key was known: nothing new was made.'),
    warnings: z.array(z.string()).describe('What preflight found that does not stop the request.'),
  })
  .meta({ id: 'MadeRequest' });
