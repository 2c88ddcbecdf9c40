/**
 * Secrets compared in constant time: by their SHA-256 digests, all of them each time, so that neither length, nor place
 * in the list, nor the first wrong character shows in the time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** What stands for a secret. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Which of the secrets one is; -1: none of them. */
export function placeAmong(digests: readonly Buffer[], given: string): number {
  const own = digestOf(given);
  return digests.reduce((found, each, i) => (timingSafeEqual(each, own) ? i : found), -1);
}
