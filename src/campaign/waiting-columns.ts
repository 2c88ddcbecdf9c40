/** Whether a list fits the campaign that waits for it, by what was found of the template when that was made. */
import type { CampaignState, CampaignSummary } from '../core/campaign.ts';
import type { ListColumns } from '../core/ports/index.ts';
import { type Problem, type ProblemCode, problem } from '../core/problem.ts';
import { howToFit } from '../core/template/template.ts';
import { isPosition } from '../core/template/variables.ts';
import { fitWithoutPreflight, isHeaderColumn } from './preflight.ts';

const MAKE = 'make it again (POST /v1/campaigns without recipients) and send the list to it';

/** What to do where a list was refused whole and took its campaign along. */
export function afterRefusal(code: ProblemCode): string {
  if (code === 'LIST_AGAIN')
    return `To ask everybody on it once more: the campaign is gone, so ${MAKE} with ?again=true. A list that is sent with the same idempotency key each time asks nobody twice.`;
  if (code === 'LIST_REFUSED')
    return `Put the lines right, or leave strict out to ask the others. The campaign is gone, so ${MAKE}.`;
  return `Put the lines right. The campaign is gone, so ${MAKE}.`;
}

/** A campaign has one list. */
export function anotherIsIn(id: string, state: CampaignState): Problem {
  return problem('CAMPAIGN_STATE', `Campaign ${id} is ${state}: another list is in already.`, {
    where: id,
    next: 'Make a campaign without recipients for another list.',
  });
}

/** Those of a list's columns that the template needs; all where it was not looked at and its parameters have names. */
export function neededColumns(
  { headerParameters, bodyParameters, parameterFormat }: CampaignSummary,
  columns: readonly string[],
): readonly string[] {
  if (bodyParameters === null)
    return parameterFormat === 'positional'
      ? columns.filter((column) => isPosition(column) || isHeaderColumn(column))
      : columns;
  const wanted = new Set([...headerParameters, ...bodyParameters]);
  return columns.filter((column) => wanted.has(column));
}

/** Of a campaign whose template was not looked at, the list's columns say what fills it. */
export function columnsOf(
  campaign: CampaignSummary,
  columns: readonly string[],
): ListColumns | undefined {
  if (campaign.bodyParameters !== null) return undefined;
  const { headerParameters, bodyParameters } = fitWithoutPreflight({ ...campaign, columns });
  return { headerParameters, bodyParameters: bodyParameters ?? [] };
}

/** Whether the list's columns are those that the template was found to need. */
export function columnsProblem(
  campaign: CampaignSummary,
  columns: readonly string[],
): Problem | undefined {
  const { bodyParameters, headerParameters, template, language } = campaign;
  if (bodyParameters === null) return formatProblem(campaign, columns);
  const wanted = new Set([...headerParameters, ...bodyParameters]);
  const missing = [...wanted].filter((column) => !columns.includes(column));
  const extra = columns.filter((column) => !wanted.has(column));
  if (missing.length === 0 && extra.length === 0) return undefined;
  const parts = [
    ...(missing.length === 0 ? [] : [`the list lacks ${quoted(missing)}`]),
    ...(extra.length === 0 ? [] : [`the template has no variable for ${quoted(extra)}`]),
  ];
  return problem(
    'TEMPLATE_COLUMNS',
    `The columns of the list do not fit template "${template}" (${language}): ${parts.join('; ')}.`,
    { next: howToFit([...wanted], missing, extra) },
  );
}

/** A campaign made without a look at its template knows only the form of its parameters' names. */
function formatProblem(
  { parameterFormat }: CampaignSummary,
  columns: readonly string[],
): Problem | undefined {
  const body = columns.filter((column) => !isHeaderColumn(column));
  if (body.every(isPosition) === (parameterFormat === 'positional') || body.length === 0) {
    return undefined;
  }
  return problem(
    'TEMPLATE_COLUMNS',
    `The campaign was made for ${parameterFormat} parameters, but the list has ${quoted(columns)}.`,
    { next: 'Make the campaign with the "parameterFormat" that its template has.' },
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
