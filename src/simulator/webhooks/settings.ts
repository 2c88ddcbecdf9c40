/**
 * The parts of the profile that make the simulator talk: how webhooks travel, what becomes of a
 * message, and what people answer. Shares are drawn from the seed and the person, so a run repeats.
 */
import { z } from 'zod';
import { WEEK_MS } from '../clock.ts';
import { delaySchema } from '../latency.ts';
import { spanSchema } from '../schemas.ts';

/** What webhooks are signed with when the profile says nothing. */
export const DEFAULT_APP_SECRET = 'SIMULATOR_APP_SECRET';

const share = z.number().min(0).max(1);
const rarely = share.default(0);

/** A URL that webhooks can be posted to. */
export const callbackUrlSchema = z.url({ protocol: /^https?$/ });

/** How webhooks travel. Without a `url`, and without one set while it runs, none is sent. */
export const webhooksSchema = z.strictObject({
  /** The app's own callback URL; accounts and numbers may have others (`subscribed_apps`). */
  url: callbackUrlSchema.optional(),
  appSecret: z.string().min(1).default(DEFAULT_APP_SECRET),
  /** How long after its acceptance a message is `sent`. */
  delayMs: delaySchema.prefault(0),
  /** `delivered` and `read` come up to so much after the status before. */
  spreadMs: spanSchema.default(0),
  /** Share of updates that come twice: in the same POST, in another, or as the same POST again. */
  doubles: rarely,
  /** Share of messages whose statuses and answers come in the opposite order, with their right times. */
  reorder: rarely,
  /** Updates a POST holds at most, and how long the first waits for others. Meta's most is 1,000. */
  batch: z
    .strictObject({
      max: z.number().int().min(1).max(1000).default(1),
      lingerMs: spanSchema.default(0),
    })
    .prefault({}),
  /** Share of POSTs with a part in them that nobody can read. */
  brokenParts: rarely,
  /** Share of POSTs with keys, values and fields in them that are not documented. */
  unknownParts: rarely,
  /** Share of `sent` that are posted before the answer to the message is written. */
  beforeAnswer: rarely,
  /** Share of POSTs before which the same body comes with a wrong signature, or with none. */
  wrongSignature: rarely,
  /** Share of POSTs before which one comes that is none: another object, no entries, half a body. */
  strangePosts: rarely,
  /** Non-ASCII as `\uXXXX` and `/` as `\/`, as Meta writes; the signature is over these bytes. */
  escapes: z.boolean().default(true),
  /** First wait before a POST that was not answered with 200 is repeated; doubled each time. */
  retryMs: z.number().min(1).default(1000),
  retryMostMs: z.number().min(1).default(3_600_000),
  /** After so long a POST is given up. */
  giveUpMs: spanSchema.default(WEEK_MS),
  timeoutMs: z.number().min(1).default(20_000),
  /** POSTs at once to each URL. */
  connections: z.number().int().min(1).max(1000).default(16),
  /** Updates that are held at most, also those whose time has not come; more are dropped and counted. */
  queue: z.number().int().min(1).default(2_000_000),
  /** `contacts[]` beside statuses; incoming messages always have it. */
  contacts: z.boolean().default(true),
  /** `none`: as before April 2026, numbers only. */
  userIds: z.enum(['none', 'both']).default('both'),
  /** Whether the parent business's ids come too. */
  parentUserIds: z.boolean().default(false),
  /** Share of people whose number is withheld from what they send, and from statuses of messages to their user id. */
  withheld: rarely,
  /** Share of new numbers that are told with the ids of before; in the others they stand in the text alone. */
  previousIds: share.default(1),
  /** Share of people whose user id stands in `from` and `wa_id`. */
  userIdInFrom: rarely,
  /** Share of statuses that bring back `biz_opaque_callback_data`. */
  opaque: share.default(1),
  /** How `expiration_timestamp` is written. */
  expiry: z.enum(['string', 'number', 'mixed']).default('string'),
  /** Share of answers without `type` and `is_permanent`. */
  bare: rarely,
});

/** What becomes of messages that were accepted. */
export const deliveriesSchema = z.strictObject({
  delivered: share.default(1),
  /** Of those delivered. */
  read: rarely,
  /** Of those read: without a `delivered` before. */
  readOnly: rarely,
  /** Share by code, e.g. `{ "131049": 0.01 }`; they are not delivered and not answered. */
  failed: z
    .record(z.string().regex(/^\d+$/), share)
    .refine((shares) => sumOf(shares) <= 1, { message: 'expected shares of at most 1 together' })
    .default({}),
  /** Share of those delivered that are told as failed too (131026), as with several devices. */
  deliveredAndFailed: rarely,
});

/** What a person may do about a request; all others ignore it. */
export const answerSchema = z.enum([
  'accept',
  'acceptForGood',
  'decline',
  /** Declines and then accepts, or accepts and then declines: every other person. */
  'changeMind',
  /** Accepts, and takes it back in the profile. */
  'revoke',
  'ignore',
  /** Calls the business, which permits a call back. */
  'callBack',
  /** Permits calls in the business's profile, for good. */
  'profileGrant',
]);

/** One such word. */
export type AnswerWord = z.output<typeof answerSchema>;

/** Shares of everybody who is not named in `people`. */
export const answersSchema = z
  .strictObject({
    accept: rarely,
    acceptForGood: rarely,
    decline: rarely,
    changeMind: rarely,
    revoke: rarely,
    ignore: rarely,
    callBack: rarely,
    profileGrant: rarely,
    /** How long after the delivery the answer comes; a second one comes as long after the first. */
    afterMs: delaySchema.prefault(0),
    /** How long a temporary permission lasts; Meta's is 168 h, its samples have others. */
    expiresInMs: spanSchema.default(WEEK_MS),
    /** Share of those who answered that change their number afterwards. */
    changeNumber: rarely,
  })
  .refine(({ afterMs: _, expiresInMs: __, changeNumber: ___, ...shares }) => sumOf(shares) <= 1, {
    message: 'expected shares of at most 1 together',
  });

/** How webhooks travel, checked. */
export type WebhookSettings = z.output<typeof webhooksSchema>;

/** With room for what sums of decimals are off by. */
function sumOf(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).reduce((sum, one) => sum + one, -1e-9);
}
