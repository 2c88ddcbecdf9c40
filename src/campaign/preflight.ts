/**
 * Looking before the first send: a template that is missing, not approved, without the component or
 * with other variables than the list would refuse every single message.
 */
import type { GraphFailure, Template } from '../core/graph.ts';
import type { GraphAdmin } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { err, ok } from '../core/result.ts';
import { sameLanguage, spelledLanguage } from '../core/template/languages.ts';
import {
  checkColumns,
  hasCallPermissionComponent,
  templateVariables,
} from '../core/template/template.ts';
import { isPosition } from '../core/template/variables.ts';
import { saidOnce } from '../core/verdicts/said-once.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';

/** How a list's columns fill a template. */
export interface TemplateFit {
  /** The template's language as Meta spells it. */
  readonly language: string;
  /** All languages the template exists in, spelled so; absent where Meta was not asked. */
  readonly languages?: readonly string[];
  readonly parameterFormat: 'positional' | 'named';
  readonly headerParameters: readonly string[];
  /** `null`: all of a line's parameters, in their order. */
  readonly bodyParameters: readonly string[] | null;
  readonly warnings: readonly string[];
}

/**
 * Looks the template up and fits the list's columns to it.
 * @param p.columns the list's parameter columns; without them the template's own variables are taken
 * @param p.ignoreExtra columns that no variable needs are left out, not refused
 */
export async function preflight(
  graph: Pick<GraphAdmin, 'listTemplates'>,
  p: {
    readonly template: string;
    readonly language: string;
    readonly columns?: readonly string[] | undefined;
    readonly ignoreExtra?: boolean;
  },
): Promise<Result<TemplateFit, Problem>> {
  const found = await findTemplate(graph, p.template);
  if (!found.ok) return found;
  const template = found.value.find((t) => sameLanguage(t.language, p.language));
  if (template === undefined) return err(notFound(p, found.value));
  if (template.status.toUpperCase() !== 'APPROVED') return err(notApproved(template));
  if (!hasCallPermissionComponent(template)) {
    return err(
      problem(
        'TEMPLATE_WITHOUT_COMPONENT',
        `Template "${template.name}" (${template.language}) has no call_permission_request component: people would get a message that asks for nothing.`,
        {
          next: 'Make one with `callpermit template create`, or name another template.',
        },
      ),
    );
  }
  const variables = templateVariables(template);
  const plan =
    p.columns === undefined
      ? ok({ header: variables.header, body: variables.body })
      : checkColumns(template, p.columns, p.ignoreExtra);
  if (!plan.ok) return plan;
  return ok({
    language: template.language,
    languages: found.value.map((t) => t.language),
    parameterFormat: variables.format,
    headerParameters: plan.value.header,
    bodyParameters: plan.value.body,
    warnings:
      template.correctCategory !== undefined && template.correctCategory !== template.category
        ? [
            `Meta announces that this template will become ${template.correctCategory} (it is ${template.category} now).`,
          ]
        : [],
  });
}

/** Without a preflight the columns' names tell the format: numbers are positions. */
export function fitWithoutPreflight(p: {
  readonly language: string;
  readonly columns: readonly string[];
  readonly ignoreExtra?: boolean;
}): TemplateFit {
  const header = p.columns.filter(isHeaderColumn);
  const others = p.columns.filter((column) => !isHeaderColumn(column));
  // Where there are positions, only they can be the template's; else any name may be.
  const positions = others.filter(isPosition);
  const body = p.ignoreExtra && positions.length > 0 ? positions : others;
  const positional = body.every(isPosition);
  return {
    language: spelledLanguage(p.language),
    parameterFormat: positional ? 'positional' : 'named',
    headerParameters: header,
    bodyParameters: positional ? [...body].sort((a, b) => Number(a) - Number(b)) : body,
    warnings: [],
  };
}

/** Whether a column fills the header of a template that was not looked at. */
export function isHeaderColumn(column: string): boolean {
  return column === 'header' || column === 'header_1';
}

async function findTemplate(
  graph: Pick<GraphAdmin, 'listTemplates'>,
  name: string,
): Promise<Result<Template[], Problem>> {
  const found: Template[] = [];
  for await (const template of graph.listTemplates({ name })) {
    if (!template.ok) return err(graphProblem(template.error));
    // The filter of the API matches parts of names too.
    if (template.value.name === name) found.push(template.value);
  }
  return ok(found);
}

/** Why a management call failed, for people: the exit code follows from it. */
export function graphProblem(failure: GraphFailure): Problem {
  if (failure.kind === 'unreachable') {
    return failure.notFound === true
      ? problem('GRAPH_REFUSED', `The Graph server has no such route (${failure.detail}).`, {
          next: 'Look at GRAPH_BASE_URL and GRAPH_API_VERSION; a server without template routes needs --skip-preflight.',
        })
      : problem('GRAPH_UNREACHABLE', `The Graph API cannot be reached: ${failure.detail}.`, {
          where: 'GRAPH_BASE_URL',
          next: 'Look at the network and at GRAPH_BASE_URL; nothing was sent.',
        });
  }
  const { error } = failure;
  const verdict = verdictFor(error);
  const text = saidOnce(
    error.details === undefined ? error.message : `${error.message}: ${error.details}`,
  );
  const ofToken =
    error.code === 190 ||
    error.code === 0 ||
    error.code === 10 ||
    (error.code >= 200 && error.code < 300);
  return problem(
    ofToken ? 'TOKEN_REFUSED' : 'GRAPH_REFUSED',
    `Meta refused with ${error.code}: ${text}.`,
    {
      // Written for a campaign that was paused; here there is none yet.
      next: verdict.advice.replace(/, then resume( or retry)?(?: the campaign)?(?=[.;])/, ''),
    },
  );
}

function notFound(p: { template: string; language: string }, others: readonly Template[]): Problem {
  return others.length === 0
    ? problem('TEMPLATE_NOT_FOUND', `There is no template "${p.template}".`, {
        next: 'Look at `callpermit template list`, or make it with `callpermit template create`.',
      })
    : problem(
        'TEMPLATE_NOT_FOUND',
        `Template "${p.template}" does not exist in language "${p.language}".`,
        {
          next: `It exists in: ${others.map((t) => t.language).join(', ')}. en and en_US are different templates.`,
        },
      );
}

function notApproved(template: Template): Problem {
  const reason =
    template.rejectedReason && template.rejectedReason !== 'NONE'
      ? ` (${template.rejectedReason})`
      : '';
  return problem(
    'TEMPLATE_NOT_APPROVED',
    `Template "${template.name}" (${template.language}) is ${template.status}${reason}; only APPROVED ones may be sent.`,
    {
      next: 'Wait for the approval (`callpermit template show`), or name another template.',
    },
  );
}
