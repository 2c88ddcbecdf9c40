/**
 * How requests stand that were made this moment, without a look at each: what they wait for is their sender's, and that is
 * looked at four times a second, however many are made (three statements a request at 300 a second were a third of all).
 */
import type { RequestResult } from '../core/request.ts';
import type { RequestStanding } from '../core/single-request.ts';
import { type OutcomeTarget, waitOf } from './await-outcome.ts';
import { pausedQueues } from './paused-queues.ts';

const KEPT_MS = 250;

/** A request that was made this moment, and who sends it. */
export interface FreshRequest {
  readonly id: string;
  readonly senderId: string;
  readonly fresh: RequestResult;
}

/** Makes what tells how they stand. */
export function freshStandings(
  target: Pick<OutcomeTarget, 'queue'> & {
    readonly ledger: Pick<OutcomeTarget['ledger'], 'senders'>;
  },
): (made: FreshRequest) => Promise<RequestStanding> {
  const senders = kept(() => target.ledger.senders.list());
  const paused = new Map<string, () => Promise<readonly string[]>>();
  return async ({ id, senderId, fresh }) => {
    const found = (await senders()).find((one) => one.senderId === senderId);
    const isPaused = paused.get(senderId) ?? kept(() => pausedQueues(target.queue, [senderId]));
    paused.set(senderId, isPaused);
    const wait = await waitOf(fresh, {
      sender: found,
      isPaused: async () => (await isPaused()).length > 0,
    });
    return { ...fresh, ...wait, id, state: 'running', reason: null };
  };
}

function kept<T>(look: () => Promise<T>): () => Promise<T> {
  let last: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (last === undefined || performance.now() > until) {
      until = performance.now() + KEPT_MS;
      last = look();
      // Whoever asks next looks again.
      last.catch(() => {
        until = 0;
      });
    }
    return last;
  };
}
