/** By which names a part of a delivery calls a person. */
import { asciiDigits } from '../core/people/ascii-digits.ts';
import type { PersonNames } from '../core/webhook/update.ts';
import { idOf } from './values.ts';

const NUMBER = /^\+?(\d{5,20})$/;
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;
const PARENT_USER_ID = /^[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}$/;

type Writable = { -readonly [K in keyof PersonNames]: PersonNames[K] };

/** What stands where a person is named; the display number of the business is nobody's. */
export interface Named {
  /** Of `from`, `wa_id`, `recipient_id`. */
  readonly number: unknown;
  readonly userId: unknown;
  readonly parentUserId: unknown;
  readonly notNumber?: string | undefined;
}

/**
 * The names, each by its form: some payloads have a user id where a number is expected. A place with an id of its own
 * goes before that.
 */
export function namesOf({ number, userId, parentUserId, notNumber }: Named): PersonNames {
  const names: Writable = {};
  // Digits where a user id is expected may be any other id.
  const digits = NUMBER.exec(asciiDigits(idOf(number) ?? ''))?.[1];
  if (digits !== undefined && digits !== notNumber) names.waId = digits;
  for (const value of digits === undefined
    ? [number, userId, parentUserId]
    : [userId, parentUserId]) {
    const text = idOf(value);
    if (text === undefined) continue;
    if (USER_ID.test(text)) names.userId = text;
    else if (PARENT_USER_ID.test(text)) names.parentUserId = text;
  }
  return names;
}

/** True where somebody is named at all. */
export function isNamed({ waId, userId, parentUserId }: PersonNames): boolean {
  return waId !== undefined || userId !== undefined || parentUserId !== undefined;
}

/** True where both have a name of the same kind and it is not the same. */
export function isContrary(one: PersonNames, other: PersonNames): boolean {
  return (
    differ(one.waId, other.waId) ||
    differ(one.userId, other.userId) ||
    differ(one.parentUserId, other.parentUserId)
  );
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
