/** A list into a campaign that waits for it: do its columns fit, then line by line into the ledger. */
import { loadInto } from '../campaign/load.ts';
import type { CampaignState, CampaignSummary } from '../core/campaign.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isPosition } from '../core/template/variables.ts';
import { keepRefused, type Refusal, type Submitted } from '../submit.ts';
import type { App, OpenList } from '../wiring.ts';

/**
 * Loads a list into its campaign. A list that is refused whole takes its campaign along, but not where
 * another list is in: that one was answered.
 *
 * @param p.strict one bad line refuses the list
 */
export async function loadList(
  app: Pick<App, 'ledger'>,
  p: {
    readonly campaign: CampaignSummary;
    readonly list: OpenList;
    readonly strict: boolean;
    readonly defaultCountry: string | undefined;
  },
): Promise<Result<Submitted, Refusal>> {
  const { campaign, list, strict, defaultCountry } = p;
  const misfit = columnsProblem(campaign, list.columns);
  if (misfit !== undefined) return err({ ...misfit, refusedLines: [] });
  const kept = keepRefused(list.batches);
  const loaded = await loadInto(app, {
    campaignId: campaign.id,
    created: true,
    list: { ...list, batches: kept.batches },
    spec: campaign,
    strict,
    defaultCountry,
  });
  if (loaded.ok) return ok({ ...loaded.value, refusedLines: kept.first });
  const stands = await app.ledger.campaigns.get(campaign.id);
  const refusal =
    loaded.error.code === 'IDEMPOTENCY_MISMATCH'
      ? listIsIn(campaign.id, stands?.state ?? campaign.state)
      : { ...loaded.error, ...(stands === undefined ? { next: GONE } : {}) };
  return err({ ...refusal, refusedLines: kept.first });
}

const GONE = 'Put the lines right, make a new campaign (this one is gone) and send the list to it.';

function listIsIn(id: string, state: CampaignState): Problem {
  return problem('CAMPAIGN_STATE', `Campaign ${id} is ${state}: another list is in already.`, {
    where: id,
    next: 'Make a campaign without recipients for another list.',
  });
}

/** Whether the list's columns are those that the template was found to need. */
function columnsProblem(
  campaign: CampaignSummary,
  columns: readonly string[],
): Problem | undefined {
  const { bodyParameters, headerParameters, template } = campaign;
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
    `The columns of the list do not fit template "${template}": ${parts.join('; ')}.`,
    {
      next:
        wanted.size === 0
          ? 'The template has no variables: leave these columns out.'
          : `Give the list exactly these parameter columns: ${quoted([...wanted])}.`,
    },
  );
}

/** A campaign made without a look at its template knows only the form of its parameters' names. */
function formatProblem(
  { parameterFormat }: CampaignSummary,
  columns: readonly string[],
): Problem | undefined {
  if (columns.every(isPosition) === (parameterFormat === 'positional') || columns.length === 0) {
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
