/**
 * Keys of the HTTP API in the ledger. A key is 32 random bytes, so its hash needs neither salt nor a slow function, and
 * who measures how long the look by hash takes learns nothing that leads to a key.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyScope } from '../core/api-key.ts';
import type { ApiKey, KeyStore } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const CREATE = statement('create_key');
const USE = statement('use_key');
const LIST = statement('keys');
const REVOKE = statement('revoke_key');

const PREFIX = 'cpk_';
/** What is no key of ours is refused without a look. */
const KEY = /^cpk_[\w-]{43}$/;

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly scope: KeyScope;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

/** Makes the {@link KeyStore} over a database. */
export function keyStore(database: Database): KeyStore {
  return {
    async create({ name, scope }) {
      const id = `key-${randomBytes(8).toString('hex')}`;
      const key = `${PREFIX}${randomBytes(32).toString('base64url')}`;
      const [row] = await database.run<KeyRow>(CREATE, [id, name, scope, hashOf(key)]);
      return row === undefined ? undefined : { ...toKey(row), key };
    },
    async use(key) {
      if (!KEY.test(key)) return undefined;
      const hash = hashOf(key);
      const [row] = await database.run<KeyRow & { sha256: Buffer }>(USE, [hash]);
      if (row === undefined || !timingSafeEqual(row.sha256, hash)) return undefined;
      const { id, name, scope } = row;
      return { id, name, scope };
    },
    async list() {
      return (await database.run<KeyRow>(LIST, [])).map(toKey);
    },
    async revoke(idOrName) {
      const [row] = await database.run<KeyRow & { was_revoked: boolean }>(REVOKE, [idOrName]);
      return row === undefined ? undefined : { ...toKey(row), wasRevoked: row.was_revoked };
    },
  };
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function toKey({ id, name, scope, created_at, last_used_at, revoked_at }: KeyRow): ApiKey {
  return {
    ...{ id, name, scope },
    createdAt: created_at,
    lastUsedAt: last_used_at,
    revokedAt: revoked_at,
  };
}
