/**
 * How often somebody may be wrong, before any password is hashed. Counted by each process for itself, in memory, by three
 * rules, each a bucket that fills up again:
 *
 * - an address: 10 wrong passwords at once, then 4 a minute. Who tries many is held up alone.
 * - a name: 30, then 6 a minute, over all addresses: 9,000 guesses a day, which a password of ten characters outlasts. It
 *   does not hold for an address from which this user has logged in within 30 days, so nobody locks them out of their own
 *   place by guessing elsewhere; one that is new waits ten seconds or so for its turn.
 * - all together: 300, then 30 a minute, for addresses that no user has: who has thousands of them does not have the
 *   processors for ever.
 */
import { isIP } from 'node:net';
import { nameKey } from '../core/user.ts';

const MINUTE_MS = 60_000;
/** As many of each kind are remembered; the one that was not seen for longest is forgotten first. */
const MOST_KEPT = 10_000;

const ADDRESS = { most: 10, perMinute: 4 } as const;
const NAME = { most: 30, perMinute: 6 } as const;
const ALL = { most: 300, perMinute: 30 } as const;

/** A try of an address; it counts as wrong until it is given back. */
export interface Attempt {
  /**
   * Takes it of the name and of all together too, before the password is looked at; gives in how many ms there is
   * another one, where there is none.
   * @param p.isKnownAddress the user of this name has logged in from there of late
   */
  takeOf(p: { readonly name: string; readonly isKnownAddress: boolean }): HeldUp | undefined;
  /** The password was right, or nobody looked at it. */
  giveBack(): void;
}

/** In how many ms there is another try. */
export interface HeldUp {
  readonly waitMs: number;
}

/** Who may try. */
export interface Attempts {
  /** Takes a try of an address, whoever they are, before the ledger is asked: of a thousand at once ten ask it. */
  begin(address: string): Attempt | HeldUp;
}

/** Makes the counts of one process. @param now monotonic, in ms */
export function attempts(now: () => number): Attempts {
  const addresses = buckets(ADDRESS, now);
  const names = buckets(NAME, now);
  const all = buckets(ALL, now);
  return {
    begin(address) {
      const taken: (readonly [Buckets, string])[] = [];
      const take = (...some: readonly (readonly [Buckets, string])[]): HeldUp | undefined => {
        const waitMs = Math.max(...some.map(([kind, key]) => kind.waitMs(key)));
        if (waitMs > 0) return { waitMs };
        for (const [kind, key] of some) kind.add(key, -1);
        taken.push(...some);
        return undefined;
      };
      const attempt: Attempt = {
        takeOf: ({ name, isKnownAddress }) =>
          isKnownAddress ? undefined : take([names, nameKey(name)], [all, '']),
        giveBack() {
          for (const [kind, key] of taken.splice(0)) kind.add(key, 1);
        },
      };
      return take([addresses, networkOf(address)]) ?? attempt;
    },
  };
}

/** Of IPv6 the first 64 bits: a customer has all addresses behind them. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...(tail === undefined ? [] : zeros), ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

interface Buckets {
  waitMs(key: string): number;
  add(key: string, n: number): void;
}

function buckets(
  { most, perMinute }: { readonly most: number; readonly perMinute: number },
  now: () => number,
): Buckets {
  const kept = new Map<string, Bucket>();
  const leftOf = (key: string) => {
    const found = kept.get(key);
    if (found === undefined) return most;
    return Math.min(most, found.left + ((now() - found.at) / MINUTE_MS) * perMinute);
  };
  return {
    waitMs: (key) => (Math.max(0, 1 - leftOf(key)) / perMinute) * MINUTE_MS,
    add(key, n) {
      const left = Math.min(most, leftOf(key) + n);
      kept.delete(key);
      if (left < most) kept.set(key, { left, at: now() });
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    },
  };
}
