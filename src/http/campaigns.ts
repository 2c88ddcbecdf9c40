/** `/v1/campaigns`: made, looked at, moved from state to state. */
import { z } from 'zod';
import {
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../campaign/control.ts';
import { pausedIn } from '../campaign/paused-queues.ts';
import { funnelOf } from '../replies/funnel.ts';
import type { App } from '../wiring.ts';
import { viewCampaign } from './campaign-view.ts';
import { createCampaign } from './create-campaign.ts';
import { doubledRecipients } from './doubled-keys.ts';
import { findCampaign, unwrap } from './find-campaign.ts';
import { funnel } from './funnel-schemas.ts';
import { campaignWithList, dryRunReport, newCampaign } from './list-schemas.ts';
import {
  campaign,
  campaignPath,
  campaigns,
  idempotencyHeader,
  listQuery,
  lookedAt,
  resumed,
} from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

const CONTROLS = {
  start: { run: startCampaign, summary: 'Begin a campaign whose list is in' },
  pause: { run: pauseCampaign, summary: 'Stop asking; what is being sent is finished' },
  cancel: { run: cancelCampaign, summary: 'Stop for good; people not asked become `cancelled`' },
} as const;

/** Adds the routes of campaigns. */
export function campaignRoutes(server: HttpServer, app: App): void {
  const tags = ['campaigns'];

  server.post(
    '/v1/campaigns',
    {
      config: { scope: 'send' },
      schema: {
        tags,
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
        summary: 'The newest campaigns',
        querystring: listQuery,
        response: { 200: campaigns },
      },
    },
    async (request) => {
      const newest = await app.ledger.campaigns.list({ limit: request.query.limit });
      const pausedQueues = [...(await pausedIn(app, newest))];
      return { campaigns: newest.map(viewCampaign), pausedQueues };
    },
  );

  server.get(
    '/v1/campaigns/:id',
    {
      schema: { tags, summary: 'One campaign', params: campaignPath, response: { 200: lookedAt } },
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
        summary: 'What the messages led to: delivered, read, granted, declined',
        params: campaignPath,
        response: { 200: funnel },
      },
    },
    async (request) => {
      const found = await findCampaign(app, request.params.id);
      const { failed, priced, byLanguage, ...counts } = await funnelOf(
        app,
        found,
        await app.ledger.campaigns.reasons(found.id),
      );
      return {
        ...{ id: found.id, ...counts },
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

  for (const [verb, { run, summary }] of Object.entries(CONTROLS)) {
    server.post(
      `/v1/campaigns/:id/${verb}`,
      {
        config: { scope: 'send' },
        schema: { tags, summary, params: campaignPath, response: { 200: campaign } },
      },
      async (request) => viewCampaign(unwrap(await run(app, request.params.id))),
    );
  }
}
