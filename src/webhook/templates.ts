/** Fields about a template: its status, quality, category and text. */
import { ID_CHARS, MESSAGE_CHARS, outsideText, STATUS_CHARS } from '../core/outside-text.ts';
import type { TemplateUpdate } from '../core/webhook/update.ts';
import type { FieldReader } from './field-reader.ts';
import { idOf, type Json, recordOf, textOf, timeOf, wordOf } from './values.ts';

type News = Pick<TemplateUpdate, 'what' | 'value' | 'detail' | 'effectiveAt'>;

/** The fields, each with what it says; `undefined` where its word is missing. */
const NEWS: ReadonlyMap<string, (value: Json) => News | undefined> = new Map([
  ['message_template_status_update', statusNews],
  ['message_template_quality_update', qualityNews],
  ['template_category_update', categoryNews],
  ['template_correct_category_detection', detectionNews],
  ['message_template_components_update', componentsNews],
]);

/** The parts of a template that the components update lists, in the order in which they stand in a message. */
const COMPONENTS = [
  ['message_template_title', 'header'],
  ['message_template_element', 'body'],
  ['message_template_footer', 'footer'],
  ['message_template_buttons', 'buttons'],
] as const;

/** Reads the value of a field about a template; one without its id or its word is kept raw. */
export const readTemplate: FieldReader = (place, value, field) => {
  const { reading, where, account, at } = place;
  const templateId = idOf(value.message_template_id);
  const news = NEWS.get(field)?.(value);
  if (templateId === undefined) return reading.keep(place, where, 'no id of a template', value);
  if (account === undefined) return reading.keep(place, where, 'no id of an account', value);
  if (news === undefined) return reading.keep(place, where, 'nothing said of the template', value);
  for (const part of ['other_info', 'rejection_info'] as const) {
    const json = recordOf(value[part]);
    if (json !== undefined) reading.countKeys(json, part);
  }
  const name = textOf(value.message_template_name, ID_CHARS);
  const language = textOf(value.message_template_language, STATUS_CHARS)?.replaceAll('-', '_');
  reading.add({
    kind: 'template',
    account,
    at,
    templateId,
    ...(name === undefined ? {} : { name }),
    ...(language === undefined ? {} : { language }),
    ...news,
  });
};

function statusNews(value: Json): News | undefined {
  const other = recordOf(value.other_info);
  const rejection = recordOf(value.rejection_info);
  const reason = wordOf(value.reason) === 'NONE' ? undefined : value.reason;
  const words = [
    reason,
    other?.title,
    other?.description,
    rejection?.reason,
    rejection?.recommendation,
  ]
    .map((word) => textOf(word))
    .filter((word) => word !== undefined);
  const detail = outsideText([...new Set(words)].join('; '), MESSAGE_CHARS);
  return news('status', wordOf(value.event), detail === '' ? undefined : detail);
}

function qualityNews(value: Json): News | undefined {
  return news('quality', wordOf(value.new_quality_score));
}

function categoryNews(value: Json): News | undefined {
  const correct = wordOf(value.correct_category);
  const now = wordOf(value.new_category);
  if (correct === undefined) return news('category', now, wordOf(value.previous_category));
  // Here, and only here, `new_category` is the one that it still has.
  const effectiveAt = timeOf(value.category_update_timestamp);
  const ahead = news('category-ahead', correct, now);
  return ahead === undefined || effectiveAt === undefined ? ahead : { ...ahead, effectiveAt };
}

function detectionNews(value: Json): News | undefined {
  return news('category-ahead', wordOf(value.correct_category), wordOf(value.category));
}

function componentsNews(value: Json): News | undefined {
  const changed = COMPONENTS.filter(([key]) => value[key] !== undefined && value[key] !== null);
  return news('components', changed.map(([, name]) => name).join(' ') || 'components');
}

function news(
  what: TemplateUpdate['what'],
  value: string | undefined,
  detail?: string | undefined,
): News | undefined {
  if (value === undefined) return undefined;
  return { what, value, ...(detail === undefined ? {} : { detail }) };
}
