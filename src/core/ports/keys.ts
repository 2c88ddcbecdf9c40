/** Keys of the HTTP API that are kept in the ledger. */
import type { KeyScope } from '../api-key.ts';

/** What is known of a key; never the key. */
export interface ApiKey {
  readonly id: string;
  /** Of those in force, each has another. */
  readonly name: string;
  readonly scope: KeyScope;
  readonly createdAt: Date;
  /** To the minute; `null`: never. */
  readonly lastUsedAt: Date | null;
  /** `null`: it is in force. */
  readonly revokedAt: Date | null;
}

/** Makes, finds and revokes keys. */
export interface KeyStore {
  /** Makes a key; its text is given this once. `undefined`: a key of this name is in force. */
  create(p: {
    readonly name: string;
    readonly scope: KeyScope;
  }): Promise<(ApiKey & { readonly key: string }) | undefined>;
  /**
   * The key in force with this text, looked for in the ledger each time, so that one that is revoked is refused at once
   * by every process. Notes that it was used.
   */
  use(key: string): Promise<Pick<ApiKey, 'id' | 'name' | 'scope'> | undefined>;
  /** All of them, revoked ones last. */
  list(): Promise<readonly ApiKey[]>;
  /** Revokes the key of an id, or the one in force of a name; `undefined`: there is none. */
  revoke(idOrName: string): Promise<(ApiKey & { readonly wasRevoked: boolean }) | undefined>;
}
