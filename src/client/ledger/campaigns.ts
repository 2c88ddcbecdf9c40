/** The ledger client looks at campaigns and steers them. */
import { type cancelCampaign, type pauseCampaign, resumeCampaign } from '../../campaign/control.ts';
import { retryAsAsked } from '../../campaign/operator.ts';
import { resultsForPrograms } from '../../campaign/option-names.ts';
import type { CampaignSummary } from '../../core/campaign.ts';
import { given } from '../../core/given.ts';
import type { RequestResult } from '../../core/request.ts';
import type { App } from '../../wiring.ts';
import type { ClientCampaign, ResumedClientCampaign, Retried } from '../answers.ts';
import { noCampaign } from '../check-input.ts';
import type { CampaignQuery, ResultQuery, RetryInput } from '../input.ts';
import { unwrap } from './open.ts';

const PAGE_ITEMS = 1_000;

/** How a campaign stands. */
export async function campaignOf(app: App, id: string): Promise<ClientCampaign> {
  const found = await app.ledger.campaigns.get(id);
  if (found === undefined) throw noCampaign(id);
  return view(found);
}

/** Campaigns, the newest first. */
export async function* campaignsOf(
  app: App,
  query: CampaignQuery,
): AsyncGenerator<ClientCampaign, void> {
  const { state, name, template, since, pageItems: limit = PAGE_ITEMS, signal } = query;
  const filter = given({
    ...{ name, template },
    states: state === undefined ? undefined : [state].flat(),
    since: since === undefined ? undefined : new Date(since),
  });
  for (let after: { place: number; id: string } | undefined; ; ) {
    signal?.throwIfAborted();
    const found = await app.ledger.campaigns.list({ ...filter, limit, ...given({ after }) });
    for (const { place: _, ...campaign } of found) yield view(campaign);
    after = found.at(-1);
    if (found.length < limit) return;
  }
}

/** What became of each line. */
export async function* resultsOf(
  app: App,
  id: string,
  { state, signal }: ResultQuery,
): AsyncGenerator<RequestResult, void> {
  await campaignOf(app, id);
  const states = state === undefined ? undefined : [state].flat();
  for await (const result of resultsForPrograms(
    app.ledger.campaigns.results({ id, ...given({ states }) }),
  )) {
    signal?.throwIfAborted();
    yield result;
  }
}

/** Moves a campaign. */
export async function steer(
  app: App,
  id: string,
  how: typeof pauseCampaign | typeof cancelCampaign,
): Promise<ClientCampaign> {
  return view(unwrap(await how(app, id)));
}

/** Goes on with a campaign. */
export async function resumed(app: App, id: string): Promise<ResumedClientCampaign> {
  const { stuckQueues, ...campaign } = unwrap(await resumeCampaign(app, id));
  return { ...view(campaign), stuckQueues };
}

/** Asks people again. */
export async function retried(app: App, id: string, input: RetryInput): Promise<Retried> {
  const { state, signal, ...others } = input;
  await campaignOf(app, id);
  const done = unwrap(
    await retryAsAsked(app, {
      campaignId: id,
      options: { ...others, status: state === undefined ? undefined : [state].flat() },
      ...given({ signal }),
    }),
  );
  return { id, state: (await campaignOf(app, id)).state, ...done };
}

/** A campaign without what is the ledger's own affair. */
function view(campaign: CampaignSummary): ClientCampaign {
  const {
    parameterFormat: _format,
    headerParameters: _header,
    bodyParameters: _body,
    startWhenIn: _start,
    idempotencyKey: _key,
    maxErrors: _errors,
    ...shown
  } = campaign;
  return shown;
}
