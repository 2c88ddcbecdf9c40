/** `/v1/templates`: the message templates of the business account, at Meta. */
import { z } from 'zod';
import {
  createTemplate,
  deleteTemplate,
  findTemplates,
  listTemplates,
} from '../campaign/manage-templates.ts';
import { requireAccount } from '../config/require.ts';
import { given } from '../core/given.ts';
import type { GraphPort } from '../core/ports/index.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { hasCallPermissionComponent } from '../core/template/template.ts';
import { type Told, withNews } from '../replies/standing-news.ts';
import type { App } from '../wiring.ts';
import { unwrap } from './find-campaign.ts';
import { onePage, readCursor } from './pages.ts';
import { DetailedProblemError } from './problems.ts';
import {
  deletedTemplate,
  deleteQuery,
  languages,
  madeTemplate,
  newTemplateBody,
  type template,
  templatePath,
  templateQuery,
  templates,
  templatesQuery,
} from './template-schemas.ts';
import type { HttpServer } from './typed-server.ts';

const CURSOR = z.tuple([z.string(), z.string(), z.string()]);

/** Adds the routes of templates. */
export function templateRoutes(server: HttpServer, app: App): void {
  const tags = ['templates'];
  const config = { scope: 'admin' } as const;

  server.get(
    '/v1/templates',
    {
      schema: {
        operationId: 'listTemplates',
        tags,
        summary: 'The templates of the account, by name',
        querystring: templatesQuery,
        response: { 200: templates },
      },
    },
    async (request) => {
      const { limit, after, name, status, sender } = request.query;
      const last = readCursor(after, CURSOR);
      const graph = await graphOf(app, sender, 'querystring/sender');
      // Meta's own cursors end within days, and it knows no order: an account has 6,000 at most.
      const all = unwrap(await listTemplates(graph, { name, status }))
        .toSorted((a, b) => compare(keyOf(a), keyOf(b)))
        .filter((one) => last === undefined || compare(keyOf(one), last) > 0);
      const { items, next } = onePage(all, limit, keyOf);
      const told = withNews(items, await app.ledger.replies.templateNews());
      return { templates: told.map(viewTemplate), next };
    },
  );

  server.post(
    '/v1/templates',
    {
      config,
      schema: {
        operationId: 'createTemplate',
        tags,
        summary: 'Make a template that asks for permission to call',
        description:
          'The rules that Meta refuses by are checked before the call, all at once (`issues`). May be repeated without an idempotency key: a template of the same name, language and texts that is there already is answered with `created: false`; with other texts it is 409. Meta reviews it: look at its status.',
        body: newTemplateBody,
        response: { 200: madeTemplate, 201: madeTemplate },
      },
    },
    async (request, reply) => {
      const { sender, examples = [], header, footer, ...draft } = request.body;
      const graph = await graphOf(app, sender, 'body/sender');
      const made = unwrapMade(
        await createTemplate(graph, {
          ...draft,
          ...given({ header, footer }),
          examples: Array.isArray(examples)
            ? examples
            : Object.entries(examples).map(([name, value]) => `${name}=${value}`),
        }),
      );
      const { id, status, category, created, asked } = made;
      const { name, language } = draft;
      const warnings =
        category === asked
          ? []
          : [`Meta made the category ${category} instead of ${asked}; price and limits follow it.`];
      return reply
        .code(created ? 201 : 200)
        .header('location', `/v1/templates/${name}`)
        .send({ id, name, language, status, category, created, warnings });
    },
  );

  server.get(
    '/v1/templates/:name',
    {
      schema: {
        operationId: 'getTemplate',
        tags,
        summary: 'One template, in every language it has',
        params: templatePath,
        querystring: templateQuery,
        response: { 200: languages },
      },
    },
    async (request) => {
      const { language, sender } = request.query;
      const graph = await graphOf(app, sender, 'querystring/sender');
      const found = unwrapFound(await findTemplates(graph, { ...request.params, language }));
      const told = withNews(found, await app.ledger.replies.templateNews());
      return { templates: told.map(viewTemplate) };
    },
  );

  server.delete(
    '/v1/templates/:name',
    {
      config,
      schema: {
        operationId: 'deleteTemplate',
        tags,
        summary: 'Delete a template; Meta keeps its name from use for 30 days',
        params: templatePath,
        querystring: deleteQuery,
        response: { 200: deletedTemplate },
      },
    },
    async (request) => {
      const { id, sender } = request.query;
      const { name } = request.params;
      const graph = await graphOf(app, sender, 'querystring/sender');
      unwrapFound(await deleteTemplate(graph, { name, id }));
      return { name, ...given({ id }), state: 'deleted' as const };
    },
  );
}

/** The line to Meta of the account that is meant; a wrong sender is a fault of the request. */
async function graphOf(app: App, sender: string | undefined, where: string): Promise<GraphPort> {
  const account = requireAccount(app.config, sender);
  if (account.ok) return unwrap(await app.graph(sender));
  const { error } = account;
  if (error.code !== 'NOT_FOUND') throw new ProblemError(error);
  throw new ProblemError(
    problem('USAGE', error.message, { where, ...given({ next: error.next }) }),
  );
}

/** What was looked for by its name is not there: over HTTP that is 404. */
function unwrapFound<T>(result: Result<T, Problem>): T {
  if (result.ok || result.error.code !== 'TEMPLATE_NOT_FOUND') return unwrap(result);
  const next = 'GET /v1/templates lists them.';
  throw new ProblemError(
    problem('NOT_FOUND', result.error.message, { where: 'params/name', next }),
  );
}

/** All that is wrong with a draft, the first of it as the problem. */
function unwrapMade<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  const [first, ...others] = result.error.map(forBody);
  if (first === undefined) throw new Error('Expected a problem, got none');
  if (others.length === 0) throw new ProblemError(first);
  const issues = [first, ...others].map(({ where, message, next }) => ({
    ...{ where, message, next },
  }));
  throw new DetailedProblemError(first, { issues });
}

/** Texts name options as they are typed on a command line. */
function forBody(p: Problem): Problem {
  const { where, next } = p;
  const place =
    p.code === 'TEMPLATE_INVALID' && where !== undefined
      ? `body/${where === 'example' ? 'examples' : where}`
      : where;
  const said = next?.includes('--example')
    ? 'Give `examples`: a text for each variable, that of the header first.'
    : next?.replace(/ with --name/, '');
  return { ...p, ...given({ where: place, next: said }) };
}

function keyOf(t: { readonly name: string; readonly language: string; readonly id: string }) {
  return [t.name, t.language, t.id] as const;
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at === -1 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}

function viewTemplate(t: Told): z.output<typeof template> {
  const { id, name, language, status, category, components, news } = t;
  return {
    ...{ id, name, language, status, category },
    asksForCalls: hasCallPermissionComponent(t),
    parameterFormat: t.parameterFormat ?? null,
    components: components.map((one) => ({ ...one })),
    rejectedReason: t.rejectedReason ?? null,
    qualityScore: t.qualityScore ?? null,
    correctCategory: t.correctCategory ?? null,
    news: news.map(({ what, value, detail, effectiveAt, at }) => ({
      ...{ what, value, detail, at: at.toISOString() },
      effectiveAt: effectiveAt?.toISOString() ?? null,
    })),
  };
}
