/**
 * Users and sessions in the ledger. A session's token is 32 random bytes, so its hash needs neither salt nor a slow function;
 * a password's is made elsewhere, since it takes a quarter of a second.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FoundSession, User, UserStore } from '../core/ports/index.ts';
import type { Role } from '../core/user.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const CREATE = statement('create_user');
const LIST = statement('users');
const FIND = statement('find_user');
const CHANGE = statement('change_user');
const REMOVE = statement('remove_user');
const BEGIN = statement('begin_session');
const USE = statement('use_session');
const END = statement('end_sessions');
const SESSIONS = statement('user_sessions');

const HOUR_MS = 3_600_000;
/** A working day and its evening: who comes back in the morning logs in. */
const IDLE_MS = 12 * HOUR_MS;
const MOST_MS = 7 * 24 * HOUR_MS;

const PREFIX = 'cps_';
/** What is no token of ours is refused without a look. */
const TOKEN = /^cps_[\w-]{43}$/;

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: Date;
  readonly last_log_in_at: Date | null;
  readonly disabled_at: Date | null;
}

interface SessionRow {
  readonly id: string;
  readonly sha256: Buffer;
  readonly name: string;
  readonly role: Role;
  readonly in_force: boolean;
  readonly ends_at: Date;
  readonly now: Date;
}

/** Makes the {@link UserStore} over a database. */
export function userStore(database: Database): UserStore {
  return {
    async create({ name, role, passwordHash }) {
      const id = `user-${randomBytes(8).toString('hex')}`;
      const [row] = await database.run<UserRow>(CREATE, [id, name, role, passwordHash]);
      return row && toUser(row);
    },
    async list() {
      const rows = await database.run<UserRow & { sessions: number }>(LIST, [IDLE_MS]);
      return rows.map((row) => ({ ...toUser(row), sessions: row.sessions }));
    },
    async find(name, address) {
      const [row] = await database.run<
        UserRow & { password_hash: string; is_known_address: boolean }
      >(FIND, [name, address]);
      if (row === undefined) return undefined;
      const { password_hash: passwordHash, is_known_address: isKnownAddress } = row;
      return { ...toUser(row), passwordHash, isKnownAddress };
    },
    async change(name, { role, passwordHash, disabled }) {
      const values = [name, role ?? null, passwordHash ?? null, disabled ?? null];
      const [row] = await database.run<UserRow>(CHANGE, values);
      return row && toUser(row);
    },
    async remove(name) {
      const [row] = await database.run<UserRow>(REMOVE, [name]);
      return row && toUser(row);
    },
    async begin({ user, address }) {
      const id = `session-${randomBytes(8).toString('hex')}`;
      const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
      const [row] = await database.run<Omit<SessionRow, 'id' | 'sha256' | 'in_force'>>(BEGIN, [
        ...[id, hashOf(token), user.id, user.passwordHash, address, MOST_MS],
      ]);
      return row && { ...toSession({ ...row, id, in_force: true }), token };
    },
    async use(token, { isUsed } = { isUsed: true }) {
      if (!TOKEN.test(token)) return undefined;
      const hash = hashOf(token);
      const [row] = await database.run<SessionRow>(USE, [hash, IDLE_MS, isUsed]);
      return row === undefined || !timingSafeEqual(row.sha256, hash) ? undefined : toSession(row);
    },
    async end(p) {
      const values = 'id' in p ? [p.id, null] : [null, p.name];
      return (await database.run(END, values)).length;
    },
    async sessions(name) {
      const rows = await database.run<{
        id: string;
        address: string;
        created_at: Date;
        last_seen_at: Date;
        ends_at: Date;
      }>(SESSIONS, [name, IDLE_MS]);
      return rows.map(({ id, address, created_at, last_seen_at, ends_at }) => ({
        ...{ id, address, createdAt: created_at, lastSeenAt: last_seen_at, endsAt: ends_at },
      }));
    },
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function toUser({ id, name, role, created_at, last_log_in_at, disabled_at }: UserRow): User {
  return {
    ...{ id, name, role },
    createdAt: created_at,
    lastLogInAt: last_log_in_at,
    disabledAt: disabled_at,
  };
}

function toSession(row: Omit<SessionRow, 'sha256'>): FoundSession {
  const { id, name, role, in_force, ends_at, now } = row;
  const endsAt = new Date(Math.min(ends_at.getTime(), now.getTime() + IDLE_MS));
  return { id, name, role, isInForce: in_force, endsAt };
}
