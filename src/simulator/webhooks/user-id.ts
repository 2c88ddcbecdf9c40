/**
 * Business-scoped user ids. They are computed from the `wa_id` and can be computed back, so that a
 * test knows everybody's and a million people need no map.
 */
import metadata from 'libphonenumber-js/min/metadata';

/** The first prime above all numbers of fifteen digits: multiplying by anything is one to one below it. */
const PRIME = 1_000_000_000_000_037n;
const FACTOR = 618_033_988_749_894n;
const INVERSE = powerOf(FACTOR, PRIME - 2n);

/** The user id of a `wa_id`, e.g. `DE.10123456789012345`. */
export function userIdOf(waId: string): string {
  const digits = ((BigInt(waId) * FACTOR) % PRIME).toString().padStart(16, '0');
  return `${countryOf(waId)}.1${digits}`;
}

/** The same of the parent business. */
export function parentUserIdOf(waId: string): string {
  const [country, digits] = userIdOf(waId).split('.');
  return `${country ?? ''}.ENT.${digits ?? ''}`;
}

/** The `wa_id` behind a user id or a parent's; `undefined` when it is nobody's. */
export function waIdOfUserId(userId: string): string | undefined {
  const digits = /^[A-Z]{2}\.(?:ENT\.)?1(\d{16})$/.exec(userId)?.[1];
  if (digits === undefined) return undefined;
  const waId = ((BigInt(digits) * INVERSE) % PRIME).toString();
  const isTheirs = /^\d{7,15}$/.test(waId) && userId.startsWith(`${countryOf(waId)}.`);
  return isTheirs ? waId : undefined;
}

/** Whether a text has the form of a user id. */
export function isUserId(text: string): boolean {
  return /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(text);
}

/** The country of a number by its calling code, of several the first; `US` where there is none. */
function countryOf(waId: string): string {
  const codes: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;
  for (let length = 1; length <= 3; length += 1) {
    const country = codes[waId.slice(0, length)]?.[0];
    if (country !== undefined && /^[A-Z]{2}$/.test(country)) return country;
  }
  return 'US';
}

function powerOf(base: bigint, exponent: bigint): bigint {
  let [result, square, left] = [1n, base % PRIME, exponent];
  while (left > 0n) {
    if (left % 2n === 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
    left /= 2n;
  }
  return result;
}
