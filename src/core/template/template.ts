/**
 * What a campaign needs to know of a template: which variables it has, whether it asks for call
 * permission, and whether a list's columns fill it. (Making one: `new-template.ts`.)
 */
import type { Template, TemplateComponent } from '../graph.ts';
import { type Problem, problem } from '../problem.ts';
import { err, ok, type Result } from '../result.ts';
import { isPosition, namesOf } from './variables.ts';

export { newTemplate, type TemplateDraft } from './new-template.ts';

/** The variables of a template, in the order in which a send fills them. */
export interface TemplateVariables {
  readonly format: 'positional' | 'named';
  readonly header: readonly string[];
  readonly body: readonly string[];
}

/** Which column of a list fills which variable: one for each, in order. */
export interface ColumnPlan {
  readonly header: readonly string[];
  readonly body: readonly string[];
}

/** Columns that fill a positional template's header variable; its `{{1}}` is not the body's. */
const HEADER_COLUMNS = ['header', 'header_1'] as const;

/** Reads BODY and text HEADER; where the API gives no `parameter_format`, the names tell it. */
export function templateVariables(template: Template): TemplateVariables {
  const header = namesOf(textOf(template, 'header'));
  const body = namesOf(textOf(template, 'body'));
  const numbered = [...header, ...body].every(isPosition);
  return { format: template.parameterFormat ?? (numbered ? 'positional' : 'named'), header, body };
}

/** Whether the template asks for call permission; Meta writes the type in either case. */
export function hasCallPermissionComponent(template: Template): boolean {
  return component(template, 'call_permission_request') !== undefined;
}

/**
 * Whether `columns` (those that are parameters) fill the template. Positional: `1` ... `n` for the
 * body, `header` (or `header_1`) for the header. Named: the variables' names; one name in both
 * header and body is one column; a header's may also be called `header`. Order does not matter.
 * `ignoreExtra`: columns that no variable needs do not matter either.
 */
export function checkColumns(
  template: Template,
  columns: readonly string[],
  ignoreExtra = false,
): Result<ColumnPlan, Problem> {
  const unfillable = needsOtherParameters(template);
  if (unfillable !== undefined) {
    return err(
      problem('TEMPLATE_COLUMNS', `Template "${template.name}" ${unfillable}`, {
        next: 'Use a template whose only variables stand in its body or in a text header.',
      }),
    );
  }
  const variables = templateVariables(template);
  const given = new Set(columns);
  const header = variables.header.map((name) => headerColumn(name, variables.format, given));
  const body = [...variables.body];
  const wanted = new Set([...header, ...body]);
  const missing = [...wanted].filter((column) => !given.has(column));
  const extra = [...given].filter((column) => !wanted.has(column));
  if (missing.length === 0 && (extra.length === 0 || ignoreExtra)) return ok({ header, body });

  const parts = [
    ...(missing.length === 0 ? [] : [`the list lacks ${quoted(missing)}`]),
    ...(extra.length === 0 || ignoreExtra
      ? []
      : [`the template has no variable for ${quoted(extra)}`]),
  ];
  return err(
    problem(
      'TEMPLATE_COLUMNS',
      `The columns of the list do not fit template "${template.name}" (${template.language}): ${parts.join('; ')}.`,
      {
        next: howToFit([...wanted], missing, extra),
      },
    ),
  );
}

/** The options that make the list fit as it is, ready to be typed. */
export function howToFit(
  wanted: readonly string[],
  missing: readonly string[],
  extra: readonly string[],
): string {
  const [column = 'Column', variable] = [extra[0], missing[0]];
  const map =
    variable === undefined
      ? ''
      : ` Where a column goes by another name, say --map "${column}=${variable}".`;
  const ignore =
    extra.length === 0 ? '' : ' To leave out what no variable needs, say --ignore-columns all.';
  return wanted.length === 0
    ? 'The template has no variables: leave these columns out, or say --ignore-columns all.'
    : `Give the list exactly these parameter columns: ${quoted(wanted)}.${map}${ignore}`;
}

function headerColumn(
  name: string,
  format: TemplateVariables['format'],
  given: ReadonlySet<string>,
): string {
  const choices: readonly string[] = format === 'named' ? [name, 'header'] : HEADER_COLUMNS;
  return choices.find((column) => given.has(column)) ?? choices[0] ?? name;
}

/** Parameters that a list of texts cannot give: media headers, buttons with a variable. */
function needsOtherParameters(template: Template): string | undefined {
  const format = component(template, 'header')?.format?.toUpperCase();
  if (format !== undefined && format !== 'TEXT') return `has a header of format ${format}.`;
  const buttons = component(template, 'buttons');
  return buttons !== undefined && JSON.stringify(buttons.buttons ?? []).includes('{{')
    ? 'has a button with a variable.'
    : undefined;
}

function textOf(template: Template, type: string): string {
  const found = component(template, type);
  return typeof found?.text === 'string' ? found.text : '';
}

function component(template: Template, type: string): TemplateComponent | undefined {
  return template.components.find((c) => c.type.toLowerCase() === type);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
