/**
 * How requests stand that were made this moment, without a look at each: what they wait for is their sender's, and that is
 * looked at four times a second, however many are made.
 */
import type { RequestResult } from '../core/request.ts';
import { type Look, shared } from '../core/shared-look.ts';
import type { RequestStanding } from '../core/single-request.ts';
import { type OutcomeTarget, waitOf, whileThere } from './await-outcome.ts';
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
  const senders = shared(
    () => KEPT_MS,
    () => target.ledger.senders.list(),
  );
  const paused = new Map<string, () => Promise<Look<readonly string[]>>>();
  return async ({ id, senderId, fresh }) => {
    // It is made, whatever else is out of reach now.
    const known = await whileThere(senders);
    const look =
      paused.get(senderId) ??
      shared(
        () => KEPT_MS,
        () => pausedQueues(target.queue, [senderId]),
      );
    paused.set(senderId, look);
    const nothing = { waits_for: null, due_at: null };
    const wait =
      known === undefined
        ? nothing
        : await waitOf(fresh, {
            sender: known.found.find((one) => one.senderId === senderId),
            isPaused: async () => (await look()).found.length > 0,
          });
    return { ...fresh, ...wait, id, state: 'running', reason: null };
  };
}
