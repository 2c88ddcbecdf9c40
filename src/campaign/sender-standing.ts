/** Whether a sender asks people now, and if not, or more slowly than it may, why. */
import type { SenderStatus } from '../core/ports/index.ts';

/** How a sender stands. */
export interface SenderStanding {
  readonly state: 'sending' | 'stopped';
  /** Empty where it goes as fast as it may. */
  readonly why: string;
}

/**
 * Whether a sender would ask somebody now.
 * @param paused senders whose queue a person has paused in the dashboard
 */
export function senderStands(s: SenderStatus, paused: readonly string[] = []): SenderStanding {
  const { breaker, silence, processes, rateReason } = s;
  const isPaused = paused.includes(s.senderId);
  const slower = rateReason === null ? [] : [rateReason];
  const stops = [
    ...(isPaused ? ['its queue is paused in the dashboard'] : []),
    ...(breaker === null ? [] : [breaker.message]),
    // The sender's own look at its queue says the same.
    ...(silence === null || isPaused ? [] : [silence.why]),
  ];
  if (stops.length > 0) return { state: 'stopped', why: [...new Set(stops)].join('; ') };
  if (processes === 0)
    return { state: 'stopped', why: 'no process sends for it (start one: callpermit sender)' };
  return { state: 'sending', why: slower.join('; ') };
}

/** A sender with how it stands: one that is stopped goes at no rate. */
export function withStanding<S extends SenderStatus>(
  sender: S,
  paused: readonly string[],
): S & SenderStanding {
  const stands = senderStands(sender, paused);
  return { ...sender, rateNow: stands.state === 'stopped' ? 0 : sender.rateNow, ...stands };
}
