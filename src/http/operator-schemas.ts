/** What operators say of requests that ended badly, or whose outcome is not known. */
import { z } from 'zod';
import { RETRYABLE } from '../campaign/operator.ts';
import { CAMPAIGN_STATES } from '../core/campaign.ts';
import { strictObject } from './strict-object.ts';

/** Body of `POST /v1/campaigns/{id}/retry`; nothing at all means those that were rejected. */
export const retryBody = strictObject({
  code: z
    .number()
    .int()
    .min(-999_999_999)
    .max(999_999_999)
    .optional()
    .describe("Only those with this error code of Meta's, like 131026."),
  status: z
    .array(z.enum(RETRYABLE))
    .min(1)
    .optional()
    .describe('Only those in these states; those that were rejected unless told.'),
  uncertain: z
    .boolean()
    .optional()
    .describe(
      'Those whose outcome is not known, and no others: they may be asked a second time. Goes alone.',
    ),
}).meta({ id: 'Retry' });

/** Answer of `POST /v1/campaigns/{id}/retry`. */
export const retried = z
  .object({
    id: z.string(),
    state: z.enum(CAMPAIGN_STATES).describe('Of the campaign: one that was completed runs again.'),
    retried: z.number().int().describe('How many are asked again by this request.'),
    whole: z
      .boolean()
      .describe('False where the server closed before the end of the list: repeat it then.'),
  })
  .meta({ id: 'Retried' });

/** Body of `POST /v1/requests/{id}/settle`. */
export const settleBody = strictObject({
  as: z.enum(['accepted', 'rejected']).describe('What became of it.'),
}).meta({ id: 'Settlement' });
