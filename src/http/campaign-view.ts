/** Campaigns and lists as answers show them. */
import type { z } from 'zod';
import type { HandedOver } from '../campaign/hand-over.ts';
import type { CampaignSummary } from '../core/campaign.ts';
import { figuresOf } from '../core/pace/forecast.ts';
import type { campaignWithList, dryRunReport, listReport } from './list-schemas.ts';
import type { campaign } from './schemas.ts';

/** What `POST /v1/campaigns` answers. */
export type MadeCampaign = z.output<typeof campaignWithList> | z.output<typeof dryRunReport>;

/** A campaign for an answer. */
export function viewCampaign(c: CampaignSummary): z.output<typeof campaign> {
  return {
    id: c.id,
    name: c.name ?? null,
    state: c.state,
    reason: c.reason,
    sender: c.senderId,
    senders: [...c.senderIds],
    template: c.template,
    language: c.language,
    single: c.single === true,
    weight: c.weight ?? 1,
    onPairLimit: c.onPairLimit ?? 'wait',
    includeGranted: c.includeGranted === true,
    includeDeclined: c.includeDeclined === true,
    quietHours: c.quietHours ?? null,
    counts: c.counts,
    messageStatuses: c.messageStatuses,
    refusedLines: c.refusedLines,
    createdAt: c.createdAt.toISOString(),
    startAt: c.startAt?.toISOString() ?? null,
    expireAt: c.expireAt?.toISOString() ?? null,
    scheduledFor: c.scheduledFor?.toISOString() ?? null,
    startedAt: c.startedAt?.toISOString() ?? null,
    endedAt: c.endedAt?.toISOString() ?? null,
  };
}

/** What became of a list, for an answer. */
export function viewList(handed: HandedOver): z.output<typeof listReport> {
  const { lines, added, doubles, refused, refusedLines } = handed;
  return { lines, added, doubles, refused, refusedLines: [...refusedLines] };
}

/** What is expected of it; nothing where there is no forecast. */
export function viewForecast({ forecast }: HandedOver) {
  return forecast === undefined ? {} : { forecast: figuresOf(forecast) };
}

/** What would become of a list. */
export function viewDryRun(handed: HandedOver) {
  return { dryRun: true as const, ...viewList(handed), ...viewForecast(handed) };
}
