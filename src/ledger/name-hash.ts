/**
 * Keyed hashes of people's names (HMAC-SHA256). Without the key nobody can try all numbers against them, so it is a
 * setting and never in the ledger.
 */
import { createHmac } from 'node:crypto';
import type { Secret } from '../config/config.ts';
import { shortestSpelling } from '../core/people/spellings.ts';
import { userIdOf } from '../core/people/user-id.ts';

/** The hash of a number, of any spelling and with or without a plus, or of a user id. */
export function nameHash(key: Secret, name: string): Buffer {
  return hmac(key, userIdOf(name) ?? shortestSpelling(name));
}

/** What stands in the ledger and tells another key. */
export function keyProof(key: Secret): Buffer {
  return hmac(key, 'callpermit: people who were forgotten');
}

function hmac(key: Secret, text: string): Buffer {
  return createHmac('sha256', key.reveal()).update(text).digest();
}
