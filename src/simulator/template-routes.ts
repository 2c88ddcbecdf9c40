/** Listing, reading, deleting and unpausing templates. */
import { type Answer, json } from './answer.ts';
import { invalid } from './component-rules.ts';
import { askedFields, type FieldMakers, isRefusal, readFields } from './fields.ts';
import { errorAnswer, refuse } from './sim-errors.ts';
import type { StoredTemplate } from './template-store.ts';
import { tellTemplateStatus } from './webhooks/news.ts';
import type { World } from './world.ts';

const FIELDS: FieldMakers<StoredTemplate> = {
  id: (t) => t.id,
  name: (t) => t.name,
  language: (t) => t.language,
  status: (t) => t.status,
  category: (t) => t.category,
  // Read back in upper case, `CALL_PERMISSION_REQUEST` too.
  components: (t) => t.components.map((c) => ({ ...c, type: c.type.toUpperCase() })),
  parameter_format: (t) => t.parameterFormat.toUpperCase(),
  quality_score: (t) => ({ score: t.quality }),
  rejected_reason: (t) => t.rejectedReason,
  correct_category: (t) => t.correctCategory,
  previous_category: (t) => t.previousCategory,
  message_send_ttl_seconds: (t) => t.ttlSeconds,
  health_status: (t) => ({
    can_send_message: t.status === 'APPROVED' ? 'AVAILABLE' : 'BLOCKED',
    entities: [
      {
        entity_type: 'MESSAGE_TEMPLATE',
        id: t.id,
        can_send_message: t.status === 'APPROVED' ? 'AVAILABLE' : 'BLOCKED',
        ...(t.status === 'APPROVED'
          ? {}
          : {
              errors: [
                {
                  error_code: 141002,
                  error_description: `The template is not approved (${t.status}).`,
                  possible_solution: 'Wait for its approval, or use another template.',
                },
              ],
            }),
      },
    ],
  }),
};

const STANDARD = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id'];
const NODE_TYPE = 'WhatsAppMessageTemplate';

/** `GET /<WABA_ID>/message_templates`; `base` is the URL of the list without its query. */
export function listTemplates(
  world: World,
  businessAccountId: string,
  query: URLSearchParams,
  base: string,
): Answer {
  const asked = askedFields(query, FIELDS, STANDARD, NODE_TYPE);
  if (isRefusal(asked)) return errorAnswer(asked);
  const limit = Number(query.get('limit') ?? 25);
  if (!Number.isInteger(limit) || limit < 1) {
    return errorAnswer(
      refuse(100, undefined, { message: 'Param limit must be a positive number' }),
    );
  }
  const cursor = query.get('after') ?? query.get('before');
  const at = cursor === null ? undefined : readCursor(cursor);
  if (cursor !== null && at === undefined) return errorAnswer(refuse(131059));
  const all = world.templates.list(businessAccountId).filter((t) => fits(t, query, world));
  const page =
    at === undefined || query.has('after')
      ? all.filter((t) => t.sequence > (at ?? 0)).slice(0, limit)
      : all.filter((t) => t.sequence < at).slice(-limit);
  const [first, last] = [page[0], page.at(-1)];
  if (first === undefined || last === undefined) return json(200, { data: [] });
  return json(200, {
    data: page.map((template) => readFields(template, FIELDS, asked)),
    paging: {
      cursors: { before: makeCursor(first), after: makeCursor(last) },
      ...(all.at(-1) === last ? {} : { next: pageUrl(base, query, 'after', makeCursor(last)) }),
      ...(all[0] === first ? {} : { previous: pageUrl(base, query, 'before', makeCursor(first)) }),
    },
  });
}

/** `GET /<TEMPLATE_ID>`. */
export function showTemplate(template: StoredTemplate, query: URLSearchParams): Answer {
  const asked = askedFields(query, FIELDS, STANDARD, NODE_TYPE);
  return isRefusal(asked) ? errorAnswer(asked) : json(200, readFields(template, FIELDS, asked));
}

/** `DELETE /<WABA_ID>/message_templates?name=N[&hsm_id=ID]`. */
export function deleteTemplates(
  world: World,
  businessAccountId: string,
  query: URLSearchParams,
): Answer {
  const name = query.get('name');
  const id = query.get('hsm_id');
  if (name === null) {
    return errorAnswer(refuse(100, undefined, { message: 'The parameter name is required.' }));
  }
  const doomed = world.templates
    .list(businessAccountId)
    .filter((t) => t.name === name && (id === null || t.id === id));
  return removeAll(world, doomed);
}

/** `DELETE /<TEMPLATE_ID>`. */
export function deleteTemplate(world: World, template: StoredTemplate): Answer {
  return removeAll(world, [template]);
}

/** `POST /<TEMPLATE_ID>/unpause`: what pacing paused waits for this. */
export function unpauseTemplate(world: World, template: StoredTemplate): Answer {
  if (template.status !== 'PAUSED') {
    return errorAnswer(invalid(`The template is not paused (${template.status}).`));
  }
  template.status = 'APPROVED';
  tellTemplateStatus(world, template, 'PAUSED');
  return json(200, { success: true });
}

function removeAll(world: World, doomed: readonly StoredTemplate[]): Answer {
  if (doomed.length === 0) return errorAnswer(invalid('The message template was not found.'));
  if (doomed.some((t) => t.status === 'DISABLED')) {
    return errorAnswer(invalid('A disabled template cannot be deleted.'));
  }
  for (const template of doomed) world.templates.remove(template);
  return json(200, { success: true });
}

function fits(template: StoredTemplate, query: URLSearchParams, world: World): boolean {
  const name = query.get('name');
  if (name !== null) {
    const exact = world.profile.templateNameFilter === 'exact';
    if (exact ? template.name !== name : !template.name.includes(name)) return false;
  }
  const same = (field: string, value: string): boolean =>
    (query.get(field) ?? value).toLowerCase() === value.toLowerCase();
  return (
    same('status', template.status) &&
    same('language', template.language) &&
    same('category', template.category)
  );
}

function makeCursor(template: StoredTemplate): string {
  return Buffer.from(`cursor:${template.sequence}`).toString('base64url');
}

function readCursor(cursor: string): number | undefined {
  const digits = /^cursor:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function pageUrl(base: string, query: URLSearchParams, side: string, cursor: string): string {
  const next = new URLSearchParams(query);
  next.delete('after');
  next.delete('before');
  next.set(side, cursor);
  return `${base}?${next}`;
}
