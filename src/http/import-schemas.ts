/** Query of `POST /v1/campaigns/import`: what `POST /v1/campaigns` has in its body, as texts. */
import { z } from 'zod';
import { newCampaign, sharedFields, uploadQuery } from './list-schemas.ts';
import { strictObject } from './strict-object.ts';

const { template, language, name, start, startAt, expireAt, quietHours } = newCampaign.shape;
const { weight, onPairLimit, includeGranted, includeDeclined, maxErrors, skipPreflight } =
  newCampaign.shape;

/** `true` or `false`, with the words of the same field of a body. */
const flag = (like: z.ZodType) =>
  z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe(like.description ?? '');

/** Query of a campaign that is made with its list as a stream. */
export const campaignImportQuery = strictObject({
  template: template.describe('Name of the message template.'),
  language: language.describe('Its language code, e.g. en or pt_BR.'),
  ...{ name, startAt, expireAt, quietHours, onPairLimit, maxErrors },
  sender: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(sharedFields.sender.unwrap()).min(1).max(100))
    .optional()
    .describe('Phone number ids, separated by commas; without them the first of the settings.'),
  weight: z.coerce
    .number()
    .pipe(weight.unwrap())
    .optional()
    .describe(weight.description ?? ''),
  start: flag(start),
  includeGranted: flag(includeGranted),
  includeDeclined: flag(includeDeclined),
  skipPreflight: flag(skipPreflight),
  ...uploadQuery.shape,
});
