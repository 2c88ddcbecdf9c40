/**
 * Hashes of passwords, two at once: each takes 32 MB and, in one of Node's four threads, a quarter of a second, so that look-ups
 * of files and names have threads left. What would wait longer than some three seconds is refused at once. Whoever makes a
 * password, or logs in from an address of theirs, does not wait behind strangers, however many guess.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's least for scrypt with 32 MB. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const LENGTH = 32;
const AT_ONCE = 2;
/** Of each kind. */
const MOST_WAITING = 20;

/** Makes one hash. */
export type Scrypt = (
  password: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number },
) => Promise<Buffer>;

/** There is no room in the queue. */
export const BUSY = Symbol('busy');

/** Hashes passwords, and holds one against a hash. */
export interface PasswordHashes {
  /** What is kept of a password. */
  make(password: string): Promise<string | typeof BUSY>;
  /**
   * Whether a password is that of a hash.
   * @param hash `undefined`: of nobody; it takes as long, and is never right
   * @param p.isFirst goes before those who are not
   */
  check(
    password: string,
    hash: string | undefined,
    p: { readonly isFirst: boolean },
  ): Promise<boolean | typeof BUSY>;
}

/**
 * Makes them, for one process.
 * @param p.hash instead of node's scrypt, so that tests can count and hold it
 */
export function passwordHashes(p: { readonly hash?: Scrypt } = {}): PasswordHashes {
  const { hash = nodeScrypt } = p;
  const first: (() => void)[] = [];
  const strangers: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(
    waiting: (() => void)[],
    work: () => Promise<T>,
  ): Promise<T | typeof BUSY> {
    if (running >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) return BUSY;
      // Whoever ends hands its place on, so that nobody who comes now goes before.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = first.shift() ?? strangers.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    make: (password) =>
      inTurn(first, async () => {
        const salt = randomBytes(16);
        const made = await hash(password, salt, COST);
        const { N, r, p } = COST;
        return ['scrypt', N, r, p, salt.toString('base64'), made.toString('base64')].join('$');
      }),
    check: (password, kept, { isFirst }) =>
      inTurn(isFirst ? first : strangers, async () => {
        const { cost, salt, expected } = readHash(kept);
        const made = await hash(password, salt, cost);
        return timingSafeEqual(made, expected) && kept !== undefined;
      }),
  };
}

/** Of nobody: drawn, so that no password is right. */
function readHash(kept: string | undefined) {
  if (kept === undefined)
    return { cost: COST, salt: randomBytes(16), expected: randomBytes(LENGTH) };
  const [, N, r, p, salt, hash] =
    /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(kept) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('a hash of an unknown form');
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    expected: Buffer.from(hash, 'base64'),
  };
}

const nodeScrypt: Scrypt = (password, salt, { N, r, p }) =>
  new Promise((resolve, reject) => {
    // Node's bound is the very 32 MB that this takes, and a little more is needed beside it.
    const maxmem = 2 * 128 * N * r;
    scrypt(password, salt, LENGTH, { N, r, p, maxmem }, (error, made) =>
      error === null ? resolve(made) : reject(error),
    );
  });
