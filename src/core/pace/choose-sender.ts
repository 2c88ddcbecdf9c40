/**
 * Which of a campaign's senders asks a person: always the same one for the same number, whatever the
 * list or its order, and in shares that follow their rates. Rendezvous hashing: a sender that is added
 * or taken away moves only its own share of people.
 */

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

/** Evenly spread over (0, 1): FNV-1a over the characters, then the mixing steps of MurmurHash3. */
function uniform(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
