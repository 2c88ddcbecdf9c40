/**
 * Numbers without a plus. Lists exported from WhatsApp or a spreadsheet have the country code and no plus; others are
 * of the country they were written in. Where the digits can be both, a stranger might be asked, or put on the opt-out
 * list, so the line is refused with both readings named, and an option for the whole list decides.
 */

import * as max from 'libphonenumber-js/max';
import * as min from 'libphonenumber-js/min';
import { type CountryCode, getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/min';
import { err, ok, type Result } from '../result.ts';
import { homePlanOf, isKeptForFilms, isMobile as isMobileOf } from './home-plans.ts';
import { international, withPossibleLength } from './numbering-plans.ts';
import { type PhoneFailure, phoneFailure } from './phone-text.ts';
import { spellingsOf } from './spellings.ts';
import { isAPersonsLength, whatIsMissing } from './whole-number.ts';

/** `national`: of the default country; `international`: with a country code, though the plus is missing. */
export type NumberReading = 'national' | 'international';

/**
 * `wa-id`: for one number that a person types or copies from our export, which prints Meta's `wa_id`: digits with the
 * country code. They are taken for that where no default country gives them a second reading, or it is their own.
 */
export type HowToRead = NumberReading | 'wa-id';

/** Reads digits without a plus; `raw` is how they were written. */
export function readWithoutPlus(p: {
  readonly digits: string;
  readonly raw: string;
  readonly defaultCountry?: string | undefined;
  readonly how?: HowToRead | undefined;
}): Result<string, PhoneFailure> {
  const { digits, how } = p;
  // No country code begins with 0: what does is national, or a way to dial abroad.
  if (how === 'international' && !digits.startsWith('0')) return international(`+${digits}`);
  if (p.defaultCountry === undefined) {
    const only = how === 'wa-id' ? readAbroad(digits, p.raw) : undefined;
    if (only !== undefined) return ok(only.number);
    return err(
      digits.startsWith('00') ? phoneFailure.internationalPrefix() : phoneFailure.noCountry(),
    );
  }
  const country = p.defaultCountry.toUpperCase();
  if (!isSupportedCountry(country)) return err(phoneFailure.noSuchCountry(p.defaultCountry));
  const home = readAtHome(digits, p.raw, country);
  const code = getCountryCallingCode(country);
  // Where all are national, the country's own code is no other country.
  const abroad =
    how === 'national' && !digits.startsWith(code) ? undefined : readAbroad(digits, p.raw);
  if (abroad === undefined || (home.ok && home.value === abroad.number)) return home;
  const isOwn = abroad.code === code;
  // `6110000` in Australia is a service (+61 10000), or some of a number.
  if (isOwn && !isAPersonsLength(country, abroad.number.slice(1 + code.length))) return home;
  if (isOwn && (how === 'wa-id' || !home.ok)) return ok(abroad.number);
  const isMobile = isMobileAtHome(digits, country);
  if (isOwn && abroad.isSure && !isMobile && homePlanOf(country).trunk !== undefined) {
    // `4915112345678` in Germany: the other reading is a fixed line whose 0 nobody wrote.
    return ok(abroad.number);
  }
  if (how === 'national' || (!abroad.isSure && isMobile)) return home;
  const asHome = home.ok ? home.value : undefined;
  return err(phoneFailure.ambiguous({ abroad, home: { country, number: asHome } }));
}

/** A number as it reads with a plus in front. */
interface Abroad {
  readonly number: string;
  readonly code: string;
  /** Two letters, or the code where several countries share it. */
  readonly country: string;
  /** A number of the detailed tables too, which know who has which prefix, and are always some months old. */
  readonly isSure: boolean;
}

/** The digits with a plus, where that is a valid number and the writing does not speak against it. */
function readAbroad(digits: string, raw: string): Abroad | undefined {
  const valid = spellingsOf(digits)
    .map((spelling) => min.parsePhoneNumberFromString(`+${spelling}`, { extract: false }))
    .find((one) => one?.isValid() === true || isKeptForFilms(digits));
  if (valid === undefined) return undefined;
  const code = valid.countryCallingCode;
  if (!couldBeginWith(code, raw)) return undefined;
  const read = international(`+${digits}`);
  if (!read.ok) return undefined;
  const sure = max.parsePhoneNumberFromString(valid.number, { extract: false });
  return {
    number: read.value,
    code,
    country: sure?.country ?? valid.country ?? `+${code}`,
    isSure: sure?.isValid() === true,
  };
}

/** Nobody writes a sign inside a country code, or brackets around more than it: `8 (495) 123-45-67`, `(205) 555-1234`. */
function couldBeginWith(code: string, raw: string): boolean {
  const [, bracket, first = ''] = /^\D*?([([]?)\s*(\d+)/u.exec(raw.normalize('NFKC')) ?? [];
  return bracket ? first === code : first.length >= code.length;
}

function isMobileAtHome(digits: string, country: CountryCode): boolean {
  const code = getCountryCallingCode(country);
  const read = min.parsePhoneNumberFromString(digits, { defaultCountry: country, extract: false });
  return read?.countryCallingCode === code && isMobileOf(code, read.nationalNumber);
}

function readAtHome(
  digits: string,
  raw: string,
  country: CountryCode,
): Result<string, PhoneFailure> {
  const parsed = min.parsePhoneNumberFromString(digits, {
    defaultCountry: country,
    extract: false,
  });
  if (parsed === undefined) return err(phoneFailure.tooShort(digits.length));
  const read = withPossibleLength(parsed);
  if (!read.ok) return digits.startsWith('00') ? err(phoneFailure.internationalPrefix()) : read;
  const code = getCountryCallingCode(country);
  const { nationalNumber, countryCallingCode } = parsed;
  // 00 and the like lead to other countries, and the own country code is as good as a plus.
  if (countryCallingCode !== code) return read;
  if (digits === code + nationalNumber && isAPersonsLength(country, nationalNumber)) return read;
  const missing = whatIsMissing({ country, code, nationalNumber, digits, raw });
  return missing === undefined ? read : err(missing);
}
