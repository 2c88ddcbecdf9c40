/**
 * What an error of Postgres's means for who asked. The question is turned round: what is not proved to
 * be about a value, or a mistake of ours, means "later". A failover, a rotated password, a renamed
 * database, a revoked privilege each have a class of their own, and none of them is a reason to drop an
 * outcome.
 *
 * Classes and codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

/**
 * - `later`: out of reach for now, whatever the reason; the same statement may well succeed
 * - `again`: Postgres undid the statement in favour of another; it may be run again at once
 * - `value`: something in what was sent is refused; the same will be refused again
 * - `bug`: the statement and the schema do not fit: a mistake of ours, or another schema
 */
export type ErrorKind = 'later' | 'again' | 'value' | 'bug';

const CODES: Readonly<Record<string, ErrorKind>> = {
  // Deadlock and serialisation failure.
  '40001': 'again',
  '40P01': 'again',
  // A plan made before a migration, on this connection only.
  '0A000': 'again',
  // A prepared statement that is there already, or is gone: a pooler's doing, and it goes without a name too.
  '42P05': 'again',
  '26000': 'again',
  // Privileges that were revoked come back.
  '42501': 'later',
  // Ours: a batch of lines whose loader has lost its hold.
  CP001: 'value',
  CP002: 'value',
};

const CLASSES: Readonly<Record<string, ErrorKind>> = {
  // Rows that meet each other in one statement: a part of them alone may pass.
  '21': 'value',
  '22': 'value',
  '23': 'value',
  '44': 'value',
  // Too large for an index, too many arguments.
  '54': 'value',
  '20': 'bug',
  '42': 'bug',
  P0: 'bug',
};

/** What a SQLSTATE means; anything that is none, or that is not known, means `later`. */
export function kindOf(code: string): ErrorKind {
  return CODES[code] ?? CLASSES[code.slice(0, 2)] ?? 'later';
}

/** The SQLSTATE of an error, or the code of Node's; empty where there is neither. */
export function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** A lock was not had in time. */
export const LOCK_NOT_AVAILABLE = '55P03';
