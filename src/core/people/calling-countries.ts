/**
 * Where business numbers may not start calls, and so may not ask for them: Meta's list by the country
 * code of the business number (of 10 Dec 2025). The number of the person called may be of any
 * country. For +1, which the USA and Canada share with the Caribbean, only a doubt is said: Meta does not
 * say what decides, and a wrong no would stop a business that may ask.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

const CANNOT: Readonly<Record<string, string>> = {
  US: 'the USA',
  CA: 'Canada',
  TR: 'Turkey',
  EG: 'Egypt',
  VN: 'Vietnam',
  NG: 'Nigeria',
};

/** What the country of a business number says. */
export type CallingCountry =
  | { readonly may: 'yes' }
  | { readonly may: 'no' | 'doubtful'; readonly message: string };

/**
 * Judges a business number by its country; one that cannot be read is not judged.
 * @param displayPhoneNumber in any international spelling, as Meta shows it
 */
export function callingCountry(displayPhoneNumber: string | undefined): CallingCountry {
  if (displayPhoneNumber === undefined) return { may: 'yes' };
  const digits = displayPhoneNumber.replace(/\D/g, '');
  const number = parsePhoneNumberFromString(`+${digits}`);
  const country = number?.country;
  const name = country && CANNOT[country];
  if (number?.countryCallingCode === '1') {
    const where = name ?? country ?? 'an unknown country';
    return {
      may: 'doubtful',
      message: `The business number ${displayPhoneNumber} has the code +1 (${where}, by its area code). Business numbers of the USA and Canada cannot start calls, so they cannot ask for the permission; whether the shared +1 alone decides, Meta does not say.`,
    };
  }
  if (name !== undefined) {
    return {
      may: 'no',
      message: `business numbers of ${name} cannot start calls, so they cannot ask for the permission.`,
    };
  }
  return { may: 'yes' };
}
