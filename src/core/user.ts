/** People who log in: what they are called, what they may do, and what a password has to be. */
import { covers, type KeyScope } from './api-key.ts';
import { err, ok, type Result } from './result.ts';

/** What somebody may do, from the least to all. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;

/** What somebody may do; each role includes those before it. */
export type Role = (typeof ROLES)[number];

const SCOPES: Readonly<Record<Role, KeyScope>> = {
  viewer: 'read',
  operator: 'send',
  admin: 'admin',
};

/** What a role is among the scopes of keys. */
export function scopeOf(role: Role): KeyScope {
  return SCOPES[role];
}

/** The least role that is good for a scope. */
export function roleFor(scope: KeyScope): Role {
  return ROLES.find((role) => covers(SCOPES[role], scope)) ?? 'admin';
}

/** Whether a text is a role. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** An address of mail is a name, too: proxies tell people by it. */
const NAME = /^[A-Za-z0-9][\w.@+-]{0,127}$/;

/** Whether a user may be called so: 1 to 128 letters, digits and `._@+-`. */
export function isUserName(text: string): boolean {
  return NAME.test(text);
}

/** What a name is compared by. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

const LEAST_CHARACTERS = 10;
/** Bounds what is hashed. */
const MOST_BYTES = 200;

/** A password as it is hashed, however a keyboard writes its letters; or what is wrong with it. */
export function readPassword(text: string, name: string): Result<string, string> {
  const password = text.normalize('NFKC');
  if ([...password].length < LEAST_CHARACTERS)
    return err(`it has fewer than ${LEAST_CHARACTERS} characters`);
  if (Buffer.byteLength(password) > MOST_BYTES) return err(`it has more than ${MOST_BYTES} bytes`);
  if (/\p{Cc}/u.test(password)) return err('it has control characters');
  if (nameKey(password).includes(nameKey(name))) return err('it has the name in it');
  if (new Set(password).size < 4) return err('it has fewer than four different characters');
  return ok(password);
}
