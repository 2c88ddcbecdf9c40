/**
 * The last gate before a line is written. Callers pass secrets as `Secret` objects and numbers
 * masked; this catches what reaches a log by another road: an error's message, a URL, a header in
 * a library's error. It works on the finished line, so that no nesting escapes it.
 */
import { maskPhone } from '../core/phone.ts';

const E164 = /\+\d{7,15}(?!\d)/g;

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  // `Authorization: Bearer ...`, also inside JSON.
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [secret]'],
  // Meta's tokens in a query or a form, and its app secret proof.
  [/\b(access_token|input_token|appsecret_proof|client_secret)=[^&\s"'\\]+/gi, '$1=[secret]'],
  // The user part of postgres:// and redis:// URLs.
  [/\b([a-z][a-z+]*:\/\/)[^\s/@"'\\]+@/gi, '$1[secret]@'],
  // Tokens of the Graph API begin with EAA.
  [/\bEAA[A-Za-z0-9]{16,}/g, '[secret]'],
];

/** Takes tokens, passwords in URLs, and phone numbers in E.164 out of a text. */
export function redact(text: string): string {
  const withoutSecrets = REPLACEMENTS.reduce((line, [form, by]) => line.replace(form, by), text);
  return withoutSecrets.replace(E164, maskPhone);
}
