/** What goes in and out of `/v1/templates`. */
import { z } from 'zod';
import { next, page } from './pages.ts';
import { strictObject } from './strict-object.ts';

const text = z.string().max(2_000);
const sender = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'give a phone number id')
  .optional()
  .describe('Phone number id whose account and token are used; else those of the settings.');
const name = z.string().min(1).max(512);
const language = z
  .string()
  .max(15)
  .describe("One of Meta's language codes, like en, en_US or pt_BR.");

/** Query of `GET /v1/templates`. */
export const templatesQuery = strictObject({
  name: name.optional().describe('Only those of this name.'),
  status: z.string().max(64).optional().describe('Only those of this status, like APPROVED.'),
  sender,
  ...page,
});

/** Path of one template. */
export const templatePath = z.object({ name: name.describe('Its name, or its id.') });

/** Query of one template. */
export const templateQuery = strictObject({ language: language.optional(), sender });

/** Query of a deletion. */
export const deleteQuery = strictObject({
  id: z
    .string()
    .regex(/^\d{1,32}$/, 'give the id of a template')
    .optional()
    .describe('Only the one with this id; else every language of the name is deleted.'),
  sender,
});

const news = z
  .object({
    what: z.string().describe('`status`, `quality`, `category` ...'),
    value: z.string(),
    detail: z.string().nullable(),
    effectiveAt: z.string().nullable().describe('ISO 8601 in UTC.'),
    at: z.string().describe('ISO 8601 in UTC.'),
  })
  .meta({ id: 'TemplateNews' });

/** A template as Meta shows it, with what it told. */
export const template = z
  .object({
    id: z.string(),
    name: z.string(),
    language: z.string(),
    status: z.string().describe('`APPROVED`, `PENDING`, `REJECTED`, `PAUSED` ...'),
    category: z.string(),
    asksForCalls: z.boolean().describe('Only such a template can be sent by callpermit.'),
    parameterFormat: z.enum(['positional', 'named']).nullable(),
    components: z.array(
      z.looseObject({
        type: z.string(),
        format: z.string().optional(),
        text: z.string().optional(),
      }),
    ),
    rejectedReason: z.string().nullable(),
    qualityScore: z.string().nullable(),
    correctCategory: z.string().nullable().describe('The one that it is going to have.'),
    news: z.array(news).describe('What Meta told by webhooks, as far as it stands.'),
  })
  .meta({ id: 'Template' });

/** Answer of `GET /v1/templates`. */
export const templates = z.object({ templates: z.array(template), next });

/** Answer of `GET /v1/templates/{name}`. */
export const languages = z.object({ templates: z.array(template) });

/** Body of `POST /v1/templates`. */
export const newTemplateBody = strictObject({
  name: name.describe('Lower-case letters, digits and underscores.'),
  language,
  category: z.string().max(64).describe('UTILITY or MARKETING, in capitals or not.'),
  body: text.describe('The text; variables are {{1}}, {{2}}, ... or {{name}}.'),
  examples: z
    .union([z.array(text).max(100), z.record(z.string().max(100), text)])
    .optional()
    .describe('One for each variable, that of the header first; of named ones by their names.')
    .meta({ examples: [['Ann', '1001'], { name: 'Ann', order: '1001' }] }),
  header: text.optional().describe('A line above the body, with one variable at most.'),
  footer: text.optional().describe('A line below the body, without variables.'),
  sender,
}).meta({ id: 'NewTemplate' });

/** Answer of `POST /v1/templates`. */
export const madeTemplate = z
  .object({
    id: z.string(),
    name: z.string(),
    language: z.string(),
    status: z.string(),
    category: z.string(),
    created: z.boolean().describe('False where it was there already, with the same texts.'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'MadeTemplate' });

/** Answer of a deletion. */
export const deletedTemplate = z
  .object({
    name: z.string(),
    id: z.string().optional(),
    state: z.literal('deleted'),
  })
  .meta({ id: 'DeletedTemplate' });
