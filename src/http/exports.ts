/** `GET /v1/campaigns/{id}/export`: every line and what became of it, or why it could not be asked, streamed. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { linesForPrograms, resultsForPrograms } from '../campaign/option-names.ts';
import { given } from '../core/given.ts';
import { REFUSED_COLUMNS, type RefusedLine } from '../core/people/recipient.ts';
import { type Format, records } from '../core/records.ts';
import { EXPORT_COLUMNS } from '../core/request.ts';
import type { App } from '../wiring.ts';
import { findCampaign } from './find-campaign.ts';
import { campaignPath, type ExportQuery, exportQuery } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

const columns = EXPORT_COLUMNS.join(', ');
const refusedColumns = REFUSED_COLUMNS.join(', ');

/** A stream is written by us, not by its schema: this is what stands in the description of the API. */
const STREAMS: object = {
  description: `One line each, in the order of the list: ${columns}; of refused lines ${refusedColumns}.`,
  content: {
    'application/x-ndjson': { schema: z.string().describe('One JSON object a line.') },
    'text/csv': { schema: z.string().describe('RFC 4180 with a header, in UTF-8.') },
  },
};

/** Adds the export of a campaign. */
export function exportRoutes(server: HttpServer, app: Pick<App, 'ledger'>): void {
  server.get(
    '/v1/campaigns/:id/export',
    {
      schema: {
        tags: ['campaigns'],
        operationId: 'exportCampaign',
        summary: 'What became of each line, as a stream',
        params: campaignPath,
        querystring: exportQuery,
        response: { 200: STREAMS },
      },
    },
    async (request, reply) => {
      const { format, refused } = request.query;
      const { id } = await findCampaign(app, request.params.id);
      const name = refused ? `${id}-refused` : id;
      reply.headers({
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="${name}.${format}"`,
      });
      // To ask what it would be is no reason to read it all.
      if (request.method === 'HEAD') return reply.send();
      // Read as fast as it is sent: `records` waits in its generator while the socket is full.
      return reply.send(Readable.from(piecesOf(app, id, request.query)));
    },
  );
}

function piecesOf(
  { ledger }: Pick<App, 'ledger'>,
  id: string,
  { format, refused, status, spreadsheet }: ExportQuery,
): AsyncGenerator<string, number> {
  if (refused)
    return records(forPrograms(ledger.campaigns.refusedLines(id)), REFUSED_COLUMNS, format, {
      spreadsheet,
    });
  const rows = ledger.campaigns.results({ id, ...given({ states: status }) });
  return records(resultsForPrograms(rows), EXPORT_COLUMNS, format, { spreadsheet });
}

async function* forPrograms(lines: AsyncIterable<RefusedLine>): AsyncGenerator<RefusedLine, void> {
  for await (const line of lines) yield* linesForPrograms([line]);
}
