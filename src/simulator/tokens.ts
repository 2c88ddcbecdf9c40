/**
 * Access tokens, held as SHA-256 only: the look-up then compares no secret byte by byte, and no
 * record, book or dump can hold one.
 */

import { createHash } from 'node:crypto';
import { given } from '../core/given.ts';
import { type Refusal, refuse } from './sim-errors.ts';

/** Both scopes a sender of templates needs. */
const SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const;

/** One token as the book knows it. */
export interface KnownToken {
  readonly senders: Set<string>;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch; absent: never. */
  readonly expiresAt?: number;
  revoked: boolean;
}

/** The whole hash of a token, in hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

const fingerprints = new Map<string, string>();

/** What records show instead of a token: the first 12 hex digits of its hash. */
export function fingerprint(hash: string): string {
  const known = fingerprints.get(hash);
  if (known !== undefined) return known;
  const made = `sha256:${hash.slice(0, 12)}`;
  // One string for all records of a token; bounded, since anybody may send a thousand wrong ones.
  if (fingerprints.size < 1000) fingerprints.set(hash, made);
  return made;
}

/** Hash of the bearer token of an `Authorization` header; absent where there is none. */
export function bearerHash(authorization: string | undefined): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return token === undefined ? undefined : hashToken(token);
}

/** Every token there is or was. */
export class TokenBook {
  readonly #tokens = new Map<string, KnownToken>();

  /** Makes `token` good for `senderId` as well. */
  add(
    token: string,
    senderId: string,
    more: { readonly scopes?: readonly string[]; readonly expiresAt?: number } = {},
  ): void {
    const hash = hashToken(token);
    const known = this.#tokens.get(hash);
    if (known !== undefined) {
      known.senders.add(senderId);
      known.revoked = false;
      return;
    }
    this.#tokens.set(hash, {
      senders: new Set([senderId]),
      scopes: more.scopes ?? SCOPES,
      ...given({ expiresAt: more.expiresAt }),
      revoked: false,
    });
  }

  /** Revokes or restores one token, or all of `senderId`. */
  setRevoked(revoked: boolean, senderId: string | undefined, token?: string): void {
    const only = token === undefined ? undefined : hashToken(token);
    for (const [hash, known] of this.#tokens) {
      if (only !== undefined && hash !== only) continue;
      if (senderId !== undefined && !known.senders.has(senderId)) continue;
      known.revoked = revoked;
    }
  }

  find(hash: string): KnownToken | undefined {
    return this.#tokens.get(hash);
  }

  /** The token of a request, or why it is refused (code 190 and its subcodes). */
  check(hash: string | undefined, now: number): KnownToken | Refusal {
    if (hash === undefined) {
      return refuse(190, undefined, {
        message: 'An access token is required to request this resource.',
      });
    }
    const known = this.#tokens.get(hash);
    if (known === undefined) {
      return refuse(190, undefined, {
        message: 'Invalid OAuth access token - Cannot parse access token',
      });
    }
    if (known.revoked) {
      return refuse(190, undefined, {
        message: 'Error validating access token: The session has been invalidated.',
        subcode: 460,
      });
    }
    if (known.expiresAt !== undefined && known.expiresAt <= now) {
      return refuse(190, undefined, {
        message: 'Error validating access token: Session has expired.',
        subcode: 463,
      });
    }
    return known;
  }
}
