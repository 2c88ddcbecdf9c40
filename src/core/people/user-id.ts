/**
 * Business-scoped user ids: what Meta calls a person to one business, beside the number or instead of it. In the ledger one
 * stands where a number would, with a plus before it as numbers have it, so that all rules of names hold for it.
 */

/** ISO country, a dot, `ENT.` for a parent business, and up to 128 letters and digits (docs/meta.md, "Names of people"). */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Whether a text is a user id, like `US.13491208655302741918`. */
export function isUserId(text: string): boolean {
  return USER_ID.test(text);
}

/** The user id that stands as `to` in the ledger; `undefined` for a number. */
export function userIdOf(to: string): string | undefined {
  const name = to.startsWith('+') ? to.slice(1) : to;
  return isUserId(name) ? name : undefined;
}

/** A `to` as people see it: a number with its plus, a user id as Meta writes it. */
export function shownTo(to: string): string {
  return userIdOf(to) ?? to;
}

/** The country by which a user id begins, ISO 3166 alpha-2. */
export function countryOfUserId(userId: string): string {
  return userId.slice(0, 2);
}
