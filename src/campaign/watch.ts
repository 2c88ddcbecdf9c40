/** Watching a campaign to its end, by looking at the ledger: whoever sends, the counts are there. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignProgress, CampaignStore } from '../core/ports/index.ts';
import { openCount } from '../core/request.ts';
import { whileThere } from './await-outcome.ts';
import { type TimeLeft, timeLeftBy } from './time-left.ts';

/** What a progress bar draws. */
export type WatchedProgress = CampaignProgress & TimeLeft;

/**
 * Yields the progress of a campaign until it is completed, cancelled or paused, or until only rows
 * are left that are due more than five minutes ahead. A database that is away is waited for.
 * @param p.intervalMs between two looks
 * @param p.expectedSeconds how long it will take (`expectedWatch`), for the looks before a rate is measured
 */
export async function* watchCampaign(
  target: { readonly ledger: { readonly campaigns: Pick<CampaignStore, 'progress'> } },
  id: string,
  p: {
    readonly intervalMs?: number;
    readonly expectedSeconds?: number | undefined;
    readonly signal?: AbortSignal;
  } = {},
): AsyncGenerator<WatchedProgress> {
  const interval = p.intervalMs ?? 500;
  const timeLeft = timeLeftBy(p.expectedSeconds);
  while (p.signal?.aborted !== true) {
    const asked = performance.now();
    const progress = await whileThere(() => target.ledger.campaigns.progress(id));
    const atMs = performance.now();
    const took = atMs - asked;
    if (progress !== undefined) {
      const open = openCount(progress.counts);
      yield { ...progress, ...timeLeft({ atMs, open, later: progress.later }) };
      if (hasEnded(progress)) return;
    }
    // Counting a list of a hundred thousand takes the database 0.2 s: a tenth of its time is enough.
    await sleep(
      Math.max(interval, 10 * took),
      undefined,
      p.signal ? { signal: p.signal } : {},
    ).catch(() => undefined);
  }
}

/** Whether there is nothing to wait for any more. */
export function hasEnded(progress: CampaignProgress): boolean {
  if (
    progress.state === 'completed' ||
    progress.state === 'cancelled' ||
    progress.state === 'paused'
  )
    return true;
  if (progress.state !== 'running') return false;
  // The sweep completes a campaign with nothing open; rows for later are told, not waited for.
  return (
    progress.later > 0 && progress.later >= openCount(progress.counts) + progress.uncertainOpen
  );
}
