/**
 * `POST /v1/campaigns/{id}/recipients`: the list of a campaign that waits for it, as a stream. No
 * limit in bytes: the body is read as fast as the ledger takes it, a batch at a time, and never
 * held. An upload that broke off counts for nothing and is sent again whole; one whose answer was lost
 * may be sent again, and changes nothing.
 */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { handOverTo } from '../campaign/hand-over-stream.ts';
import { targetOf } from '../campaign/hand-over-target.ts';
import { pausedWarnings } from '../campaign/paused-queues.ts';
import type { CampaignSummary } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import type { ListFormat } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { viewDryRun, viewList } from './campaign-view.ts';
import { BrokenGzipError, isGzip, unzipped } from './content-encoding.ts';
import { handed } from './create-campaign.ts';
import { findCampaign } from './find-campaign.ts';
import { listBody, type UploadQuery, uploaded, uploadedDry, uploadQuery } from './list-schemas.ts';
import { charsetOf, formatOf, LIST_TYPES } from './list-types.ts';
import { campaignPath } from './schemas.ts';
import { piecesOf } from './slow-bodies.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the upload of a list. */
export function recipientRoutes(server: HttpServer, app: App): void {
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
        const isPacked = isGzip(request.headers);
        const campaign = await findCampaign(app, request.params.id);
        const format = formatOf(request.headers['content-type']).format;
        return upload(app, campaign, {
          body: request.raw,
          query: request.query,
          isPacked,
          ...(format ? { format } : {}),
          ...charsetOf(request.headers['content-type']),
        });
      },
    );
    done();
  });
}

async function upload(
  app: App,
  campaign: CampaignSummary,
  p: {
    readonly body: IncomingMessage;
    readonly format?: ListFormat;
    readonly charset?: string;
    readonly isPacked: boolean;
    readonly query: UploadQuery;
  },
) {
  const { format, charset } = p;
  try {
    const pieces = piecesOf(p.body);
    const list = app.lists.bytes({
      bytes: p.isPacked ? unzipped(pieces) : pieces,
      name: 'the body',
      ...given({ format, charset }),
    });
    const target = targetOf(app, 'asked-for');
    const done = handed(await handOverTo(target, { campaign, list, options: p.query }));
    const found = await findCampaign(app, campaign.id);
    const { id, state } = found;
    const warnings = [...done.warnings, ...(await pausedWarnings(app, found))];
    return p.query.dryRun
      ? { id, ...viewDryRun(done), warnings }
      : { id, state, ...viewList(done), warnings };
  } catch (error) {
    if (error instanceof BrokenGzipError && p.body.errored === null) throw broken(error);
    if (p.body.errored === null) throw error;
    throw new ProblemError(
      problem('LIST_UNREADABLE', 'The upload broke off before its end.', {
        next: 'Send the list again from its beginning; nobody is added twice.',
      }),
      { cause: error },
    );
  } finally {
    // What a refusal leaves unread is read away, or the caller would never get to the answer.
    p.body.resume();
  }
}

/** To the campaign it is as if the upload had broken off. */
function broken(cause: BrokenGzipError): ProblemError {
  return new ProblemError(
    problem('LIST_UNREADABLE', `The gzip of the body is broken: ${cause.message}.`, {
      where: 'body',
      next: 'Send the list again from its beginning; nobody is added twice.',
    }),
    { cause },
  );
}
