/** `POST /v1/campaigns/{id}/retry`: those are asked again who ended badly, by an operator's decision. */
import { retryAsAsked } from '../campaign/operator.ts';
import type { App } from '../wiring.ts';
import { findCampaign, unwrap } from './find-campaign.ts';
import { retried, retryBody } from './operator-schemas.ts';
import { campaignPath } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds what operators decide on a campaign. */
export function operatorRoutes(server: HttpServer, app: Pick<App, 'ledger'>): void {
  // A long list is done a part at a time: a server that closes ends after the part under way, and says so.
  const closing = new AbortController();
  server.addHook('preClose', async () => closing.abort());

  server.post(
    '/v1/campaigns/:id/retry',
    {
      config: { scope: 'send' },
      schema: {
        tags: ['campaigns'],
        operationId: 'retryRequests',
        summary: 'Ask people again who ended badly',
        description:
          'May be repeated: who waits to be asked again is not among them any more. ' +
          'GET /v1/campaigns/{id}/reasons counts who there is.',
        params: campaignPath,
        body: retryBody.nullish(),
        response: { 200: retried },
      },
    },
    async (request) => {
      const { id } = await findCampaign(app, request.params.id);
      const done = unwrap(
        await retryAsAsked(app, {
          campaignId: id,
          options: request.body ?? {},
          signal: closing.signal,
        }),
      );
      const { state } = await findCampaign(app, id);
      return { id, state, ...done };
    },
  );
}
