/** What a page says of a campaign that the API does not say in these words. */
import type { Schema } from '../api/client.ts';
import type { CampaignState } from '../parts/state-badge.tsx';

/** A campaign as lists and pages have it. */
export type Campaign = Schema<'Campaign'>;
/** Requests by state. */
export type Counts = Schema<'RequestCounts'>;

/** A running one whose start lies ahead shows as scheduled. */
export function shownState({ state, scheduledFor }: Campaign): CampaignState {
  return state === 'running' && scheduledFor !== null ? 'scheduled' : state;
}

/** Everybody on the list. */
export function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/** Those who are not done with. */
export function openOf({ pending, queued, sending, uncertain }: Counts): number {
  return pending + queued + sending + uncertain;
}

/** Messages that were sent, whatever was answered. */
export function sentOf(counts: Counts): number {
  return counts.accepted + counts['already-granted'] + counts.rejected + counts.uncertain;
}

/** Whether people of it may be asked again: one that has not begun has asked nobody, and a cancelled one asks nobody more. */
export function mayRetry({ state }: Pick<Campaign, 'state'>): boolean {
  return state === 'running' || state === 'paused' || state === 'completed';
}

/** Whether it may still ask somebody. */
export function isOver({ state }: Pick<Campaign, 'state'>): boolean {
  return state === 'completed' || state === 'cancelled';
}
