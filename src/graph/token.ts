/**
 * The access token of one sender. A file is read again when it changes, so that a new token is
 * taken up without a restart; a file that is empty or gone for a moment (it is just being
 * replaced) leaves the last good token in force.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { TokenSource } from '../config/config.ts';

/** Reads a token when it is needed. */
export interface TokenReader {
  /** The token in force; `undefined` when there is none. A promise only when the file is looked at. */
  read(): string | undefined | Promise<string | undefined>;
  /** Makes the next `read` open the file whatever its times say: for after an error 190. */
  refresh(): void;
  /** The first 12 hex digits of the token's SHA-256: tells tokens apart, gives nothing away. */
  fingerprint(): Promise<string | undefined>;
}

/** A file is looked at no more often than this, in ms: at 1,000 messages a second a stat each would show. */
const LOOK_EVERY_MS = 250;

/** Makes the reader; `now` is a monotonic clock in ms. */
export function createTokenReader(
  source: TokenSource,
  now: () => number = () => performance.now(),
): TokenReader {
  const read = source.kind === 'file' ? fileReader(source.path, now) : undefined;
  const fixed = source.kind === 'value' ? clean(source.value.reveal()) : undefined;
  const current = (): string | undefined | Promise<string | undefined> =>
    read === undefined ? fixed : read.current();
  return {
    read: current,
    refresh: () => read?.refresh(),
    async fingerprint() {
      const token = await current();
      return token === undefined
        ? undefined
        : createHash('sha256').update(token).digest('hex').slice(0, 12);
    },
  };
}

function fileReader(path: string, now: () => number) {
  let token: string | undefined;
  let seen = '';
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<string | undefined> | undefined;

  async function look(): Promise<string | undefined> {
    try {
      const found = await stat(path);
      // A pipe in its place would be waited for, and no POST would ever go out.
      if (!found.isFile()) return token;
      const { mtimeMs, size, ino } = found;
      const state = `${mtimeMs}/${size}/${ino}`;
      if (state !== seen) {
        token = clean(await readFile(path, 'utf8')) ?? token;
        seen = state;
      }
    } catch {
      // Not there or not readable: the last good token stays; with none, the send is refused.
    } finally {
      lookedAt = now();
      looking = undefined;
    }
    return token;
  }

  return {
    current(): string | undefined | Promise<string | undefined> {
      if (looking !== undefined) return looking;
      if (now() - lookedAt < LOOK_EVERY_MS) return token;
      looking = look();
      return looking;
    },
    refresh(): void {
      seen = '';
      lookedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function clean(text: string): string | undefined {
  const token = text.replace(/^\uFEFF/, '').trim();
  return token === '' ? undefined : token;
}
