/** The templates of a business account: read, made, deleted. */
import { given } from '../core/given.ts';
import type { CreatedTemplate, NewTemplate, Template } from '../core/graph.ts';
import type { GraphAdmin } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { newTemplate, type TemplateDraft } from '../core/template/template.ts';
import { problemWhile } from './graph-problem.ts';

/** Which templates; every field narrows. */
interface TemplateFilter {
  readonly name?: string | undefined;
  /** In any case. */
  readonly status?: string | undefined;
}

/** A template that is there now. */
export interface MadeTemplate extends CreatedTemplate {
  /** `false`: it was there before, with the same texts. */
  readonly created: boolean;
  /** The category that was asked for; Meta may give another. */
  readonly asked: NewTemplate['category'];
}

/** All of the account that fit. */
export async function listTemplates(
  graph: Pick<GraphAdmin, 'listTemplates'>,
  { name, status }: TemplateFilter = {},
): Promise<Result<readonly Template[], Problem>> {
  const templates: Template[] = [];
  for await (const next of graph.listTemplates(given({ name, status: status?.toUpperCase() }))) {
    if (!next.ok) return err(problemWhile(next.error, 'list the templates'));
    templates.push(next.value);
  }
  return ok(templates);
}

/** One template in every language it has, or in one, by its name or its id. */
export async function findTemplates(
  graph: Pick<GraphAdmin, 'listTemplates' | 'getTemplate'>,
  { name, language }: { readonly name: string; readonly language?: string | undefined },
): Promise<Result<readonly Template[], Problem>> {
  const found = /^\d{6,}$/.test(name) ? await byId(graph, name) : await named(graph, name);
  if (!found.ok) return found;
  const wanted = found.value.filter((t) => (language ?? t.language) === t.language);
  if (wanted.length > 0) return ok(wanted);
  const where = language === undefined ? '' : ` in ${language}`;
  return err(
    problem('TEMPLATE_NOT_FOUND', `There is no template ${name}${where}.`, {
      next: 'See: callpermit template list',
    }),
  );
}

/**
 * Makes a template that asks for permission to call. One of the same name, language and texts that is there already is as
 * good: who repeats a call whose answer was lost gets what the first one made. With other texts it is a conflict.
 */
export async function createTemplate(
  graph: Pick<GraphAdmin, 'createTemplate' | 'listTemplates'>,
  draft: TemplateDraft,
): Promise<Result<MadeTemplate, readonly Problem[]>> {
  const wanted = newTemplate(draft);
  if (!wanted.ok) return wanted;
  const { name, language, category: asked } = wanted.value;
  const made = await graph.createTemplate(wanted.value);
  if (made.ok) return ok({ ...made.value, created: true, asked });
  const refused = problemWhile(made.error, 'create the template');
  if (made.error.kind === 'unreachable') return err([refused]);
  // Why Meta refuses one that is there is told by no code that one could rely on.
  const others = await named(graph, name);
  const there = others.ok
    ? others.value.find((t) => t.language === language && !/DELET/.test(t.status))
    : undefined;
  if (there === undefined) return err([refused]);
  const { id, status, category } = there;
  if (textsOf(there) === textsOf(wanted.value))
    return ok({ id, status, category, created: false, asked });
  const message = `There is a template ${name} (${language}) already, with other texts.`;
  const next =
    'Take another name. Meta keeps the name of a deleted one from use for 30 days in that language.';
  return err([problem('CONFLICT', message, { where: 'name', next })]);
}

/** Deletes a template, in every language or the one with that id; one that is not there is told. */
export async function deleteTemplate(
  graph: Pick<GraphAdmin, 'deleteTemplate' | 'listTemplates'>,
  { name, id }: { readonly name: string; readonly id?: string | undefined },
): Promise<Result<void, Problem>> {
  const gone = await graph.deleteTemplate({ name, ...given({ id }) });
  if (gone.ok) return ok(undefined);
  const refused = problemWhile(gone.error, 'delete the template');
  if (gone.error.kind === 'unreachable') return err(refused);
  const there = await named(graph, name);
  const isThere = !there.ok || there.value.some((t) => t.id === (id ?? t.id));
  if (isThere) return err(refused);
  const which = id === undefined ? name : `${name} with the id ${id}`;
  return err(
    problem('TEMPLATE_NOT_FOUND', `There is no template ${which}.`, {
      next: 'See: callpermit template list',
    }),
  );
}

async function byId(
  graph: Pick<GraphAdmin, 'getTemplate'>,
  id: string,
): Promise<Result<readonly Template[], Problem>> {
  const found = await graph.getTemplate(id);
  return found.ok ? ok([found.value]) : err(problemWhile(found.error, 'read the template'));
}

/** The filter of the API matches parts of names too. */
async function named(
  graph: Pick<GraphAdmin, 'listTemplates'>,
  name: string,
): Promise<Result<readonly Template[], Problem>> {
  const found = await listTemplates(graph, { name });
  return found.ok ? ok(found.value.filter((t) => t.name === name)) : found;
}

/** What people read of it, and that it asks: Meta adds fields of its own, and may change the category. */
function textsOf({ components }: Pick<Template, 'components'>): string {
  const told = components.map(({ type, text }) => `${type.toUpperCase()} ${text ?? ''}`);
  return JSON.stringify(told.toSorted());
}
