/**
 * What of a sender's rate this process has: the most its last second may hold, now and in times to come. All processes
 * of a sender keep to the same moments at which shares change, so that together they keep within the rate.
 */
import {
  type ChangedRate,
  countedLater,
  countedRate,
  type Fall,
  fallen,
  type LastSecond,
} from '../core/pace/last-second.ts';
import type { ClaimAnswer } from '../core/ports/index.ts';

/** While a share grows, there may be room before the oldest sends leave the last second: looked at so often, ms. */
const LOOK_MS = 10;
/** Who joins begins so long after all send times given out before it (`claim.sql`), ms. */
const JOINS_AFTER_MS = 200;
/** Who was away for so long has sent nothing in the last second, ms. */
const AWAY_MS = 1_000;

/** A claim's answer with its times on the monotonic clock, ms. */
export interface ShareTold {
  readonly answer: Pick<ClaimAnswer, 'share' | 'rate' | 'rested' | 'beginsMs'>;
  /** When it was asked for: the answer is no older. */
  readonly askedAt: number;
  /** Its first send time at this rate: those before are at the rate before. */
  readonly firstMs: number;
  /** The first that was not given out; absent: the claim was given none. */
  readonly nextMs?: number;
  /** Two clocks are not known to a ms. Who begins does so at the last moment that may be meant. */
  readonly beginsMs: number | undefined;
  /** Who gives way does so at the first. */
  readonly sinceMs: number | undefined;
  readonly falls: Fall | undefined;
}

/** The part of the rate of one process. */
export class Share {
  #share: number | undefined;
  #counted: ChangedRate = { before: 0, now: 0, atMs: 0 };
  // Another process begins then.
  #falls: Fall | undefined;
  // When this one began, by the database's clock.
  #begins: number | undefined;
  #toldAt: number | undefined;
  #toldOf = Number.NEGATIVE_INFINITY;
  #nextOwn = Number.POSITIVE_INFINITY;

  /** Messages a second as of the last claim; undefined while processes take turns. */
  get perSecond(): number | undefined {
    return this.#share;
  }

  /** The rate that sends are counted at. */
  get countedAt(): number {
    return this.#counted.now;
  }

  /** What the last second may hold now; undefined while that is on its way to another. */
  settled(now: number): number | undefined {
    const counted = this.#countedNow(now);
    return this.#share === undefined || counted !== this.#counted.now ? undefined : counted;
  }

  /** When one more send keeps within it: now, or the moment to look again. */
  freeAt(now: number, sends: LastSecond): number {
    const counted = this.#countedNow(now);
    // One send is always within a share: not one of who has not begun.
    if (counted === 0 && now < this.#counted.atMs) return this.#counted.atMs;
    const freeAt = sends.freeAt(now, counted);
    const falls = this.#falls ?? this.#untold(now);
    if (counted > this.#counted.now || falls !== undefined)
      return Math.max(freeAt, sends.freeWhileFalling(now, countedLater(this.#counted, falls)));
    return counted < this.#counted.now ? Math.min(freeAt, now + LOOK_MS) : freeAt;
  }

  /** Takes over what a claim's answer says. */
  told(now: number, p: ShareTold): void {
    const { share, rate, rested = false, beginsMs } = p.answer;
    const hadShare = this.#share !== undefined;
    const beganAt = Math.max(now, p.beginsMs ?? p.firstMs);
    const wasAway = this.#toldAt === undefined || now - this.#toldAt > AWAY_MS;
    // Who takes turns is bound by the ledger; who was away for a second has sent nothing in it, but others may have.
    if (share === undefined) this.#counted = { before: rate, now: rate, atMs: now };
    else if (wasAway) this.#counted = { before: rested ? share : 0, now: share, atMs: beganAt };
    else if (!hadShare) this.#counted = { before: share, now: share, atMs: now };
    else if (beginsMs !== undefined && beginsMs !== this.#begins)
      // Held up for so long that the others had its share: they give it back in the second from then on.
      this.#counted = { before: 0, now: share, atMs: beganAt };
    else this.#change(now, share, p);
    this.#begins = beginsMs;
    this.#falls = p.falls;
    this.#share = share;
    this.#toldAt = now;
    this.#toldOf = p.askedAt;
    this.#nextOwn = p.nextMs ?? this.#nextOwn;
  }

  #change(now: number, share: number, { firstMs, sinceMs }: ShareTold): void {
    const falls = this.#falls?.atMs ?? Number.POSITIVE_INFINITY;
    this.#countedNow(now);
    const old = this.#counted;
    if (share === old.now) return;
    const atMs = Math.max(now, firstMs);
    // Told late, it gives way from when the one who joined began, or may have begun.
    const joined = sinceMs ?? this.#nextOwn + JOINS_AFTER_MS;
    const from = share < old.now ? Math.min(atMs, joined, falls) : atMs;
    this.#counted = { before: countedRate(old, from), now: share, atMs: from };
  }

  #countedNow(now: number): number {
    const falls = this.#falls;
    if (falls !== undefined && now >= falls.atMs) {
      this.#counted = fallen(this.#counted, falls);
      this.#falls = undefined;
    }
    return countedRate(this.#counted, now);
  }

  /** Who has not heard of the ledger for so long sends what is late as if others had begun, with all of its share. */
  #untold(now: number): Fall | undefined {
    const atMs = Math.max(this.#nextOwn + JOINS_AFTER_MS, this.#toldOf);
    return this.#share !== undefined && now > atMs ? { now: 0, atMs } : undefined;
  }
}
