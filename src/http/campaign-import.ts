/**
 * `POST /v1/campaigns/import`: a campaign and its list of any length in one request, as the command line and the Node client
 * hand one over. The list is the body, read as fast as the ledger takes it; what is said of the campaign is the query.
 */
import { z } from 'zod';
import { handOver } from '../campaign/hand-over.ts';
import { targetOf } from '../campaign/hand-over-target.ts';
import type { App } from '../wiring.ts';
import { answerOf, handed, senderOf } from './create-campaign.ts';
import { campaignImportQuery } from './import-schemas.ts';
import { campaignWithList, dryRunReport, listBody } from './list-schemas.ts';
import { LIST_TYPES } from './list-types.ts';
import { idempotencyHeader } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';
import { withUploadedList } from './uploaded-list.ts';

/** Adds the route. */
export function campaignImportRoutes(server: HttpServer, app: App, most?: number): void {
  server.register((uploads: HttpServer, _options, done) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser([...LIST_TYPES], async (_request: unknown, body: unknown) => body);
    uploads.post(
      '/v1/campaigns/import',
      {
        config: { scope: 'send' },
        schema: {
          tags: ['campaigns'],
          operationId: 'importCampaign',
          summary: 'Make a campaign with its list as a stream',
          description:
            'The list of any length is the body, the options are in the query. May be packed: `Content-Encoding: gzip`. One that breaks off counts for nothing and is sent again whole.',
          consumes: [...LIST_TYPES],
          headers: idempotencyHeader,
          querystring: campaignImportQuery,
          body: listBody,
          response: { 200: z.union([campaignWithList, dryRunReport]), 201: campaignWithList },
        },
      },
      async (request, reply) => {
        const idempotencyKey = request.headers['idempotency-key'];
        const options = { ...request.query, idempotencyKey };
        for (const id of options.sender ?? []) senderOf(app.config, id);
        const made = await withUploadedList(
          app,
          request,
          async (list) =>
            answerOf(
              app,
              handed(await handOver(targetOf(app, 'asked-for'), { options, list })),
              options,
            ),
          most,
        );
        if ('dryRun' in made) return reply.code(200).send(made);
        return reply
          .code(made.created ? 201 : 200)
          .header('location', `/v1/campaigns/${made.id}`)
          .send(made);
      },
    );
    done();
  });
}
