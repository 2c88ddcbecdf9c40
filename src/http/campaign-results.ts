/** `/v1/campaigns/{id}/requests` and `/refused`: the lines of a list, a page at a time. */
import { z } from 'zod';
import { linesForPrograms, resultForPrograms } from '../campaign/option-names.ts';
import { given } from '../core/given.ts';
import type { App } from '../wiring.ts';
import { findCampaign } from './find-campaign.ts';
import { onePage, readCursor } from './pages.ts';
import { refused, refusedQuery, results, resultsQuery } from './result-schemas.ts';
import { campaignPath } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

/** A page ends with a row. */
const ROW = z.tuple([z.number().int().min(0).max(2_147_483_647)]);

/** Adds the lines of a campaign. */
export function campaignResultRoutes(server: HttpServer, app: Pick<App, 'ledger'>): void {
  const tags = ['campaigns'];

  server.get(
    '/v1/campaigns/:id/requests',
    {
      schema: {
        tags,
        operationId: 'listCampaignRequests',
        summary: 'What became of each line, in the order of the list',
        params: campaignPath,
        querystring: resultsQuery,
        response: { 200: results },
      },
    },
    async (request) => {
      const { limit, after, state, code, reason } = request.query;
      const [afterRow] = readCursor(after, ROW) ?? [0];
      const { id } = await findCampaign(app, request.params.id);
      const found = await app.ledger.requests.ofCampaign({
        ...{ campaignId: id, afterRow, limit: limit + 1 },
        ...given({ states: state, errorCode: code, reason }),
      });
      const { items, next } = onePage(found, limit, ({ row }) => [row]);
      return { requests: items.map(resultForPrograms), next };
    },
  );

  server.get(
    '/v1/campaigns/:id/refused',
    {
      schema: {
        tags,
        operationId: 'listRefusedLines',
        summary: 'Lines of the list that could not be asked, and why',
        params: campaignPath,
        querystring: refusedQuery,
        response: { 200: refused },
      },
    },
    async (request) => {
      const { limit, after } = request.query;
      const [afterRow] = readCursor(after, ROW) ?? [0];
      const { id } = await findCampaign(app, request.params.id);
      const found = await app.ledger.requests.refusedOf({
        campaignId: id,
        afterRow,
        limit: limit + 1,
      });
      const { items, next } = onePage(found, limit, ({ row }) => [row]);
      return { refused: linesForPrograms(items), next };
    },
  );
}
