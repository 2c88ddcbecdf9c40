/** The digest of a list of objects: what an idempotency key is bound to. */
import { createHash, type Hash } from 'node:crypto';
import { flatRecipient } from '../core/people/flat-recipient.ts';

/** What the `sha256` of a list of these objects will be. */
export function digestOfObjects(objects: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const given of objects) addTo(hash, flatRecipient(given));
  return hash.digest('hex');
}

/** Adds one object to a digest. */
export function addTo(hash: Hash, value: unknown): void {
  hash.update(`${fingerprint(value)}\n`);
}

/** An object as text; what has none is told apart by its type alone. */
export function fingerprint(value: unknown): string {
  try {
    return JSON.stringify(value, bigintAsText) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** A replacer for `JSON.stringify`, which else refuses bigints. */
export function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
