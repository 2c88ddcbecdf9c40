/** What goes in and out of `/v1/permissions`. */
import { z } from 'zod';
import { BOOK_STATES } from '../core/ports/permission-book.ts';
import { readSpan } from '../core/span.ts';
import { namedStates, STATE_CHOICES } from '../replies/book-filter.ts';
import { next, page } from './pages.ts';
import { numberReading, personText } from './person-path.ts';
import { format, spreadsheet } from './record-stream.ts';
import { campaignPath } from './schemas.ts';
import { strictObject } from './strict-object.ts';
import { suppression } from './suppression-schemas.ts';

/** The most people that Meta is asked about in one call: at 80 a second some twelve seconds. */
const MOST_CHECKED = 1_000;
/** The most people that one call names: more of them are a campaign. */
const MOST_NAMED = 100;

const campaignId = campaignPath.shape.id.describe('Only the people of this campaign.');
const senderId = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'give a phone number id')
  .describe('Only with this sender (phone number id).');

/** Which people: the same for the list and the export. */
const filters = {
  state: z
    .string()
    .transform((text) => text.split(',').map((state) => state.trim()))
    .pipe(z.array(z.enum(STATE_CHOICES)).transform(namedStates))
    .optional()
    .describe(
      `Only people in these states, with commas between: ${STATE_CHOICES.join(', ')}. \`callable\`: temporary or permanent.`,
    ),
  expiringWithin: z
    .string()
    .transform((text, context) => {
      const span = readSpan(text);
      if (span.ok) return span.value;
      context.addIssue({ code: 'custom', message: span.error });
      return z.NEVER;
    })
    .optional()
    .describe('Only permissions that end within this time, like 24h, 90m or 7d.'),
  campaign: campaignId.optional(),
  sender: senderId.optional(),
};

/** Query of `GET /v1/permissions`. */
export const bookQuery = strictObject({ ...filters, ...page });

/** Query of `GET /v1/permissions/export`. */
export const bookExportQuery = strictObject({ ...filters, format, spreadsheet });

const time = z.string().nullable().describe('ISO 8601 in UTC.');

/** A person with one sender. */
export const permission = z
  .object({
    sender: z.string().describe('Phone number id.'),
    to: z.string().describe('The number of now, or the user id where no number is known.'),
    waId: z.string().nullable(),
    userId: z.string().nullable(),
    state: z.enum(BOOK_STATES),
    mayCall: z.boolean().describe('This sender may call them now: temporary or permanent.'),
    since: time,
    until: time.describe(
      'Until when they may be called, can answer, or are not asked again, by state.',
    ),
    source: z.string().nullable().describe('How it is known: `answer`, `profile`, `query` ...'),
    reference: z.string().nullable().describe('Of the last request to them.'),
    campaign: z.string().nullable().describe('Of the last request to them.'),
    campaignName: z.string().nullable().describe('What that campaign is called; null: nothing.'),
  })
  .meta({ id: 'Permission' });

/** Answer of `GET /v1/permissions`. */
export const permissions = z.object({ permissions: z.array(permission), next });

/** Answer of `GET /v1/permissions/{to}`. */
export const person = z
  .object({
    to: z.string(),
    optOut: suppression
      .omit({ to: true })
      .nullable()
      .describe(
        'Where they are on the opt-out list: nobody asks them. Who may be called stays so.',
      ),
    permissions: z.array(permission).describe('With each sender that knows them.'),
    calls: z
      .array(
        z.object({
          sender: z.string(),
          connectedDay: z.number().int().describe('Of 100 that Meta allows in 24 hours.'),
          unanswered: z.number().int().describe('In a row; the fourth takes the permission back.'),
        }),
      )
      .describe('As far as webhooks told.'),
    history: z
      .array(
        z.object({
          kind: z.enum(['word', 'call', 'request']),
          sender: z.string(),
          at: z.string().describe('ISO 8601 in UTC.'),
          what: z.string(),
          source: z.string().nullable().describe('Of a request, the campaign.'),
          campaignName: z
            .string()
            .nullable()
            .describe('Of a request, what that campaign is called; null: nothing.'),
          until: time,
          code: z.number().nullable().describe("Meta's error code of a message not delivered."),
        }),
      )
      .describe('What happened, the oldest first.'),
  })
  .meta({ id: 'Person' });

const people = z.union([personText, z.array(personText).min(1).max(MOST_NAMED)]);

/** Body of `POST /v1/permissions/check`. */
export const checkBody = strictObject({
  to: people.optional().describe(`One person, or up to ${MOST_NAMED}.`),
  campaign: campaignId.optional(),
  allExpired: z.literal(true).optional().describe('Everybody whose permission is over.'),
  sender: senderId.optional(),
  limit: z
    .number()
    .int()
    .min(1)
    .max(MOST_CHECKED)
    .default(MOST_CHECKED)
    .describe('Of a campaign or all expired: how many are looked at in this call.'),
  after: page.after,
  ...numberReading,
}).refine(
  ({ to, campaign, allExpired }) =>
    [to, campaign, allExpired].filter((one) => one !== undefined).length === 1,
  { error: 'give one of to, campaign and allExpired' },
);

/** What came of asking Meta. */
export const checked = z
  .object({
    asked: z.number().int().describe('Questions to Meta, one for each person and sender.'),
    changed: z.number().int().describe('Of whom the book says another thing now.'),
    failed: z.number().int().describe('Of whom Meta did not say what they allow.'),
    reasons: z.array(z.object({ why: z.string(), n: z.number().int() })).describe('Why not.'),
    next: next.describe('`after` of the call that goes on; null where nobody is left.'),
  })
  .meta({ id: 'PermissionCheck' });
