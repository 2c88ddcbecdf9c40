/** What people and Meta can be told to do by a test, a schedule or a control. */
import { z } from 'zod';
import { WEEK_MS } from '../clock.ts';
import { phoneSchema, spanSchema } from '../schemas.ts';
import { answerSchema } from './settings.ts';

/** Absent: the number that asked this person, else the first. */
const phoneNumberId = z.string().optional();

/** One happening, told by `kind`. */
export const happeningSchema = z.discriminatedUnion('kind', [
  /** An answer to what the person was asked last. */
  z.strictObject({
    kind: z.literal('answer'),
    to: phoneSchema,
    phoneNumberId,
    answer: answerSchema,
    expiresInMs: spanSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('call'),
    to: phoneSchema,
    phoneNumberId,
    connected: z.boolean().default(true),
    direction: z.enum(['business', 'user']).default('business'),
    durationS: z.number().int().min(1).default(45),
  }),
  /** Takes a permission back: by hand in the profile, or (`automatic`) Meta does. */
  z.strictObject({
    kind: z.literal('revoke'),
    to: phoneSchema,
    phoneNumberId,
    automatic: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('change-number'),
    to: phoneSchema,
    phoneNumberId,
    newNumber: phoneSchema,
  }),
  z.strictObject({
    kind: z.literal('preference'),
    to: phoneSchema,
    phoneNumberId,
    value: z.enum(['stop', 'resume']),
    category: z.string().default('marketing_messages'),
  }),
  z.strictObject({ kind: z.literal('text'), to: phoneSchema, phoneNumberId, text: z.string() }),
  /** Meta's warning before it restricts calling. */
  z.strictObject({ kind: z.literal('warn-calling'), phoneNumberId }),
  /** No calls and no requests for so long. */
  z.strictObject({
    kind: z.literal('restrict-calling'),
    phoneNumberId,
    expiresInMs: spanSchema.default(WEEK_MS),
  }),
  /** How many people a day may be written to from now on. */
  z.strictObject({
    kind: z.literal('daily-limit'),
    phoneNumberId,
    people: z.union([z.number().int().min(1), z.literal('unlimited')]),
  }),
]);

/** One happening. */
export type Happening = z.output<typeof happeningSchema>;
