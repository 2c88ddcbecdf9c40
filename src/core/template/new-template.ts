/**
 * The rules by which Meta refuses a new template, checked before the call, each with
 * its own message. All that are broken are named at once: a review costs minutes to a day.
 */
import type { NewTemplate, TemplateComponent } from '../graph.ts';
import { type Problem, problem } from '../problem.ts';
import { err, ok, type Result } from '../result.ts';
import { nearestLanguage, TEMPLATE_LANGUAGES } from './languages.ts';
import { pairExamples } from './template-examples.ts';
import { checkText, formatOf } from './template-text.ts';
import { namesOf } from './variables.ts';

/** What a person types to make a template. */
export interface TemplateDraft {
  readonly name: string;
  readonly language: string;
  /** In any case. */
  readonly category: string;
  readonly body: string;
  /** One for each variable, header first: values in order, or `name=value` for named ones. */
  readonly examples: readonly string[];
  readonly header?: string;
  readonly footer?: string;
}

/** Checks a draft and makes the body of the create call of it. */
export function newTemplate(draft: TemplateDraft): Result<NewTemplate, readonly Problem[]> {
  const problems = [
    ...checkName(draft.name),
    ...checkLanguage(draft.language),
    ...checkCategory(draft.category),
    ...checkText(draft),
  ];
  const header = namesOf(draft.header ?? '');
  const body = namesOf(draft.body);
  const format = formatOf([...header, ...body]);
  // Examples are paired with variables; while those are wrong, messages about examples mislead.
  const examples = pairExamples({
    format: format ?? 'positional',
    header,
    body,
    given: draft.examples,
  });
  if (problems.length === 0 && !examples.ok) problems.push(...examples.error);
  if (problems.length > 0 || format === undefined || !examples.ok) return err(problems);

  const components: TemplateComponent[] = [
    ...(draft.header === undefined
      ? []
      : [{ type: 'HEADER', format: 'TEXT', text: draft.header, ...examples.value.header }]),
    { type: 'BODY', text: draft.body, ...examples.value.body },
    ...(draft.footer === undefined ? [] : [{ type: 'FOOTER', text: draft.footer }]),
    { type: 'call_permission_request' },
  ];
  return ok({
    name: draft.name,
    language: draft.language,
    category: draft.category.trim().toUpperCase() === 'UTILITY' ? 'UTILITY' : 'MARKETING',
    parameterFormat: format,
    components,
  });
}

function checkName(name: string): Problem[] {
  if (name === '')
    return [invalid('name', 'The template has no name.', 'Give it one with --name.')];
  if (name.length > 512) {
    return [
      invalid('name', `The name has ${name.length} characters; Meta takes 512.`, 'Shorten it.'),
    ];
  }
  if (/^[a-z0-9_]+$/.test(name)) return [];
  const suggestion = name.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
  return [
    invalid(
      'name',
      `The name "${name}" holds more than lower-case letters, digits and underscores.`,
      `Take for example "${suggestion}".`,
    ),
  ];
}

function checkLanguage(language: string): Problem[] {
  if (TEMPLATE_LANGUAGES.has(language)) return [];
  const near = nearestLanguage(language);
  return [
    invalid(
      'language',
      `"${language}" is no language code of Meta's templates.`,
      near === undefined
        ? 'Use a code such as "en", "en_US" or "pt_BR".'
        : `Did you mean "${near}"?`,
    ),
  ];
}

function checkCategory(category: string): Problem[] {
  if (/^\s*(utility|marketing)\s*$/i.test(category)) return [];
  return [
    invalid(
      'category',
      `"${category}" cannot be the category of a call permission request.`,
      "Use UTILITY (tied to the person's own order or request) or MARKETING.",
    ),
  ];
}

function invalid(where: string, message: string, next: string): Problem {
  return problem('TEMPLATE_INVALID', message, { where, next });
}
