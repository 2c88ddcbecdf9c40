/** Small schemas that several parts of the profile share. */
import { z } from 'zod';

/** A phone number with country code, plus and spaces allowed; read as its digits. */
export const phoneSchema = z
  .string()
  .transform((text) => text.replace(/[^\d]/g, ''))
  .refine((digits) => /^\d{7,15}$/.test(digits), {
    message: 'expected a phone number with country code, e.g. "+16505551234"',
  });

/** The source of a regular expression. */
export const patternSchema = z.string().refine(
  (source) => {
    try {
      new RegExp(source, 'u');
      return true;
    } catch {
      return false;
    }
  },
  { message: 'expected a valid regular expression' },
);

/** A span of time in milliseconds. */
export const spanSchema = z.number().min(0);

/** Status of a template as Meta writes it; only APPROVED may be sent. */
export const templateStatusSchema = z.enum([
  'APPROVED',
  'PENDING',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'IN_APPEAL',
  'PENDING_DELETION',
  'LIMIT_EXCEEDED',
  'ARCHIVED',
]);

/** Status of a template. */
export type TemplateStatus = z.output<typeof templateStatusSchema>;

/** What a person has said about being called. */
export const permissionSchema = z.enum(['none', 'temporary', 'permanent', 'declined']);

/** A person's permission. */
export type Permission = z.output<typeof permissionSchema>;

/** A restriction of calling as `calling.restrictions.restrictions_list[]` shows it. */
export const restrictionSchema = z.strictObject({
  type: z.string().default('RESTRICTED_BUSINESS_INITIATED_CALLING'),
  reason: z.string().optional(),
  /** From now; without it the restriction stays. */
  expiresInMs: spanSchema.optional(),
});

/** What `x-business-use-case-usage` says; `off` sends no header. */
export const usageHeaderSchema = z.union([
  z.literal('off'),
  /** Percent of the messages per second used in the last second. */
  z.literal('rate'),
  z.strictObject({
    percent: z.number().min(0),
    /** `estimated_time_to_regain_access`, minutes as Meta gives them. */
    regainMinutes: z.number().min(0).default(0),
  }),
]);

/** What the usage header says. */
export type UsageHeader = z.output<typeof usageHeaderSchema>;
