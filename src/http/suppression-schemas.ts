/** What goes in and out of `/v1/suppressions`. */
import { z } from 'zod';
import { listReport, uploadQuery } from './list-schemas.ts';
import { next, page } from './pages.ts';
import { numberReading, personText } from './person-path.ts';
import { strictObject } from './strict-object.ts';

const reason = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, 'give 1 to 500 characters in one line')
  .describe('Why; the list shows it.');

/** One person who is not asked. */
export const suppression = z
  .object({
    to: z.string().describe('Number with plus, or user id.'),
    source: z
      .enum(['operator', 'import', 'api', 'meta', 'preference', 'typed', 'forgotten'])
      .describe(
        'Who put them there: you (`operator`, `import`, `api`), Meta (`meta`: 131050, `preference`: their setting), they by a word (`typed`), or they were forgotten (`forgotten`).',
      ),
    reason: z.string().nullable(),
    addedAt: z.string().describe('ISO 8601 in UTC.'),
  })
  .meta({ id: 'Suppression' });

/** Query of `GET /v1/suppressions`. */
export const suppressionsQuery = strictObject({
  ...page,
  ends: z
    .string()
    .regex(/^\d{1,20}$/, 'give 1 to 20 digits')
    .optional()
    .describe('Only numbers that end with these digits.'),
});

/** Answer of `GET /v1/suppressions`. */
export const suppressions = z.object({ suppressions: z.array(suppression), next });

/** Body of `POST /v1/suppressions`. */
export const newSuppressions = strictObject({
  people: z
    .array(
      z.union([
        personText,
        strictObject({ to: personText, reason: reason.optional() }).meta({ id: 'OptOut' }),
      ]),
    )
    .min(1)
    .describe('People, or their numbers alone.')
    .meta({ examples: [[{ to: '+16505551234', reason: 'by phone' }]] }),
  reason: reason.optional().describe('For those without a reason of their own.'),
  ...numberReading,
});

/** Body of `PUT /v1/suppressions/{to}`. */
export const suppressionBody = strictObject({ reason: reason.optional() }).nullish();

/** Query of a streamed list. */
export const importQuery = strictObject({
  reason: reason.optional().describe('For lines without a reason of their own.'),
  ...numberReading,
  map: uploadQuery.shape.map,
});

/** What became of people who were handed in. */
export const takenSuppressions = z
  .object({
    added: z.number().int().describe('Put on the list.'),
    known: z.number().int().describe('On it already; they keep the first reason and time.'),
    refused: z.number().int().describe('Lines without a number that can be read.'),
    refusedLines: listReport.shape.refusedLines,
  })
  .meta({ id: 'TakenSuppressions' });

/** Answer of `PUT /v1/suppressions/{to}`. */
export const addedSuppression = suppression
  .extend({
    added: z.boolean().describe('False where they were on the list already.'),
  })
  .meta({ id: 'AddedSuppression' });

/** Answer of `DELETE /v1/suppressions/{to}`. */
export const removedSuppression = z
  .object({
    to: z.string(),
    removed: z.boolean().describe('False where they were not on the list.'),
  })
  .meta({ id: 'RemovedSuppression' });
