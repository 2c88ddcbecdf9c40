/**
 * Secrets in a text that somebody will read. Two rules: what is surely a secret, for logs, where ids
 * have to stay readable; and what may be one, for errors about what a person typed, where a token
 * stands in the wrong place more often than an id that is as long.
 */

const SECRET = '[secret]';

const SURE: readonly (readonly [RegExp, string])[] = [
  // `Authorization: Bearer ...`, also inside JSON.
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${SECRET}`],
  // Meta's tokens in a query or a form, and its app secret proof.
  [/\b(access_token|input_token|appsecret_proof|client_secret)=[^&\s"'\\]+/gi, `$1=${SECRET}`],
  // The user part of postgres:// and redis:// URLs.
  [/\b([a-z][a-z+]*:\/\/)[^\s/@"'\\]+@/gi, `$1${SECRET}@`],
  // An app access token is the app id, a bar and a key: `1234567890|kq8...`.
  [/\b\d{8,}\|[\w-]{16,}/g, SECRET],
  // Our own keys and sessions.
  [/\bcp[ks]_[\w-]{16,}/g, SECRET],
  // Tokens of the Graph API begin with EAA.
  [/\bEAA[A-Za-z0-9]{16,}/g, SECRET],
];

/** The text without what is surely a secret: tokens of Meta's, headers, passwords in URLs. */
export function withoutSecrets(text: string): string {
  return SURE.reduce((line, [form, by]) => line.replace(form, by), text);
}

/**
 * The text without anything that may be a secret: also the user part of what is no whole URL, and
 * every long word that nobody would make up (a token, a key, a password of a generator). For what
 * a person typed, and for messages that quote it.
 */
export function withoutLikelySecrets(text: string): string {
  return (
    withoutSecrets(text)
      // Up to the last @: a password may hold slashes and an @ of its own.
      .replace(/([a-z+.-]:\/\/)[^\s"']*@/gi, `$1${SECRET}@`)
      .replace(/[^\s"'/:@=]+:(?!\/\/)[^\s"'@]+@/g, `${SECRET}@`)
      .replace(/\bEAA\w{4,}/g, SECRET)
      .replace(WORD, (word) => (isOpaque(word) ? SECRET : word))
  );
}

/** What a token is made of: base64 in both alphabets, hex, and the bar of Meta's app tokens. */
const WORD = /[\w.~+|=-]{16,}/g;

/** The shapes of ids that are long and mean no harm. */
const KNOWN = [
  /^wamid\.[\w+/=-]+$/,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  // Times, versions, numbers, and ids in digits.
  /^[\d.+:TZ-]+$/,
];

/** As long as Meta's shortest secret, half an app secret's 32 hex digits. */
const LONG = 16;

/** Whether a word looks made by a generator rather than by a person. */
function isOpaque(word: string): boolean {
  if (KNOWN.some((form) => form.test(word))) return false;
  const isMixed = (run: string) => /\d/.test(run) && /[A-Za-z]/.test(run);
  if (word.split(/[^A-Za-z0-9]/).some((run) => run.length >= LONG && isMixed(run))) return true;
  return switches(word) > word.length / 3;
}

/** How often small letters, capitals and digits follow each other: seldom in names, always in noise. */
function switches(word: string): number {
  const kinds = [...word].map((c) => (/\d/.test(c) ? 0 : /[A-Z]/.test(c) ? 1 : 2));
  return kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;
}
