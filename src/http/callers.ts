/** Who calls: a key of `API_KEYS`, which may do everything, or one of the ledger's with its scope. */
import type { FastifyRequest } from 'fastify';
import type { Secret } from '../config/config.ts';
import type { KeyScope } from '../core/api-key.ts';
import type { KeyStore } from '../core/ports/index.ts';
import type { Role } from '../core/user.ts';
import { digestOf, placeAmong } from './same-secret.ts';

/** What is known of somebody in a browser. */
export interface Person {
  /** Known by a session of ours, or by a proxy's header. */
  readonly by: 'session' | 'proxy';
  readonly role: Role;
  /** What a page of ours sends along with what changes something; absent until the cookie is there. */
  readonly csrf?: string;
  /** Of the session, where there is one. */
  readonly sessionId?: string;
  readonly endsAt?: Date;
}

/** Whoever holds a key, or has logged in. */
export interface Caller {
  /** By which their requests are counted. */
  readonly id: string;
  /** For the log. */
  readonly name: string;
  readonly scope: KeyScope;
  /** There where it is somebody in a browser. */
  readonly person?: Person;
}

/** Somebody in a browser who calls. */
export type PersonCalling = Caller & { readonly person: Person };

/** What stands in the header `Authorization`. */
export type Credentials =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none' | 'several' | 'no-bearer' };

/** Finds who a key belongs to; `undefined`: nobody. */
export type FindCaller = (key: string) => Promise<Caller | undefined>;

/** What a request carries. Node gives the first of several headers and drops the others. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const all = request.raw.headersDistinct.authorization ?? [];
  const [text] = all;
  if (text === undefined) return { kind: 'none' };
  if (all.length > 1) return { kind: 'several' };
  const key = /^Bearer +(\S+) *$/i.exec(text)?.[1];
  return key === undefined ? { kind: 'no-bearer' } : { kind: 'key', key };
}

/**
 * Makes the look for callers. Keys of the settings need no database; those of the ledger are looked for there each time,
 * so that none outlives its revocation.
 */
export function findCallers(settings: readonly Secret[], keys: Pick<KeyStore, 'use'>): FindCaller {
  const digests = settings.map((key) => digestOf(key.reveal()));
  return async (key) => {
    const place = placeAmong(digests, key);
    if (place === -1) return keys.use(key);
    // No key of the ledger can be called so.
    const name = `API_KEYS[${place}]`;
    return { id: name, name, scope: 'admin' };
  };
}

/** Whether a request brings a key of ours. */
export async function holdsKey(request: FastifyRequest, find: FindCaller): Promise<boolean> {
  const given = credentialsOf(request);
  return given.kind === 'key' && (await find(given.key)) !== undefined;
}
