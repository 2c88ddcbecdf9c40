/**
 * What a process knows and could not tell the ledger before it had to end: kept in the spool, and taken from there
 * by whoever sends for this ledger next. Where even that cannot be written, the log says how much is lost.
 */
import type { Leftover, RecordEntry, SendingStore, Spool } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** How long a shutdown waits for a loop's statement under way, ms; its own bound is a few seconds more. */
export const LOOPS_CLOSE_MS = 5_000;

/** What one sender of a process knows and could not tell the ledger. */
export interface Unsettled {
  readonly entries: readonly RecordEntry[];
  /** Claims whose answer was never read. */
  readonly claimIds: readonly string[];
}

interface Leaving {
  readonly spool: Spool;
  readonly log: Logger;
}

const BATCH = 200;

/** Saves what is left of a process's senders; gives how many outcomes and claims that is. */
export async function spoolLeft(
  { spool, log }: Leaving,
  parts: readonly (Unsettled & { readonly senderId: string })[],
): Promise<number> {
  const outcomes = parts.flatMap(({ entries }) => entries);
  const unread = parts.flatMap(({ senderId, claimIds }) =>
    claimIds.map((claimId) => ({ senderId, claimId })),
  );
  const count = outcomes.length + unread.length;
  if (count === 0) return 0;
  const saved = await spool.save({ outcomes, unread });
  if (saved.ok)
    log.error(
      { count, file: saved.value.path },
      'the database does not answer: outcomes wait in a file for the next sender of this folder',
    );
  else
    log.error(
      { count: saved.error.lost, why: saved.error.problem.message },
      'the database does not answer and no file can be written: these outcomes are lost, their requests become uncertain',
    );
  return count;
}

/** Records what ended processes have left; gives how many outcomes and claims. */
export function takeLeft(p: {
  readonly spool: Spool;
  readonly ledger: { readonly sending: Pick<SendingStore, 'record' | 'releaseClaim'> };
  readonly log: Logger;
}): Promise<number> {
  const { sending } = p.ledger;
  return p.spool.take(async ({ outcomes, unread }: Leftover) => {
    let known = 0;
    for (let i = 0; i < outcomes.length; i += BATCH)
      known += (await sending.record(outcomes.slice(i, i + BATCH))).length;
    for (const claim of unread) await sending.releaseClaim(claim);
    if (known < outcomes.length)
      p.log.warn(
        { count: outcomes.length - known },
        'outcomes of requests that are not in this ledger: was it put back to an older state? They change nothing',
      );
  });
}
