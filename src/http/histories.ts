/** What became of one person on a list, step by step, what Meta told of it, and how soon people answered. */
import { z } from 'zod';
import { placeOf } from '../campaign/look-up.ts';
import { forPrograms, resultForPrograms } from '../campaign/option-names.ts';
import { type HistoryStep, historyOf } from '../campaign/request-history.ts';
import type { KeptRequest } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { answerTimesOf } from '../replies/answer-times.ts';
import { toldFrom, toldNear } from '../replies/request-webhooks.ts';
import type { App } from '../wiring.ts';
import { findCampaign } from './find-campaign.ts';
import {
  answerTimes,
  campaignLatency,
  requestWebhooks,
  requestWithHistory,
  rowPath,
  webhooksQuery,
} from './history-schemas.ts';
import { cursorOf, readCursor } from './pages.ts';
import { requestPath } from './request-schemas.ts';
import { campaignPath } from './schemas.ts';
import type { SharedAnswers } from './shared-answers.ts';
import type { HttpServer } from './typed-server.ts';

/** What is older says nothing of how it goes now. */
const LATENCY_WITHIN_S = 60;
/** A look goes on at a delivery of a day. */
const PLACE = z.tuple([z.iso.date(), z.string().regex(/^\d{1,18}$/)]);

/** Adds the routes. */
export function historyRoutes(server: HttpServer, app: App, share: SharedAnswers): void {
  server.get(
    '/v1/campaigns/:id/requests/:row',
    {
      schema: {
        tags: ['campaigns'],
        operationId: 'getCampaignRequest',
        summary: 'What became of one line, step by step',
        params: rowPath,
        response: { 200: requestWithHistory },
      },
    },
    async (request) => {
      const { id } = await findCampaign(app, request.params.id);
      const { row } = request.params;
      const kept = await app.ledger.histories.ofRow({ campaignId: id, row });
      if (kept === undefined) throw noLine(id, row);
      return shown(kept);
    },
  );

  server.get(
    '/v1/requests/:id/webhooks',
    {
      // What a person wrote may stand in it.
      config: { scope: 'send' },
      schema: {
        tags: ['requests'],
        operationId: 'listRequestWebhooks',
        summary: 'What Meta told of a request, as it came',
        description:
          'The parts of stored webhooks that name it. The first page has those that came near the times ' +
          'the request knows, as nearly all do. `next` leads through everything that came since it was ' +
          'claimed, 20,000 deliveries a page: a page may have none, or some of the first one again.',
        params: requestPath,
        querystring: webhooksQuery,
        response: { 200: requestWebhooks },
      },
    },
    async (request) => {
      const { id } = request.params;
      const place = await placeOf(app, id);
      const kept = place && (await app.ledger.histories.ofRow(place));
      if (kept === undefined) throw noRequest(id);
      const from = readCursor(request.query.after, PLACE);
      const aheadMs = await app.ledger.advancedMs();
      const target = { ledger: app.ledger, now: () => new Date(Date.now() + aheadMs) };
      const { parts, next } =
        from === undefined
          ? await toldNear(target, kept)
          : await toldFrom(target, kept, { day: from[0], id: from[1] });
      return {
        webhooks: parts.map((part) => ({ ...part, receivedAt: part.receivedAt.toISOString() })),
        next: next === null ? null : cursorOf([next.day, next.id]),
      };
    },
  );

  server.get(
    '/v1/campaigns/:id/latency',
    {
      schema: {
        tags: ['campaigns'],
        operationId: 'getCampaignLatency',
        summary:
          'How long its last messages took, from the claim until the acceptance was in the ledger',
        params: campaignPath,
        response: { 200: campaignLatency },
      },
    },
    async (request) => {
      const { id } = await findCampaign(app, request.params.id);
      return { id, ...(await app.ledger.histories.latencyOf(id, LATENCY_WITHIN_S)) };
    },
  );

  server.get(
    '/v1/campaigns/:id/answer-times',
    {
      schema: {
        tags: ['campaigns'],
        operationId: 'getAnswerTimes',
        summary: 'How soon people answered',
        params: campaignPath,
        response: { 200: answerTimes },
      },
    },
    async (request) => {
      const { id } = await findCampaign(app, request.params.id);
      const { spans, ...all } = await share(request, `answers ${id}`, () => answerTimesOf(app, id));
      return { id, ...all, spans: [...spans] };
    },
  );
}

function shown(kept: KeptRequest) {
  const { request, language, fence } = kept;
  const { id, campaignId: _, single: __, senderId, reason, check_at, ...result } = request;
  return {
    ...resultForPrograms(result),
    ...{ id, sender: senderId, language, reason, claims: fence, check_at },
    history: historyOf(kept).map(shownStep),
  };
}

function shownStep({ at, what, detail, code, applied, retryAt }: HistoryStep) {
  return {
    ...{ at: at.toISOString(), what, code, applied },
    detail: detail === null ? null : forPrograms(detail),
    retryAt: retryAt?.toISOString() ?? null,
  };
}

function noLine(id: string, row: number): ProblemError {
  return new ProblemError(
    problem('NOT_FOUND', `Nobody stands in row ${row} of campaign ${id}.`, {
      where: String(row),
      next: `GET /v1/campaigns/${id}/requests lists them; lines that could not be read are in /refused.`,
    }),
  );
}

function noRequest(id: string): ProblemError {
  const next = 'GET /v1/requests finds them by number, reference or wamid.';
  return new ProblemError(problem('NOT_FOUND', `There is no request ${id}.`, { where: id, next }));
}
