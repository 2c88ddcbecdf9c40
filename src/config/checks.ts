/**
 * What a text must look like to be a setting. Each check answers with the value or with what it
 * expected, as text that fits after "is" in "X is "abc", expected ...": who asked and whether the
 * value may be shown is known to the reader (`settings-reader.ts`) alone.
 */
import { isIP } from 'node:net';
import { isCountry } from '../core/people/countries.ts';
import { err, ok, type Result } from '../core/result.ts';
import { withoutLikelySecrets } from '../core/secret-text.ts';
import { isLoopback } from './loopback.ts';

/** 128 bits, where each character is a hex digit. */
const LEAST_KEY = 32;

/** Turns a text into a value, or says what was expected. */
export type Check<T> = (text: string) => Result<T, string>;

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): Check<number> {
  return (text) => {
    const n = Number(text);
    return /^\d+$/.test(text) && n >= min && n <= max
      ? ok(n)
      : err(`a whole number from ${min} to ${max}`);
  };
}

/** One of a few values. */
export function oneOf<T extends string>(values: readonly T[]): Check<T> {
  return (text) => {
    const found = values.find((value) => value === text);
    return found === undefined ? err(`one of ${values.join(', ')}`) : ok(found);
  };
}

/** A text of a given form. */
export function matching(form: RegExp, expected: string): Check<string> {
  return (text) => (form.test(text) ? ok(text) : err(expected));
}

/** Any text. */
export const anyText: Check<string> = (text) => ok(text);

/** A key that nobody can guess by trying: so long that it was drawn and not thought of. */
export const longKey: Check<string> = (text) =>
  text.length >= LEAST_KEY ? ok(text) : err(`${LEAST_KEY} characters or more`);

/** A URL of one of these schemes (without the colon) that names a host. */
export function url(schemes: readonly string[]): Check<string> {
  const expected = `a URL like ${schemes.map((scheme) => `${scheme}://host`).join(' or ')}`;
  return (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    return parsed && schemes.includes(parsed.protocol.slice(0, -1)) ? ok(text) : err(expected);
  };
}

/**
 * The base of an HTTP service: no query, no credentials; the slash at its end is dropped. Without
 * TLS only this machine, since a token goes along with every request.
 *
 * @param allowHttp plain HTTP to other machines too
 */
export function httpBase(allowHttp: boolean): Check<string> {
  return (text) => {
    const base = publicBase(text);
    if (!base.ok) return base;
    if (new URL(text).protocol === 'http:' && !allowHttp && !isLoopback(text)) {
      return err(
        'https, since the token would travel unencrypted (http only to this machine; GRAPH_ALLOW_HTTP=1 allows it elsewhere)',
      );
    }
    return base;
  };
}

/** How others reach a service of ours: a path is welcome, a query or a password is not. */
export const publicBase: Check<string> = (text) => {
  const checked = url(['https', 'http'])(text);
  if (!checked.ok) return checked;
  const { search, hash, username, password } = new URL(text);
  if (search || hash || username || password) return err('a URL without user, query or fragment');
  return ok(text.replace(/\/+$/, ''));
};

/** Proxies that are believed: `0` none, `1` all, else addresses, networks or `loopback`. */
export const proxies: Check<readonly string[]> = (text) => {
  if (text === '0') return ok([]);
  if (text === '1') return ok(['*']);
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => name === 'loopback' || isNetwork(name))
    ? ok(names)
    : err('0, 1, or addresses and networks like 10.0.0.0/8, comma separated');
};

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** An address or host name to listen on. */
export const listenHost: Check<string> = (text) =>
  isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)
    ? ok(text)
    : err('an address like 127.0.0.1 or a host name, without scheme and port');

/** ISO 3166 alpha-2 in any case; given back in upper case. */
export const country: Check<string> = (text) => {
  const code = text.toUpperCase();
  return isCountry(code) ? ok(code) : err('a country code of two letters, like US');
};

/** What stands in a URL's path: keeps a number, a pasted URL or a token from being taken for an id. */
export const graphId: Check<string> = (text) =>
  /^[\w-]+$/.test(text) && withoutLikelySecrets(text) === text
    ? ok(text)
    : err('an id as WhatsApp Manager shows it (digits; not the phone number itself)');

/** A text that fits into an HTTP header: a token with a line break in it is a paste gone wrong. */
export const headerText: Check<string> = matching(
  /^[\x21-\x7e]+$/,
  'one value of ASCII characters',
);
