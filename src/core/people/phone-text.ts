/**
 * The spelling of phone numbers: from a cell of somebody's spreadsheet to `+<digits>` or
 * `<digits>`, and the messages for what cannot be read. No plan of any country is known here.
 */
import { err, ok, type Result } from '../result.ts';
import { maskPhone } from './mask-phone.ts';

/** Why a text is not a phone number: a fixed code for programs, a reason for people. */
export interface PhoneFailure {
  readonly code: string;
  readonly message: string;
}

/** More is no number in any spelling, and not worth the patterns below. */
const LONGEST_SPELLING = 100;

/** `x123`, `ext. 123`, `;ext=123`, `#123` after at least some digits. */
const EXTENSION = /\d\D*?(?:ext(?:ension)?|доб|anexo|durchwahl|[x#])\s*[.:=]?\s*\d{1,9}$/iu;
const SCIENTIFIC = /^\+?\d(?:[.,]\d*)?e\+?\d+$/i;
/** `16505551234.0`: the dot would else be read as one of the many dots between digits. */
const DECIMAL = /^\+?\d{7,}[.,]\d{1,2}$/;
/** Between digits: space, any dash, dot, brackets, slash. No comma, for that parts two numbers. */
const SEPARATORS = /[\s\p{Pd}\u2212.·()[\]/]/gu;

/** Two numbers in one cell; without this a line break would make one long number of them. */
const SEVERAL = /\d\D*[,;|&\n\r]\D*\d|\d\D*\+/;

/** Takes a spelling down to `+<digits>` or `<digits>`; digits of any script, invisible marks go. */
export function cleanPhone(raw: string): Result<string, PhoneFailure> {
  if (raw.length > LONGEST_SPELLING) return err(phoneFailure.notANumber());
  // NFKC makes full-width digits and plus plain ones, and no-break spaces spaces.
  const text = raw
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Variation_Selector}]/gu, '')
    .replace(/(?!\d)\p{Nd}/gu, latinDigit)
    .trim()
    // A spreadsheet's ways to keep a number text: '+1650... and ="+1650..."
    .replace(/^=?"(.*)"$/, '$1')
    .replace(/^['‘’`]/, '')
    .replace(/^(?:tel|whatsapp):/i, '')
    .trim();
  if (text === '') return err(phoneFailure.empty());
  if (SCIENTIFIC.test(text)) return err(phoneFailure.scientific());
  if (DECIMAL.test(text)) return err(phoneFailure.decimal());
  if (EXTENSION.test(text)) return err(phoneFailure.extension());
  if (SEVERAL.test(text) || isTwoByDigits(text)) return err(phoneFailure.several());
  const digits = text.replace(SEPARATORS, '');
  if (/^\+?\d+$/.test(digits)) return ok(digits);
  return err(phoneFailure.notANumber());
}

/** More digits than any number has, in parts that are numbers; a slash parts no area code of seven digits. */
function isTwoByDigits(text: string): boolean {
  if (text.length < 14) return false;
  const areNumbers = (by: RegExp) =>
    text.split(by).filter((part) => part.replace(/\D/g, '').length >= 7).length > 1;
  return areNumbers(/\//) || (text.replace(/\D/g, '').length > 15 && areNumbers(/[\s\p{Pd}]/u));
}

/** The value of a decimal digit of any script: Unicode keeps each script's ten together, zero first, and some tens too. */
function latinDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - before - 1))) before += 1;
  return String(before % 10);
}

function lengths(plan: string | undefined, sorted: readonly number[] = []): string {
  if (sorted.length === 0) return '';
  const text = sorted.length === 1 ? `${sorted[0]}` : `${sorted[0]} to ${sorted.at(-1)}`;
  return `; numbers of ${plan} have ${text} after it`;
}

/** What digits without a plus can be: a number of another country, or one of the default country (if any). */
interface Readings {
  readonly abroad: { readonly number: string; readonly country: string };
  readonly home: { readonly country: string; readonly number: string | undefined };
}

/** A number of before its country's numbers got longer. */
interface OldPlan {
  readonly country: string;
  readonly digits: number;
  readonly until: string;
  readonly now: number;
  /** What has to stand in front, where it is known. */
  readonly front: string | undefined;
}

