/** `GET /v1/campaigns/{id}/export`: every line and what became of it, streamed. */
import { Readable } from 'node:stream';
import { resultsForPrograms } from '../campaign/option-names.ts';
import { records } from '../core/records.ts';
import { EXPORT_COLUMNS } from '../core/request.ts';
import type { App } from '../wiring.ts';
import { findCampaign } from './find-campaign.ts';
import { campaignPath, exportQuery } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const;

/** Adds the export of a campaign. */
export function exportRoutes(server: HttpServer, app: Pick<App, 'ledger'>): void {
  server.get(
    '/v1/campaigns/:id/export',
    {
      schema: {
        tags: ['campaigns'],
        summary: 'What became of each line',
        params: campaignPath,
        querystring: exportQuery,
      },
    },
    async (request, reply) => {
      const { format, status } = request.query;
      const { id } = await findCampaign(app, request.params.id);
      reply.headers({
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="${id}.${format}"`,
      });
      // To ask what it would be is no reason to read it all.
      if (request.method === 'HEAD') return reply.send();
      const rows = app.ledger.campaigns.results({ id, ...(status ? { states: status } : {}) });
      // Read as fast as it is sent: `records` waits in its generator while the socket is full.
      return reply.send(Readable.from(records(resultsForPrograms(rows), EXPORT_COLUMNS, format)));
    },
  );
}
