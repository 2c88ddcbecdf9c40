/** `/v1/campaigns`: made, looked at, moved from state to state. */
import { z } from 'zod';
import {
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../campaign/control.ts';
import { pausedIn } from '../campaign/paused-queues.ts';
import { given } from '../core/given.ts';
import { funnelOf } from '../replies/funnel.ts';
import type { App } from '../wiring.ts';
import { viewCampaign } from './campaign-view.ts';
import { createCampaign } from './create-campaign.ts';
import { doubledRecipients } from './doubled-keys.ts';
import { findCampaign, unwrap } from './find-campaign.ts';
import { funnel } from './funnel-schemas.ts';
import { campaignWithList, dryRunReport, newCampaign } from './list-schemas.ts';
import { onePage, readCursor } from './pages.ts';
import {
  campaign,
  campaignPath,
  campaigns,
  idempotencyHeader,
  listQuery,
  lookedAt,
  resumed,
} from './schemas.ts';
import { dated, type SharedAnswers } from './shared-answers.ts';
import type { HttpServer } from './typed-server.ts';

/** Where a page of campaigns ends: when the last one was made, in microseconds, and its id. */
const PLACE = z.tuple([z.number().int().min(0).max(8_000_000_000_000_000), z.string().max(64)]);

const CONTROLS = {
  start: {
    run: startCampaign,
    operationId: 'startCampaign',
    summary: 'Begin a campaign whose list is in',
  },
  pause: {
    run: pauseCampaign,
    operationId: 'pauseCampaign',
    summary: 'Stop asking; what is being sent is finished',
  },
  cancel: {
    run: cancelCampaign,
    operationId: 'cancelCampaign',
    summary: 'Stop for good; people not asked become `cancelled`',
  },
} as const;

/** Adds the routes of campaigns. */
export function campaignRoutes(server: HttpServer, app: App, share: SharedAnswers): void {
  const tags = ['campaigns'];

  server.post(
    '/v1/campaigns',
    {
      config: { scope: 'send' },
      schema: {
        tags,
        operationId: 'createCampaign',
        summary: 'Make a campaign, with its recipients or waiting for them',
        headers: idempotencyHeader,
        body: newCampaign,
        response: { 200: z.union([campaignWithList, dryRunReport]), 201: campaignWithList },
      },
    },
    async (request, reply) => {
      const made = await createCampaign(app, request.body, {
        idempotencyKey: request.headers['idempotency-key'],
        written: doubledRecipients(request),
      });
      if ('dryRun' in made) return reply.code(200).send(made);
      return reply
        .code(made.created ? 201 : 200)
        .header('location', `/v1/campaigns/${made.id}`)
        .send(made);
    },
  );

  server.get(
    '/v1/campaigns',
    {
      schema: {
        tags,
        operationId: 'listCampaigns',
        summary: 'Campaigns, the newest first, without those of a single request',
        querystring: listQuery,
        response: { 200: campaigns },
      },
    },
    async (request) => {
      const { limit, after, state, name, template, since } = request.query;
      const last = readCursor(after, PLACE);
      const found = await app.ledger.campaigns.list({
        limit: limit + 1,
        ...given({
          after: last && { place: last[0], id: last[1] },
          states: state,
          since: since === undefined ? undefined : new Date(since),
          ...{ name, template },
        }),
      });
      const { items, next } = onePage(found, limit, ({ place, id }) => [place, id]);
      const pausedQueues = [...(await pausedIn(app, items))];
      return { campaigns: items.map(viewCampaign), next, pausedQueues };
    },
  );

  server.get(
    '/v1/campaigns/:id',
    {
      schema: {
        tags,
        operationId: 'getCampaign',
        summary: 'One campaign',
        params: campaignPath,
        response: { 200: lookedAt },
      },
    },
    async (request) => {
      const found = await findCampaign(app, request.params.id);
      return { ...viewCampaign(found), pausedQueues: [...(await pausedIn(app, [found]))] };
    },
  );

  server.get(
    '/v1/campaigns/:id/funnel',
    {
      schema: {
        tags,
        operationId: 'getCampaignFunnel',
        summary: 'What the messages led to: delivered, read, granted, declined',
        params: campaignPath,
        response: { 200: funnel },
      },
    },
    async (request) => {
      const found = await findCampaign(app, request.params.id);
      const { countedAt, found: one } = await share(
        request,
        `funnel ${found.id}`,
        dated(async () => funnelOf(app, found, await app.ledger.campaigns.reasons(found.id))),
      );
      const { failed, priced, byLanguage, ...counts } = one;
      return {
        ...{ id: found.id, countedAt, ...counts },
        ...{ failed: [...failed], priced: [...priced], byLanguage: [...byLanguage] },
      };
    },
  );

  server.post(
    '/v1/campaigns/:id/resume',
    {
      config: { scope: 'send' },
      schema: {
        tags,
        operationId: 'resumeCampaign',
        summary: 'Go on with a paused campaign',
        params: campaignPath,
        response: { 200: resumed },
      },
    },
    async (request) => {
      const campaign = unwrap(await resumeCampaign(app, request.params.id));
      return { ...viewCampaign(campaign), stuckQueues: [...campaign.stuckQueues] };
    },
  );

  for (const [verb, { run, operationId, summary }] of Object.entries(CONTROLS)) {
    server.post(
      `/v1/campaigns/:id/${verb}`,
      {
        config: { scope: 'send' },
        schema: {
          ...{ tags, operationId, summary },
          params: campaignPath,
          response: { 200: campaign },
        },
      },
      async (request) => viewCampaign(unwrap(await run(app, request.params.id))),
    );
  }
}
