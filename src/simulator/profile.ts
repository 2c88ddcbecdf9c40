/**
 * The profile: everything about the simulator that can be set, with defaults that are Meta's as far
 * as they are documented. Unknown fields are refused, since a misspelt fault is a fault not tested.
 */
import { z } from 'zod';
import { scheduleSchema } from './changes.ts';
import { faultSchema } from './faults.ts';
import { latencySchema } from './latency.ts';
import {
  patternSchema,
  permissionSchema,
  phoneSchema,
  restrictionSchema,
  spanSchema,
  templateStatusSchema,
  usageHeaderSchema,
} from './schemas.ts';
import {
  answerSchema,
  answersSchema,
  DEFAULT_APP_SECRET,
  deliveriesSchema,
  webhooksSchema,
} from './webhooks/settings.ts';

/** What the simulator is when nothing is set. The ids are those of Meta's examples. */
export const SIMULATOR_DEFAULTS = {
  phoneNumberId: '106540352242922',
  businessAccountId: '102290129340398',
  token: 'SIMULATOR_TOKEN',
  /** A German number: business-initiated calling exists there. */
  displayPhoneNumber: '+49 30 901820',
  /** What webhooks are signed with. */
  appSecret: DEFAULT_APP_SECRET,
} as const;

const rate = z.number().positive().max(100_000);
const count = z.number().int().min(0);
const pairLimit = z.strictObject({ perDay: count.default(1), perWeek: count.default(2) });

const tokenSchema = z.union([
  z
    .string()
    .min(1)
    .transform((value) => ({ value })),
  z.strictObject({
    value: z.string().min(1),
    scopes: z.array(z.string()).optional(),
    expiresInMs: spanSchema.optional(),
  }),
]);

/** One business number. */
export const senderSchema = z.strictObject({
  phoneNumberId: z.string().regex(/^\d+$/).default(SIMULATOR_DEFAULTS.phoneNumberId),
  businessAccountId: z.string().regex(/^\d+$/).default(SIMULATOR_DEFAULTS.businessAccountId),
  tokens: z
    .array(tokenSchema)
    .min(1)
    .default([{ value: SIMULATOR_DEFAULTS.token }]),
  displayPhoneNumber: phoneSchema.prefault(SIMULATOR_DEFAULTS.displayPhoneNumber),
  verifiedName: z.string().default('Simulated Shop'),
  /** Absent: the profile's. */
  messagesPerSecond: rate.optional(),
  calling: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  /** Whether an app is subscribed to the `calls` webhook field; without it 138018. */
  callsSubscribed: z.boolean().default(true),
  restriction: restrictionSchema.optional(),
  blockedBy: z.number().int().optional(),
  messagingLimit: z
    .enum(['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED'])
    .default('TIER_100K'),
  quality: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).default('GREEN'),
  /** Present: a test number, which may write to these numbers only (131030). */
  allowlist: z.array(phoneSchema).optional(),
  /** Absent: the profile's; Meta's for sandbox numbers are 25 and 100. */
  pairLimit: pairLimit.optional(),
});

/** A template that is there from the start; not put through the rules of creation. */
export const givenTemplateSchema = z.strictObject({
  id: z.string().regex(/^\d+$/).optional(),
  businessAccountId: z.string().default(SIMULATOR_DEFAULTS.businessAccountId),
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  language: z.string().default('en'),
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).default('UTILITY'),
  status: templateStatusSchema.default('APPROVED'),
  parameterFormat: z.enum(['positional', 'named']).default('positional'),
  components: z.array(z.looseObject({ type: z.string() })).default([
    {
      type: 'BODY',
      text: 'Hello {{1}}, we would like to call you to help support your order.',
      example: { body_text: [['Ann']] },
    },
    { type: 'call_permission_request' },
  ]),
  rejectedReason: z.string().optional(),
  correctCategory: z.string().optional(),
});

const personSchema = z
  .strictObject({
    number: phoneSchema.optional(),
    /** Everybody whose `wa_id` matches; the first entry that fits decides. */
    pattern: patternSchema.optional(),
    permission: permissionSchema.default('none'),
    /** Of a temporary one, from the start; 168 h by default. */
    permissionExpiresInMs: spanSchema.optional(),
    onWhatsApp: z.boolean().default(true),
    /** Stands in for the rules of Brazil, Mexico and Argentina. Only with `number`. */
    waId: phoneSchema.optional(),
    /** Somebody else asked this person so long ago, with every sender. Only with `number`. */
    askedAgoMs: z.array(spanSchema).default([]),
    usageLagMs: spanSchema.optional(),
    usageCounts: z.boolean().optional(),
    /** What they do about a request, whatever the shares say. */
    answer: answerSchema.optional(),
    answerAfterMs: spanSchema.optional(),
    /** How far messages to them come. */
    delivery: z.enum(['accepted', 'sent', 'delivered', 'read']).optional(),
    /** Messages to them fail with this code. */
    failsWith: z.number().int().optional(),
    /** Their number does not come with what they send. */
    withheld: z.boolean().optional(),
    /** After their answer, or where it would be, they have this number. Only with `number`. */
    changesNumberTo: phoneSchema.optional(),
  })
  .refine((person) => (person.number === undefined) !== (person.pattern === undefined), {
    message: 'expected exactly one of number and pattern',
  })
  .refine((person) => person.pattern === undefined || person.changesNumberTo === undefined, {
    message: 'expected a number beside changesNumberTo',
  });

