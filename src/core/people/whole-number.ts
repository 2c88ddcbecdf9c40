/**
 * Whether the digits of a national number are all of it. Digits that are dialled within one town are another person's
 * number, or nobody's, once a country code stands before them. A number with a country code is judged by its length alone
 * (`numbering-plans.ts` says why), and so is a national one where the length proves that nothing is missing. Where it
 * does not, the tables must know the number: who has one of a range that is too new for them can write the plus.
 */
import type { CountryCode } from 'libphonenumber-js/min';
import { homePlanOf, isKnown, isMobile } from './home-plans.ts';
import { type PhoneFailure, phoneFailure } from './phone-text.ts';
import { spellingsOf } from './spellings.ts';

/** Digits that a number within one town has at most, extensions aside; with nine, the area code is there. */
const LONGEST_LOCAL = 8;

/** A national number as it was read, and as it was written. */
export interface NationalDigits {
  readonly country: CountryCode;
  /** The calling code of the country. */
  readonly code: string;
  /** Without a trunk prefix. */
  readonly nationalNumber: string;
  /** As they stood, with a trunk prefix where one was written. */
  readonly digits: string;
  readonly raw: string;
}

/** Says what a national number lacks to be somebody's, or `undefined` where it is whole. */
export function whatIsMissing(p: NationalDigits): PhoneFailure | undefined {
  const { country, code, nationalNumber } = p;
  const plan = homePlanOf(country);
  const { length } = nationalNumber;
  const old = OLD_PLANS[country];
  if (old !== undefined && length === old.digits) {
    // The second spelling is the new one, and there is none where nobody can know it.
    const front = spellingsOf(code + nationalNumber)[1]?.slice(code.length, -length);
    return phoneFailure.oldPlan({ country, now: plan.shortest, front, ...old });
  }
  if (length < plan.shortest) return phoneFailure.local(country, length, plan.shortest);
  // No local number is but one digit shorter. New area codes, each year some in the USA, are taken so before the
  // tables know them.
  if (length === plan.longest && plan.longest - plan.shortest <= 1) return undefined;
  if (isMobile(code, nationalNumber)) return undefined;
  const hasTrunk =
    plan.trunk !== undefined && p.digits.startsWith(plan.trunk) && p.digits.length > length;
  // A fixed line without its trunk prefix (`30 12345678`) is only known for whole by its length or its writing.
  if (
    plan.trunk !== undefined &&
    plan.hasManyLengths &&
    !hasTrunk &&
    length <= LONGEST_LOCAL &&
    !AREA_CODE_SHOWN.test(p.raw.normalize('NFKC'))
  ) {
    return phoneFailure.maybeLocal(country, plan.trunk, code);
  }
  if (hasTrunk && length > LONGEST_LOCAL && plan.mobile.has(length)) return undefined;
  return isKnown(code, nationalNumber) ? undefined : phoneFailure.unknownAtHome(country, code);
}

/** Whether numbers of people are as long in that country, today or under the plan before: services have fewer digits. */
export function isAPersonsLength(country: CountryCode, nationalNumber: string): boolean {
  const { shortest } = homePlanOf(country);
  return nationalNumber.length >= Math.min(shortest, OLD_PLANS[country]?.digits ?? shortest);
}

/** Plans whose numbers got longer a short while ago: many lists still have the old ones. */
const OLD_PLANS: Readonly<Partial<Record<CountryCode, { digits: number; until: string }>>> = {
  CI: { digits: 8, until: 'January 2021' },
  BJ: { digits: 8, until: 'November 2024' },
};

/** `(30) 123456`, `30/123456`: brackets and a slash part an area code, a space or dash may part anything. */
const AREA_CODE_SHOWN = /^[^\d(]*(?:\(\s*\d+\s*\)[^\d]*\d|\d+\s*\/\s*\d)/;
