/**
 * Which of a campaign's senders asks a person: always the same one for the same number, whatever the
 * list or its order, and in shares that follow their rates. Rendezvous hashing: a sender that is added
 * or taken away moves only its own share of people.
 */
import { createHash } from 'node:crypto';

/** One sender with the share it takes. */
export interface SenderShare {
  readonly id: string;
  /** Relative to the others, above 0: its messages a second. */
  readonly weight: number;
}

/**
 * Chooses the sender for a number.
 * @param to E.164 with the plus
 * @param senders at least one; their order does not matter
 */
export function chooseSender(to: string, senders: readonly SenderShare[]): string {
  const [first, ...others] = senders;
  if (first === undefined) throw new Error('expected at least one sender, got none');
  if (others.length === 0) return first.id;
  let best = { id: first.id, score: Number.NEGATIVE_INFINITY };
  for (const { id, weight } of senders) {
    const score = Math.log(uniform(`${id} ${to}`)) / weight;
    if (score > best.score || (score === best.score && id < best.id)) best = { id, score };
  }
  return best.id;
}

/** Evenly spread over (0, 1). */
function uniform(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE(0) + 0.5) / 2 ** 32;
}
