/** `/v1/campaigns/{id}/forecast` and `/reasons`: how it will go on, and why people wait or ended. */
import { ratesOf, readForecast } from '../campaign/expected.ts';
import { forPrograms } from '../campaign/option-names.ts';
import { outlookOf } from '../campaign/outlook.ts';
import { outlookWhilePaused, pausedIn } from '../campaign/paused-queues.ts';
import { figuresOf } from '../core/pace/forecast.ts';
import type { App } from '../wiring.ts';
import { findCampaign } from './find-campaign.ts';
import { campaignForecast, reasons } from './outlook-schemas.ts';
import { campaignPath } from './schemas.ts';
import { dated, type SharedAnswers } from './shared-answers.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds what is expected of a campaign, and why its people stand as they do. */
export function campaignOutlookRoutes(server: HttpServer, app: App, share: SharedAnswers): void {
  const tags = ['campaigns'];

  server.get(
    '/v1/campaigns/:id/forecast',
    {
      schema: {
        tags,
        operationId: 'getCampaignForecast',
        summary: 'What is expected of the people who wait: who would be asked, and until when',
        params: campaignPath,
        response: { 200: campaignForecast },
      },
    },
    async (request) => {
      const campaign = await findCampaign(app, request.params.id);
      const { id } = campaign;
      const { campaigns } = app.ledger;
      const { countedAt, found: forecast } = await share(
        request,
        `forecast ${id}`,
        dated(() => readForecast(campaigns, id, ratesOf(app.config.senders))),
      );
      const progress = await campaigns.progress(id);
      const paused = await pausedIn(app, [campaign]);
      const outlook = outlookWhilePaused(await outlookOf(app, campaign), campaign, paused);
      return {
        ...{ id, countedAt, ...figuresOf(forecast) },
        rate: outlook?.rate ?? null,
        processes: outlook?.processes ?? null,
        secondsLeft: outlook?.secondsLeft ?? null,
        later: progress?.later ?? 0,
        nextDueAt: progress?.nextDueAt?.toISOString() ?? null,
        budgetWait: progress?.budgetWait
          ? {
              ...progress.budgetWait,
              freesAt: progress.budgetWait.freesAt?.toISOString() ?? null,
            }
          : null,
        pausedQueues: [...paused],
      };
    },
  );

  server.get(
    '/v1/campaigns/:id/reasons',
    {
      schema: {
        tags,
        operationId: 'getCampaignReasons',
        summary: 'Why people wait or ended, counted: what `retry` can be told',
        params: campaignPath,
        response: { 200: reasons },
      },
    },
    async (request) => {
      const { id } = await findCampaign(app, request.params.id);
      const { countedAt, found } = await share(
        request,
        `reasons ${id}`,
        dated(() => app.ledger.campaigns.reasons(id)),
      );
      return {
        ...{ id, countedAt },
        reasons: found.map(({ advice, nextAt, isLasting: lasting, ...one }) => ({
          ...{ ...one, lasting },
          advice: advice === null ? null : forPrograms(advice),
          nextAt: nextAt?.toISOString() ?? null,
        })),
      };
    },
  );
}
