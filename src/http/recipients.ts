/**
 * `POST /v1/campaigns/{id}/recipients`: the list of a campaign that waits for it, as a stream. The body is read as fast as the ledger takes it, a batch at a time, and never
 * held. An upload that broke off counts for nothing and is sent again whole; one whose answer was lost
 * may be sent again, and changes nothing.
 */
import { z } from 'zod';
import { handOverTo } from '../campaign/hand-over-stream.ts';
import { targetOf } from '../campaign/hand-over-target.ts';
import { pausedWarnings } from '../campaign/paused-queues.ts';
import type { CampaignSummary } from '../core/campaign.ts';
import type { ListSource } from '../core/ports/index.ts';
import type { App } from '../wiring.ts';
import { viewDryRun, viewList } from './campaign-view.ts';
import { handed } from './create-campaign.ts';
import { findCampaign } from './find-campaign.ts';
import { listBody, type UploadQuery, uploaded, uploadedDry, uploadQuery } from './list-schemas.ts';
import { LIST_TYPES } from './list-types.ts';
import { campaignPath } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';
import { withUploadedList } from './uploaded-list.ts';

/** Adds the upload of a list. */
export function recipientRoutes(server: HttpServer, app: App, most?: number): void {
  server.register((uploads: HttpServer, _options, done) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser([...LIST_TYPES], async (_request: unknown, body: unknown) => body);
    uploads.post(
      '/v1/campaigns/:id/recipients',
      {
        config: { scope: 'send' },
        schema: {
          tags: ['campaigns'],
          operationId: 'sendRecipients',
          summary: 'Send the list of a campaign as a stream',
          description:
            'May be packed: `Content-Encoding: gzip`. One that breaks off, packed or not, counts for nothing and is sent again whole.',
          consumes: [...LIST_TYPES],
          params: campaignPath,
          querystring: uploadQuery,
          body: listBody,
          response: { 200: z.union([uploaded, uploadedDry]) },
        },
      },
      async (request) => {
        const campaign = await findCampaign(app, request.params.id);
        return withUploadedList(
          app,
          request,
          (list) => upload(app, campaign, list, request.query),
          most,
        );
      },
    );
    done();
  });
}

async function upload(app: App, campaign: CampaignSummary, list: ListSource, options: UploadQuery) {
  const done = handed(await handOverTo(targetOf(app, 'asked-for'), { campaign, list, options }));
  const found = await findCampaign(app, campaign.id);
  const { id, state } = found;
  const warnings = [...done.warnings, ...(await pausedWarnings(app, found))];
  return options.dryRun
    ? { id, ...viewDryRun(done), warnings }
    : { id, state, ...viewList(done), warnings };
}
