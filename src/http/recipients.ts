/**
 * `POST /v1/campaigns/{id}/recipients`: the list of a campaign that waits for it, as a stream. No
 * limit in bytes: the body is read as fast as the ledger takes it, a batch at a time, and never
 * held. An upload that broke off counts for nothing and is sent again whole; one whose answer was lost
 * may be sent again, and changes nothing.
 */
import type { IncomingMessage } from 'node:http';
import type { CampaignSummary } from '../core/campaign.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { type ListFormat, openList } from '../wiring.ts';
import { viewList } from './campaign-view.ts';
import { findCampaign, unwrap } from './find-campaign.ts';
import { loadList } from './load-list.ts';
import { DetailedProblemError } from './problems.ts';
import { campaignPath, listBody, uploaded, uploadQuery } from './schemas.ts';
import { piecesOf } from './slow-bodies.ts';
import type { HttpServer } from './typed-server.ts';

const FORMATS: Readonly<Record<string, ListFormat>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/csv': 'csv',
  'application/json': 'json',
};

/** Adds the upload of a list. */
export function recipientRoutes(server: HttpServer, app: App): void {
  server.register((uploads: HttpServer, _options, done) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser(
      Object.keys(FORMATS),
      async (_request: unknown, body: unknown) => body,
    );
    uploads.post(
      '/v1/campaigns/:id/recipients',
      {
        schema: {
          tags: ['campaigns'],
          summary: 'Send the list of a campaign as a stream',
          consumes: Object.keys(FORMATS),
          params: campaignPath,
          querystring: uploadQuery,
          body: listBody,
          response: { 200: uploaded },
        },
      },
      async (request) => {
        const campaign = await findCampaign(app, request.params.id);
        const format = FORMATS[mediaType(request.headers['content-type'])];
        return upload(app, campaign, {
          body: request.raw,
          ...charsetOf(request.headers['content-type']),
          query: request.query,
          ...(format ? { format } : {}),
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
    readonly query: {
      readonly strict?: boolean | undefined;
      readonly defaultCountry?: string | undefined;
    };
  },
) {
  const country = p.query.defaultCountry ?? app.config.defaultCountry;
  try {
    const list = unwrap(
      await openList({
        source: piecesOf(p.body),
        name: 'the body',
        headerParameters: campaign.headerParameters,
        ...(p.format === undefined ? {} : { format: p.format }),
        ...(p.charset === undefined ? {} : { charset: p.charset }),
        ...(country === undefined ? {} : { defaultCountry: country }),
      }),
    );
    const strict = p.query.strict ?? false;
    const loaded = await loadList(app, { campaign, list, strict, defaultCountry: country });
    if (!loaded.ok) {
      const { refusedLines, ...refusal } = loaded.error;
      throw new DetailedProblemError(refusal, refusedLines.length === 0 ? {} : { refusedLines });
    }
    const { id, state } = await findCampaign(app, campaign.id);
    return { id, state, ...viewList(loaded.value) };
  } catch (error) {
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

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** `text/csv; charset=windows-1252`, quoted or not (RFC 9110). */
function charsetOf(header: string | undefined): { readonly charset?: string } {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header ?? '')?.[1];
  return charset === undefined ? {} : { charset };
}
