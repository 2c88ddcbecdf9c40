/** Whether a delivery is Meta's: its signature over the raw bytes, and the word of the handshake; in constant time. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/config.ts';

const FORM = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether one of the secrets made the header `X-Hub-Signature-256` over these bytes. All of them are tried each time,
 * so that the time does not tell which.
 */
export function isSigned(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly Secret[],
): boolean {
  const given = FORM.exec(header ?? '')?.[1];
  if (given === undefined) return false;
  const bytes = Buffer.from(given, 'hex');
  return secrets.reduce((found, secret) => {
    const own = createHmac('sha256', secret.reveal()).update(rawBody).digest();
    return timingSafeEqual(own, bytes) || found;
  }, false);
}

/** Whether the word that Meta repeats is the expected one. */
export function isVerifyToken(given: string, expected: Secret): boolean {
  return timingSafeEqual(digest(given), digest(expected.reveal()));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