const share = z.number().min(0).max(1).default(0);

const reviewRule = z.strictObject({
  /** Matched against the template's name. */
  name: patternSchema.default(''),
  outcome: z.enum(['APPROVED', 'REJECTED']).default('APPROVED'),
  /** `rejected_reason`, e.g. INCORRECT_CATEGORY. */
  reason: z.string().default('INVALID_FORMAT'),
  /** The category Meta makes of it (allow_category_change). */
  category: z.enum(['MARKETING', 'UTILITY']).optional(),
  delayMs: spanSchema.optional(),
});

/** The whole profile. */
export const profileSchema = z.strictObject({
  /** Seeds latency, probabilities and shares: same seed and same order, same run. */
  seed: z.number().int().default(1),
  senders: z.array(senderSchema).min(1).prefault([{}]),
  messagesPerSecond: rate.default(80),
  /** Share by which a sliding second may exceed the rate before 130429, for network jitter. */
  rateTolerance: z.number().min(0).max(1).default(0),
  pairLimit: pairLimit.extend({ enforce: z.boolean().default(true) }).prefault({}),
  /** 131056 above it; Meta allows 10 a minute with bursts. Absent: not enforced. */
  pairRate: z.strictObject({ messages: z.number().int().min(1), perMs: spanSchema }).optional(),
  latency: latencySchema.default({ kind: 'constant', ms: 0 }),
  usageHeader: usageHeaderSchema.default('off'),
  reply: z
    .strictObject({
      messageStatus: z.string().nullable().default('accepted'),
      idPrefix: z.string().default('wamid.'),
      waId: z.boolean().default(true),
    })
    .prefault({}),
  /** Graph versions up to this one exist. */
  newestVersion: z.number().int().min(1).default(26),
  /** How an unknown phone number id is refused: 33 by Meta's table, 100/33 as clients report. */
  unknownNumberCode: z.union([z.literal(33), z.literal(100)]).default(33),
  /** `false`: a server without template routes. */
  templateRoutes: z.boolean().default(true),
  templates: z.array(givenTemplateSchema).default([]),
  templateLimit: count.default(250),
  templateCreationsPerHour: count.default(100),
  /** Whether `?name=` finds names that contain the text, or only the name itself. */
  templateNameFilter: z.enum(['contains', 'exact']).default('contains'),
  review: z
    .strictObject({
      /** 0 approves in the answer of the create call. */
      delayMs: spanSchema.default(500),
      rules: z.array(reviewRule).default([]),
      /** Same body and footer as a living template: rejected. */
      rejectDuplicateText: z.boolean().default(true),
      /** Words a body needs for each variable; Meta does not publish its figure (2388293). */
      wordsPerVariable: z.number().min(0).default(1),
    })
    .prefault({}),
  people: z.array(personSchema).default([]),
  /** Shares of everybody not named in `people`, by a hash of seed and `wa_id`. */
  shares: z
    .strictObject({ notOnWhatsApp: share, permanent: share, temporary: share, declined: share })
    .prefault({}),
  permissions: z
    .strictObject({
      vocabulary: z.enum(['guide', 'openapi']).default('guide'),
      queriesPerSecond: z.number().int().min(1).default(5),
      /** 613 with HTTP 429 (troubleshooting page) or 4/2390008 (OpenAPI). */
      queryError: z.union([z.literal(613), z.literal(4)]).default(613),
      /** How long after acceptance the usage shows a request. */
      usageLagMs: spanSchema.default(0),
      /** `false`: the usage never shows it. */
      usageCounts: z.boolean().default(true),
      omitPeriods: z.array(z.enum(['day', 'week'])).default([]),
      /** Whether a number that is not its own `wa_id` finds its person. Unkind by default. */
      resolvesInput: z.boolean().default(false),
    })
    .prefault({}),
  webhooks: webhooksSchema.prefault({}),
  deliveries: deliveriesSchema.prefault({}),
  /** Absent: nobody answers but those of `people`. */
  answers: answersSchema.optional(),
  faults: z.array(faultSchema).default([]),
  schedule: z.array(scheduleSchema).default([]),
  keepAliveMs: spanSchema.default(65_000),
  /** Requests kept for `/_sim/requests`; counters go on beyond it. About 1 KB each (measured). */
  recordLimit: z.number().int().min(1).default(250_000),
  /** Every POST is appended here as NDJSON before it is answered, and read back at the start. */
  recordFile: z.string().min(1).optional(),
});

/** A checked profile with every default filled in. */
export type SimulatorProfile = z.output<typeof profileSchema>;

/** A profile as it is written: everything may be left out. */
export type SimulatorProfileInput = z.input<typeof profileSchema>;

/** A person's entry in the profile. */
export type PersonProfile = z.output<typeof personSchema>;

/** A sender's entry in the profile. */
export type SenderProfile = z.output<typeof senderSchema>;

/** A template's entry in the profile. */
export type GivenTemplate = z.output<typeof givenTemplateSchema>;