/** The refusals, each with its own code and message. */
export const phoneFailure = {
  empty: (): PhoneFailure => ({
    code: 'PHONE_EMPTY',
    message: 'there is no phone number; write one as +<country code><number>',
  }),
  notANumber: (): PhoneFailure => ({
    code: 'PHONE_INVALID',
    message: 'this is not a phone number; write one as +<country code><number>, like +16505551234',
  }),
  several: (): PhoneFailure => ({
    code: 'PHONE_SEVERAL',
    message:
      'there seems to be more than one phone number; give each person a line with one number',
  }),
  scientific: (): PhoneFailure => ({
    code: 'PHONE_SCIENTIFIC',
    message:
      'a spreadsheet turned the number into scientific notation and lost its last digits; format the column as text and put the numbers in again',
  }),
  decimal: (): PhoneFailure => ({
    code: 'PHONE_DECIMAL',
    message:
      'the number was saved as a decimal; save the column as text, so that nothing stands after a dot or comma',
  }),
  extension: (): PhoneFailure => ({
    code: 'PHONE_EXTENSION',
    message: 'the number has an extension, which WhatsApp cannot reach; leave the extension out',
  }),
  noCountry: (): PhoneFailure => ({
    code: 'PHONE_COUNTRY_MISSING',
    message:
      'the number has no country code; write it as +<country code><number>, or give --default-country if all such numbers are of one country',
  }),
  internationalPrefix: (): PhoneFailure => ({
    code: 'PHONE_PREFIX_00',
    message:
      'the number begins with 00, which means "abroad" only in some countries; write + instead of 00, or give --default-country',
  }),
  noSuchCountryCode: (): PhoneFailure => ({
    code: 'PHONE_COUNTRY_UNKNOWN',
    message: 'no country has a country code like this; look at the digits after the +',
  }),
  noSuchCountry: (country: string): PhoneFailure => ({
    code: 'PHONE_COUNTRY_UNKNOWN',
    message: `there is no country "${country}"; --default-country takes two letters, like DE`,
  }),
  ambiguous: ({ abroad, home }: Readings): PhoneFailure => ({
    code: 'PHONE_AMBIGUOUS',
    message: `${
      home.number === undefined
        ? `without a plus this is no number of ${home.country}, with one it is ${maskPhone(abroad.number)} of ${abroad.country}`
        : `without a plus this can be two numbers, ${maskPhone(abroad.number)} of ${abroad.country} or ${maskPhone(home.number)} of ${home.country}`
    }; write the plus and the country code, or say --numbers international or --numbers national for all`,
  }),
  local: (country: string, digits: number, least: number): PhoneFailure => ({
    code: 'PHONE_LOCAL',
    message: `the area code is missing: ${digits} digits, and numbers of people in ${country} have at least ${least}`,
  }),
  maybeLocal: (country: string, trunk: string, code: string): PhoneFailure => ({
    code: 'PHONE_LOCAL',
    message: `the area code seems to be missing; where it is there, write the number as it is dialled within ${country}, with its ${trunk}, or as +${code}<number>`,
  }),
  oldPlan: (p: OldPlan): PhoneFailure => ({
    code: 'PHONE_LOCAL',
    message: `numbers of ${p.country} had ${p.digits} digits until ${p.until}, and have ${p.now} now: write ${
      p.front === undefined ? 'the two digits that the number got' : p.front
    } in front of it`,
  }),
  unknownAtHome: (country: string, code: string): PhoneFailure => ({
    code: 'PHONE_INVALID',
    message: `${country} has no number like this: digits are missing, perhaps the area code, or too many; where the number is right all the same, write it as +${code}<number>`,
  }),
  tooShort: (digits: number, plan?: string, sorted?: readonly number[]): PhoneFailure => ({
    code: 'PHONE_TOO_SHORT',
    message: `the number is too short: ${digits} digits${after(plan)}${lengths(plan, sorted)}`,
  }),
  tooLong: (digits: number, plan?: string, sorted?: readonly number[]): PhoneFailure => ({
    code: 'PHONE_TOO_LONG',
    message: `the number is too long: ${digits} digits${after(plan)}${lengths(plan, sorted) || '; no number in the world has more than 15'}`,
  }),
  impossible: (digits: number, plan: string, sorted: readonly number[]): PhoneFailure => ({
    code: 'PHONE_IMPOSSIBLE',
    message: `no number of ${plan} has ${digits} digits after it${sorted.length === 0 ? '' : `, they have ${sorted.join(', ')}`}`,
  }),
} as const;

function after(plan: string | undefined): string {
  return plan === undefined ? '' : ` after ${plan}`;
}
