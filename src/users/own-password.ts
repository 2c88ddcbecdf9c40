/**
 * Somebody gives themselves another password. Who has only their cookie does not: the password that is good now is asked for, and
 * guessed at no faster than at the log-in.
 */
import type { UserStore } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { PasswordHashes } from './hash-queue.ts';
import {
  BUSY_SECONDS,
  checkPassword,
  type LoggedIn,
  type LogInTarget,
  type Refused,
  type Tried,
} from './log-in.ts';
import { hashOf } from './manage-users.ts';

/** What it needs. */
export interface OwnPasswordTarget extends Omit<LogInTarget, 'users' | 'hashes'> {
  readonly users: Pick<UserStore, 'find' | 'change' | 'begin'>;
  readonly hashes: PasswordHashes;
}

// Not UNAUTHORIZED: they are logged in all the same.
const WRONG = problem('FORBIDDEN', 'The password is wrong.', {
  where: 'password',
  next: 'Give the one that is good now. An admin gives another: callpermit user password.',
});

const GONE = problem('UNAUTHORIZED', 'Somebody else changed this user meanwhile.', {
  where: 'header Cookie',
  next: 'Log in: POST /v1/session, or the page /login.',
});

/** Ends all their sessions, and begins another. */
export async function changeOwnPassword(
  target: OwnPasswordTarget,
  p: Tried & { readonly newPassword: string },
): Promise<Result<LoggedIn, Refused>> {
  const { users } = target;
  const known = await checkPassword(target, p);
  if (!known.ok)
    return known.error.problem.code === 'UNAUTHORIZED'
      ? err({ ...known.error, problem: WRONG })
      : known;
  const { name, id } = known.value;
  const made = await hashOf(target, p.newPassword, name);
  if (!made.ok) return err({ ...notTaken(made.error), name });
  const passwordHash = made.value;
  await users.change(name, { passwordHash });
  // None where somebody else disabled, removed or changed them meanwhile.
  const session = await users.begin({ user: { id, passwordHash }, address: p.address });
  return session === undefined ? err({ problem: GONE, name }) : ok(session);
}

function notTaken(p: Problem): Refused {
  return p.code === 'TOO_MANY_REQUESTS'
    ? { problem: p, retryAfter: BUSY_SECONDS }
    : { problem: { ...p, where: 'newPassword' } };
}
