/**
 * Whether a text names a person: by a number, a user id, a message id of theirs, or by a message id that holds the
 * number, as Meta's do, in base64. A number counts only where no digit stands beside it: one that is longer is
 * somebody else's.
 */

import { asciiDigits, fullWidthForms } from './ascii-digits.ts';

/** Says of a text whether it names the person. */
export type Mentions = (text: string) => boolean;

/** Makes it for one person: digits of numbers and user ids, and ids that Meta gave to their messages and calls. */
export function mentionsOf(p: {
  readonly names: readonly string[];
  readonly ids?: readonly string[];
}): Mentions {
  const number = either(p.names.filter(isDigits), '\\d');
  const userId = either(
    p.names.filter((name) => name !== '' && !isDigits(name)),
    '[A-Za-z0-9]',
  );
  const ids = p.ids ?? [];
  return (text) =>
    number?.test(asciiDigits(text)) === true ||
    userId?.test(text) === true ||
    ids.some((id) => text.includes(id)) ||
    (number !== undefined && isInside(text, number));
}

/**
 * What a text that names the person holds at least one of, for a coarse look that a database can take. Neighbours of the
 * number may be found by it too.
 */
export function tracesOf(p: {
  readonly names: readonly string[];
  readonly ids: readonly string[];
}): readonly string[] {
  const names = p.names.filter((name) => name !== '');
  const cores = names.filter(isDigits).flatMap(base64Cores);
  // Meta writes JSON with escaped slashes now and then.
  const ids = p.ids.flatMap((id) => [id, id.replaceAll('/', '\\/')]);
  const wide = names.filter(isDigits).flatMap(fullWidthForms);
  return [...new Set([...names, ...cores, ...wide, ...ids])];
}

/** The characters of base64 that stand for a text's bytes alone, for each place it may begin at. */
export function base64Cores(text: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const all = Buffer.from('\0'.repeat(offset) + text, 'latin1').toString('base64');
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor(((offset + text.length) * 8) / 6);
    return all.slice(from, to);
  });
}

function isDigits(name: string): boolean {
  return /^\d+$/.test(name);
}

const TOKEN = /[A-Za-z0-9+/_-]{10,}/g;

function isInside(text: string, number: RegExp): boolean {
  for (const [token] of text.matchAll(TOKEN)) {
    for (let skip = 0; skip < 4; skip += 1) {
      if (number.test(Buffer.from(token.slice(skip), 'base64').toString('latin1'))) return true;
    }
  }
  return false;
}

function either(names: readonly string[], beside: string): RegExp | undefined {
  if (names.length === 0) return undefined;
  const all = names.map((name) => name.replaceAll('.', '\\.')).join('|');
  return new RegExp(`(?<!${beside})(?:${all})(?!${beside})`);
}
