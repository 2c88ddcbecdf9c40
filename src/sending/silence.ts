/**
 * Silence is a fault. A sender that has people to ask and asks nobody for ten seconds says why: once in the
 * log, again when the reason changes, and in the ledger, where `callpermit senders` and the probes see it. The
 * reason is looked for where it would be: in the ledger, and in what the queue says of itself.
 */
import type { Clock, SilenceStore, Standing } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** Nothing sent for so long needs a reason, in ms; a restart of Postgres or Redis takes less. */
const SILENT_MS = 10_000;

/** What a {@link watchSilence} needs to know. */
export interface SilenceWatch {
  readonly clock: Pick<Clock, 'now'>;
  readonly silence: SilenceStore;
  readonly senderId: string;
  readonly worker: string;
  /** What is wrong with the queue although it answers, or that it does not; `null`: nothing. */
  readonly queueComplaint: () => Promise<string | null>;
  readonly log: Logger;
}

/** Makes a look that is taken every few seconds; each finds out whether the sender is silent, and why. */
export function watchSilence(p: SilenceWatch): () => Promise<void> {
  let stillSince: number | undefined;
  let told: string | null = null;
  let noted: string | null = null;

  async function tell(why: string | null, forMs: number, message: () => void): Promise<void> {
    if (why !== told) {
      told = why;
      message();
    }
    // After the log, which needs no database; tried again until the ledger has it.
    if (why === noted) return;
    const silence = why === null ? null : { forMs, why };
    await p.silence.note({ senderId: p.senderId, worker: p.worker, silence });
    noted = why;
  }

  return async () => {
    const standing = await p.silence.standing(p.senderId);
    if (standing.moves || !standing.due) {
      stillSince = undefined;
      await tell(null, 0, () => {
        if (standing.moves) p.log.info('sending again');
      });
      return;
    }
    const now = p.clock.now();
    stillSince ??= now;
    const forMs = now - stillSince;
    if (forMs < SILENT_MS) return;
    const why = whySilent(standing, await p.queueComplaint());
    await tell(why, forMs, () => p.log.warn({ why }, 'people are due and nothing is sent'));
  };
}

/**
 * The reason, in words for an operator: what comes first on the way to Meta first.
 * @param queue what the queue complains of
 */
export function whySilent(standing: Standing, queue: string | null): string {
  if (standing.closed !== null) return `the sender is stopped: ${standing.closed}`;
  if (standing.heldUntil !== null)
    return `Meta named a time before which nothing is to be sent: ${standing.heldUntil.toISOString()}`;
  if (standing.spent !== null) {
    const { freesAt } = standing.spent;
    const next = freesAt === null ? '' : `; the next place frees at ${freesAt.toISOString()}`;
    return `the daily limit of people is reached${next}`;
  }
  if (queue !== null) return queue;
  if (!standing.queued && !standing.feedable && standing.template !== null)
    return `the template is stopped: ${standing.template}`;
  return standing.queued
    ? 'people are in the queue and no process takes them'
    : 'people are due and no process puts them into the queue';
}
