/**
 * Somebody logs in. Who is not known takes as long as who is, and is told the same: neither an answer nor its time says
 * which names there are.
 */
import type { FoundSession, UserStore } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isUserName } from '../core/user.ts';
import type { Attempts } from './attempts.ts';
import { BUSY, type PasswordHashes } from './hash-queue.ts';

/** What logging in needs. */
export interface LogInTarget {
  readonly users: Pick<UserStore, 'find' | 'begin'>;
  readonly hashes: Pick<PasswordHashes, 'check'>;
  readonly attempts: Attempts;
}

/** Why somebody was not let in. */
export interface Refused {
  readonly problem: Problem;
  /** Seconds until another try; where there were too many. */
  readonly retryAfter?: number;
  /** The user whose name was given, as they write it; absent: there is none. */
  readonly name?: string;
}

/** Somebody's session, begun. */
export type LoggedIn = FoundSession & { readonly token: string };

/** After so long there is room for another password, as a rule. */
export const BUSY_SECONDS = 2;

/** Who tries, with what, from where. */
export interface Tried {
  readonly name: string;
  readonly password: string;
  readonly address: string;
}

type KnownUser = NonNullable<Awaited<ReturnType<UserStore['find']>>>;

const WRONG = problem('UNAUTHORIZED', 'The user or the password is wrong.', {
  where: 'body',
  next: 'Try again. Users are made by `callpermit user add`, passwords by `callpermit user password`.',
});

/** Logs somebody in: a session of its own, whatever there was before. */
export async function logIn(target: LogInTarget, p: Tried): Promise<Result<LoggedIn, Refused>> {
  const known = await checkPassword(target, p);
  if (!known.ok) return known;
  const user = known.value;
  const session = await target.users.begin({ user, address: p.address });
  return session === undefined ? err({ problem: WRONG, name: user.name }) : ok(session);
}

/** Whose name and password these are. A try counts as wrong until it was right. */
export async function checkPassword(
  {
    users,
    hashes,
    attempts,
  }: Omit<LogInTarget, 'users'> & {
    readonly users: Pick<UserStore, 'find'>;
  },
  p: Tried,
): Promise<Result<KnownUser, Refused>> {
  // A flood of one address costs the ledger nothing, and those who wait for its connections as little.
  const attempt = attempts.begin(p.address);
  if ('waitMs' in attempt) return err(tooMany(attempt.waitMs));
  let isCounted = false;
  try {
    const user = isUserName(p.name) ? await users.find(p.name, p.address) : undefined;
    const name = user === undefined ? {} : { name: user.name };
    const isKnownAddress = user?.isKnownAddress ?? false;
    const heldUp = attempt.takeOf({ name: p.name, isKnownAddress });
    if (heldUp !== undefined) return err({ ...tooMany(heldUp.waitMs), ...name });
    const kept = user?.disabledAt === null ? user.passwordHash : undefined;
    const password = p.password.normalize('NFKC');
    const isRight = await hashes.check(password, kept, { isFirst: isKnownAddress });
    if (isRight === BUSY) return err({ ...busy(), ...name });
    isCounted = !isRight;
    return isRight && user !== undefined ? ok(user) : err({ problem: WRONG, ...name });
  } finally {
    if (!isCounted) attempt.giveBack();
  }
}

function tooMany(waitMs: number): Refused {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return {
    retryAfter: seconds,
    problem: problem('TOO_MANY_REQUESTS', 'There were too many wrong passwords.', {
      where: 'body',
      next: `Try again in ${seconds} s.`,
    }),
  };
}

function busy(): Refused {
  const seconds = BUSY_SECONDS;
  return {
    retryAfter: seconds,
    problem: problem('TOO_MANY_REQUESTS', 'Too many people are logging in at this moment.', {
      where: 'body',
      next: `Try again in ${seconds} s.`,
    }),
  };
}
