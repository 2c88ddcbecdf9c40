/**
 * Queues that somebody paused in the dashboard. BullMQ keeps that to itself: the ledger says that all runs, and
 * nobody is asked.
 */
import type { CampaignSummary } from '../core/campaign.ts';
import type { QueuePort } from '../core/ports/index.ts';

/** Those of the senders whose queue is paused; of a queue that does not answer nothing is said here. */
export async function pausedQueues(
  queue: Pick<QueuePort, 'isPaused'>,
  senderIds: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    [...new Set(senderIds)].map(async (senderId) =>
      (await queue.isPaused(senderId).catch(() => false)) ? [senderId] : [],
    ),
  );
  return found.flat();
}

/** Senders of open campaigns whose queue is paused. */
export function pausedIn(
  p: { readonly queue: Pick<QueuePort, 'isPaused'> },
  campaigns: readonly CampaignSummary[],
): Promise<readonly string[]> {
  const open = campaigns.filter(({ state }) => state === 'running' || state === 'paused');
  return pausedQueues(
    p.queue,
    open.flatMap(({ senderIds }) => senderIds),
  );
}

/** The same for an answer to a program that handed people over. */
export async function pausedWarnings(
  p: { readonly queue: Pick<QueuePort, 'isPaused'> },
  campaign: CampaignSummary,
): Promise<readonly string[]> {
  if (campaign.state !== 'running') return [];
  const paused = await pausedIn(p, [campaign]);
  return paused.map(
    (senderId) =>
      `The queue of sender ${senderId} is paused in the dashboard: nobody is asked until POST /v1/campaigns/${campaign.id}/resume.`,
  );
}

/** How a campaign goes on where queues are paused: at no rate where all of its are, and nobody knows how long. */
export function outlookWhilePaused<
  O extends {
    readonly rate: number;
    readonly secondsLeft: number | null;
    readonly doneAt: Date | null;
  },
>(
  outlook: O | undefined,
  { senderIds }: Pick<CampaignSummary, 'senderIds'>,
  paused: readonly string[],
): O | undefined {
  if (outlook === undefined || !senderIds.some((id) => paused.includes(id))) return outlook;
  const rate = senderIds.every((id) => paused.includes(id)) ? 0 : outlook.rate;
  return { ...outlook, rate, secondsLeft: null, doneAt: null };
}

/** The line that says so to a person. */
export function pausedQueueLine(senderId: string): string {
  return `The queue of sender ${senderId} is paused in the dashboard: nobody is asked. To go on: callpermit campaign resume ID`;
}

/** The line of one that could not be resumed. */
export function stuckQueueLine(senderId: string): string {
  return `The queue of sender ${senderId} does not answer: if it is paused in the dashboard, it still is, and nobody is asked. To go on: callpermit campaign resume ID`;
}
