/**
 * Whether Meta sent it. A delivery is signed with the secret of the app, over the bytes as they came: Meta signs the
 * form with `\u00e9` for an accent, so a body that was parsed and written again has another signature.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/config.ts';

const SIGNATURE = /^sha256=([\da-fA-F]{64})$/;

/**
 * True where `X-Hub-Signature-256` is that of the body under one of the secrets. There are several while a secret is
 * changed, or where several apps post here; which of them it was shows in no time.
 */
export function isSigned(
  rawBody: Buffer,
  header: string | undefined,
  secrets: readonly Secret[],
): boolean {
  const hex = SIGNATURE.exec(header ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  return secrets.reduce((found, secret) => {
    const own = createHmac('sha256', secret.reveal()).update(rawBody).digest();
    return timingSafeEqual(own, given) || found;
  }, false);
}

/** True where the token of the handshake (`hub.verify_token`) is ours. */
export function isVerifyToken(given: unknown, expected: Secret): boolean {
  // Of equal length, so that the time does not tell how long ours is.
  return typeof given === 'string' && timingSafeEqual(digestOf(given), digestOf(expected.reveal()));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
