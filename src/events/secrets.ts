/**
 * Secrets of subscriptions. They are made from a key of the settings and the subscription's id, and never written down: a
 * dump of the ledger has nothing to sign with. Another secret is another subscription.
 */
import { createHmac } from 'node:crypto';
import type { Secret } from '../config/config.ts';

/** What a receiver verifies by: `whsec_` and 32 bytes in base64. */
export function secretOf(key: Secret, subscriptionId: string): string {
  return `whsec_${hmac(key, `callpermit: events to ${subscriptionId}`).toString('base64')}`;
}

/** What stands in the ledger and tells another key. */
export function proofOf(key: Secret): Buffer {
  return hmac(key, 'callpermit: secrets of subscriptions');
}

function hmac(key: Secret, text: string): Buffer {
  return createHmac('sha256', key.reveal()).update(text).digest();
}
