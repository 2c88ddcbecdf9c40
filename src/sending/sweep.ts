/**
 * What a crash left behind is put right by looking at the ledger, by every process, as often as it
 * likes: two sweeps at once do no harm.
 */
import type { QueuePort, SendingStore } from '../core/ports/index.ts';

/**
 * A row that has been `queued` this long may have lost its job: the window holds 5 s of work, and a
 * little more where several processes feed. Looking costs a command a row, so a queue that is full
 * gets more time.
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
 * Feeds rows again whose job is gone (FLUSHALL, a crash between feed and add, a job removed by hand), or held
 * by a process that does not claim it.
 */
export async function refeedLost(
  p: {
    readonly sending: Pick<SendingStore, 'staleQueued' | 'refeed'>;
    readonly queue: Pick<QueuePort, 'size' | 'missing' | 'add'>;
  },
  senderId: string,
): Promise<number> {
  const isEmpty = (await p.queue.size(senderId)) === 0;
  const stale = await p.sending.staleQueued({
    senderId,
    olderThanMs: isEmpty ? STALE_MS : STALE_FULL_MS,
    limit: STALE_MOST,
  });
  if (stale.length === 0) return 0;
  const missing = await p.queue.missing(senderId, stale);
  const held = await p.sending.staleQueued({ senderId, olderThanMs: HELD_MS, limit: STALE_MOST });
  const lost = new Map([...missing, ...held].map((job) => [job.request, job]));
  if (lost.size === 0) return 0;
  const jobs = await p.sending.refeed([...lost.values()]);
  await p.queue.add(senderId, jobs);
  return jobs.length;
}
