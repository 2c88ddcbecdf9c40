/** Users made, changed and removed; the same by the command line and over HTTP. */
import type { User, UserStore } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isUserName, nameKey, type Role, readPassword } from '../core/user.ts';
import { BUSY, type PasswordHashes } from './hash-queue.ts';

/** What managing users needs. */
export interface UsersTarget {
  readonly users: UserStore;
  readonly hashes: Pick<PasswordHashes, 'make'>;
}

/** Makes a user. */
export async function addUser(
  target: UsersTarget,
  p: { readonly name: string; readonly role: Role; readonly password: string },
): Promise<Result<User, Problem>> {
  if (!isUserName(p.name)) return err(badName());
  const passwordHash = await hashOf(target, p.password, p.name);
  if (!passwordHash.ok) return passwordHash;
  const { name, role } = p;
  const made = await target.users.create({ name, role, passwordHash: passwordHash.value });
  if (made !== undefined) return ok(made);
  return err(
    problem('CONFLICT', `There is a user "${name}".`, {
      where: 'name',
      next: `Give another name, or change that one: callpermit user role ${name}, user password ${name}`,
    }),
  );
}

/**
 * Changes a user. Another role holds from the next request on; who is disabled, or has another password, is logged out
 * everywhere.
 * @param by who does it, where that is a user: nobody takes away what they need to undo it
 */
export async function changeUser(
  target: UsersTarget,
  name: string,
  p: {
    readonly role?: Role | undefined;
    readonly password?: string | undefined;
    readonly disabled?: boolean | undefined;
  },
  by?: string,
): Promise<Result<User, Problem>> {
  const { role, password, disabled } = p;
  if (isOwn(name, by) && ((role !== undefined && role !== 'admin') || disabled === true))
    return err(own());
  const hash = password === undefined ? ok(undefined) : await hashOf(target, password, name);
  if (!hash.ok) return hash;
  const changed = await target.users.change(name, { role, disabled, passwordHash: hash.value });
  return changed === undefined ? err(noUser()) : ok(changed);
}

/** Removes a user, and logs them out everywhere; what they did stays in the audit log. @param by as of `changeUser` */
export async function removeUser(
  { users }: Pick<UsersTarget, 'users'>,
  name: string,
  by?: string,
): Promise<Result<User, Problem>> {
  if (isOwn(name, by)) return err(own());
  const removed = await users.remove(name);
  return removed === undefined ? err(noUser()) : ok(removed);
}

/** There is nobody of this name. */
export function noUser(): Problem {
  return problem('NOT_FOUND', 'There is no user of this name.', {
    where: 'name',
    next: 'See: callpermit user list',
  });
}

/** What is kept of a new password, or why it is not taken. */
export async function hashOf(
  { hashes }: Pick<UsersTarget, 'hashes'>,
  text: string,
  name: string,
): Promise<Result<string, Problem>> {
  const password = readPassword(text, name);
  if (!password.ok)
    return err(
      problem('USAGE', `The password cannot be taken: ${password.error}.`, {
        where: 'password',
        next: 'Give one of at least 10 characters and at most 200 bytes.',
      }),
    );
  const hash = await hashes.make(password.value);
  if (hash !== BUSY) return ok(hash);
  return err(
    problem('TOO_MANY_REQUESTS', 'Too many passwords are being looked at in this moment.', {
      next: 'Try again in 2 s.',
    }),
  );
}

function isOwn(name: string, by: string | undefined): boolean {
  return by !== undefined && nameKey(by) === nameKey(name);
}

function own(): Problem {
  return problem('CONFLICT', 'Nobody takes away their own rights: it could not be undone here.', {
    where: 'name',
    next: 'Have another admin do it, or the command line: callpermit user --help',
  });
}

function badName(): Problem {
  return problem('USAGE', 'This is no name of a user.', {
    where: 'name',
    next: 'Give 1 to 128 letters, digits and ._@+- , a letter or a digit first.',
  });
}
