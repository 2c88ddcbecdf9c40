/** Campaigns and lists as answers show them. */
import type { z } from 'zod';
import type { CampaignSummary } from '../core/campaign.ts';
import type { Submitted } from '../submit.ts';
import type { campaign, listReport } from './schemas.ts';

/** A campaign for an answer. */
export function viewCampaign(c: CampaignSummary): z.output<typeof campaign> {
  return {
    id: c.id,
    state: c.state,
    reason: c.reason,
    sender: c.senderId,
    template: c.template,
    language: c.language,
    counts: c.counts,
    messageStatuses: c.messageStatuses,
    refusedLines: c.refusedLines,
    createdAt: c.createdAt.toISOString(),
    startAt: c.startAt?.toISOString() ?? null,
    scheduledFor: c.scheduledFor?.toISOString() ?? null,
    startedAt: c.startedAt?.toISOString() ?? null,
    endedAt: c.endedAt?.toISOString() ?? null,
  };
}

/** What became of a list, for an answer. */
export function viewList(loaded: Submitted): z.output<typeof listReport> {
  const { lines, added, doubles, refused, refusedLines } = loaded;
  return { lines, added, doubles, refused, refusedLines: [...refusedLines] };
}
