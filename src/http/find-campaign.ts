/** Looks a campaign up for a route. */
import type { CampaignSummary } from '../core/campaign.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';

export { unwrap } from '../core/unwrap.ts';

/** The campaign, or a throw that the error handler answers with 404. */
export async function findCampaign(app: Pick<App, 'ledger'>, id: string): Promise<CampaignSummary> {
  const found = await app.ledger.campaigns.get(id);
  if (found !== undefined) return found;
  throw new ProblemError(
    problem('NOT_FOUND', `There is no campaign ${id}.`, {
      where: id,
      next: 'GET /v1/campaigns lists them.',
    }),
  );
}
