/**
 * What can change while the simulator runs: by the profile's schedule, by `POST /_sim/state`, or by
 * the library. One vocabulary for all three, so that a test that works by hand can be scheduled.
 */
import { z } from 'zod';
import {
  permissionSchema,
  phoneSchema,
  restrictionSchema,
  spanSchema,
  templateStatusSchema,
  usageHeaderSchema,
} from './schemas.ts';
import { happeningSchema } from './webhooks/happening.ts';

/** Absent: every sender. */
const phoneNumberId = z.string().optional();

const settingSchema = z.discriminatedUnion('set', [
  z.strictObject({
    set: z.literal('template'),
    name: z.string(),
    /** Absent: every language. */
    language: z.string().optional(),
    status: templateStatusSchema,
    reason: z.string().optional(),
  }),
  z.strictObject({
    set: z.literal('category'),
    name: z.string(),
    language: z.string().optional(),
    category: z.enum(['MARKETING', 'UTILITY']),
    /** Only announced: it will be so after this time (Meta's is 24 h), by another such change. */
    aheadMs: spanSchema.optional(),
  }),
  z.strictObject({
    set: z.literal('quality'),
    name: z.string(),
    language: z.string().optional(),
    quality: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']),
  }),
  z.strictObject({
    set: z.literal('token'),
    /** `replace` revokes all tokens of the sender and adds `token`. */
    action: z.enum(['revoke', 'restore', 'add', 'replace']),
    phoneNumberId,
    /** For `revoke` and `restore` absent means every token of the sender. */
    token: z.string().min(1).optional(),
  }),
  z.strictObject({
    set: z.literal('rate'),
    phoneNumberId,
    messagesPerSecond: z.number().positive(),
  }),
  z.strictObject({
    set: z.literal('calling'),
    phoneNumberId,
    status: z.enum(['ENABLED', 'DISABLED']),
  }),
  /** `code`: what every send is refused with, e.g. 131031; `null` opens the number again. */
  z.strictObject({ set: z.literal('block'), phoneNumberId, code: z.number().int().nullable() }),
  z.strictObject({
    set: z.literal('restriction'),
    phoneNumberId,
    restriction: restrictionSchema.nullable(),
  }),
  z.strictObject({ set: z.literal('usage'), phoneNumberId, usage: usageHeaderSchema }),
  z.strictObject({
    set: z.literal('permission'),
    number: phoneSchema,
    permission: permissionSchema,
    /** Of a temporary one; 168 h by default. */
    expiresInMs: spanSchema.optional(),
  }),
  /** Forgets what this person was asked, as a connected call does. */
  z.strictObject({ set: z.literal('connected-call'), number: phoneSchema }),
]);

/** One change: `set` names what is so from now on, `kind` what somebody does. */
export const changeSchema = z.union([settingSchema, happeningSchema]);

/** One of those told by `set`. */
export type Setting = z.output<typeof settingSchema>;

/** One change. */
export type Change = z.output<typeof changeSchema>;

/** One change and when it happens: at a time since the start, or right before the nth POST. */
export const scheduleSchema = z
  .strictObject({
    atMs: spanSchema.optional(),
    /** Right before the nth POST to `/messages` is looked at, over all senders, from 1. */
    atMessage: z.number().int().min(1).optional(),
    change: changeSchema,
  })
  .refine((entry) => (entry.atMs === undefined) !== (entry.atMessage === undefined), {
    message: 'expected exactly one of atMs and atMessage',
  });

/** One entry of the schedule. */
export type ScheduleEntry = z.output<typeof scheduleSchema>;
