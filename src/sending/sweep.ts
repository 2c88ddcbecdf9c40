/**
 * What a crash left behind is put right by looking at the ledger, by every process, as often as it
 * likes: two sweeps at once do no harm.
 */
import type { QueuePort, SendingStore } from '../core/ports/index.ts';

/**
 * A batch that has been `queued` this long may have lost its job: the window holds 5 s of work, and a
 * little more where several processes feed. A queue that is full gets more time.
 */
const STALE_MS = 6_000;
const STALE_FULL_MS = 15_000;
const STALE_MOST = 500;
/** After so long a job is as good as gone, whatever the queue says: whoever holds it does not claim it. */
const HELD_MS = 60_000;

/** What one sweep did. */
export interface Swept {
  readonly leasesEnded: number;
  readonly completed: readonly string[];
}

/** Ends leases that ran out, expires who waited too long, and completes campaigns that have nothing open. */
export async function sweepLedger(
  sending: SendingStore,
  p: { readonly checkAfterMs: number },
): Promise<Swept> {
  const leasesEnded = await sending.sweepLeases(p);
  await sending.expire();
  await sending.pauseBlocked();
  return { leasesEnded, completed: await sending.completeCampaigns() };
}

/**
 * Gives back what waits in batches whose job is gone (FLUSHALL, a crash between feed and add, a job removed by hand),
 * or held by a process that does not claim it; the feeder makes new batches of it. Gives how many rows.
 */
export async function giveBackLost(
  p: {
    readonly sending: Pick<SendingStore, 'staleBatches' | 'giveBack'>;
    readonly queue: Pick<QueuePort, 'size' | 'missing'>;
  },
  senderId: string,
): Promise<number> {
  const isEmpty = (await p.queue.size(senderId)) === 0;
  const stale = await p.sending.staleBatches({
    senderId,
    olderThanMs: isEmpty ? STALE_MS : STALE_FULL_MS,
    limit: STALE_MOST,
  });
  if (stale.length === 0) return 0;
  const missing = await p.queue.missing(senderId, stale);
  const held = await p.sending.staleBatches({ senderId, olderThanMs: HELD_MS, limit: STALE_MOST });
  const batches = [...new Set([...missing, ...held])];
  return (await p.sending.giveBack({ senderId, batches })).length;
}
