/**
 * Claims in hand: from the claim to the last look before the first byte. A claim goes out at its send
 * time or not at all: one that missed it waits here for another, and one that must not go out any
 * more (pause, breaker, shutdown) is given back.
 */
import {
  type ChangedRate,
  countedRate,
  type LastSecond,
  lastSecond,
} from '../core/pace/last-second.ts';
import { CATCH_UP_MS, IN_LINE_MS, isMissed } from '../core/pace/pacing.ts';
import type { ClaimedRequest, Clock, JobEnd } from '../core/ports/index.ts';

/** One claim in hand. */
export interface Held {
  readonly claim: ClaimedRequest;
  readonly done: (end: JobEnd) => void;
  /** Wall clock less monotonic clock when it was asked for: a suspended machine stops only the latter. */
  readonly wallOffset: number;
  /** Never written after this, whatever send time it gets: its lease must outlast the POST. Monotonic ms. */
  readonly lastMs: number;
  /** Its send time, monotonic ms. */
  slot: number;
  withheld: boolean;
  /** When its send was counted, monotonic ms; undefined: not yet, or taken back. */
  countedAt: number | undefined;
}

/** One moment by both clocks, ms. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
}

/** What may be done with a claim right now. */
export type Leave =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'missed' }
  | { readonly kind: 'withheld' };

/** All claims in hand. */
export interface Hand {
  readonly size: number;
  readonly missed: number;
  /**
   * Takes a claim in hand.
   * @param p.asked both clocks before it was asked for: its lease began no earlier, and a process that was frozen
   *   before it read the answer must not think it fresh
   * @param p.slot its send time, monotonic ms
   */
  take(p: {
    readonly claim: ClaimedRequest;
    readonly done: (end: JobEnd) => void;
    readonly asked: Moment;
    readonly slot: number;
  }): Held;
  /** Looks whether it may go; with `go` its send is counted. */
  leave(one: Held): Leave;
  /** Looks once more, right before the first byte; false: its send is not counted any more. */
  confirm(one: Held): boolean;
  /**
   * How long ago the next send time to be claimed may lie, ms: as far as its own last second has had room
   * for it. Negative where it has none: what is in hand already fills it for so long.
   */
  reachBackMs(): number;
  /** Its send did not happen. */
  uncount(one: Held): void;
  /** Keeps a claim for another send time. */
  miss(one: Held): void;
  /** Before the next claim is asked for: those that missed their time, worth another one or to be given back. */
  takeMissed(): { readonly again: readonly Held[]; readonly tooOld: readonly Held[] };
  /** Withholds claims in hand, and those of a claim under way: its answer may be older than this word. */
  withhold(which: (claim: ClaimedRequest) => boolean): void;
  drop(one: Held): void;
  /**
   * Sets the rate in force for this process, and whether it is its own share, to be kept by counting.
   * @param fromMs its first send time, monotonic ms: those before are at the rate before
   * @param nextMs the send time after the last it was given, if it was given any
   */
  pace(rate: number, counts: boolean, fromMs?: number, nextMs?: number): void;
}

/** A connection may take its time: a send that is written later than this is counted anew, ms. */
const COUNT_HOLDS_MS = 5;

const LOOK_MS = 10;

/** Who joins begins so long after all send times given out before it (`claim.sql`). */
const JOINS_AFTER_MS = 200;

/**
 * Makes an empty hand.
 * @param answerMs what a lease must still hold when the first byte is written: the time-out, and time to record
 */
export function createHand(clock: Pick<Clock, 'now' | 'wall'>, answerMs: number): Hand {
  const held = new Set<Held>();
  const missed = new Set<Held>();
  // Since the claim under way was asked for, or the last one.
  const words: ((claim: ClaimedRequest) => boolean)[] = [];
  const sends: LastSecond = lastSecond();
  let rate: ChangedRate = { before: 0, now: 0, atMs: 0 };
  let counts = false;
  let pacedAt: number | undefined;
  let next = Number.POSITIVE_INFINITY;

  function look(one: Held, now: number): 'withheld' | 'missed' | undefined {
    // A frozen process wakes long after its send times; the wall clock tells of a suspended machine.
    const latest = Math.max(now, clock.wall() - one.wallOffset);
    if (one.withheld || latest > one.lastMs) return 'withheld';
    return isMissed(latest, one.slot, counts) ? 'missed' : undefined;
  }

  function count(one: Held, now: number): void {
    one.countedAt = now;
    sends.add(now, rate.now);
  }

  function uncount(one: Held): void {
    if (one.countedAt !== undefined) sends.drop(one.countedAt, rate.now);
    one.countedAt = undefined;
  }

  return {
    get size() {
      return held.size;
    },
    get missed() {
      return missed.size;
    },
    take({ claim, done, asked, slot }) {
      const one = {
        claim,
        done,
        wallOffset: asked.wall - asked.now,
        lastMs:
          asked.now +
          Math.min(claim.leaseLeftMs - answerMs, claim.expiresMs ?? Number.POSITIVE_INFINITY),
        slot,
        withheld: words.some((which) => which(claim)),
        countedAt: undefined,
      };
      held.add(one);
      return one;
    },
    leave(one) {
      const now = clock.now();
      const gone = look(one, now);
      if (gone !== undefined) return { kind: gone };
      const counted = countedRate(rate, now);
      const freeAt = sends.freeAt(now, counted);
      // While its share grows, there may be room before the oldest sends leave the last second.
      if (freeAt > now)
        return {
          kind: 'wait',
          untilMs: counted < rate.now ? Math.min(freeAt, now + LOOK_MS) : freeAt,
        };
      count(one, now);
      return { kind: 'go' };
    },
    confirm(one) {
      const now = clock.now();
      const countedAt = one.countedAt;
      uncount(one);
      if (countedAt === undefined || look(one, now) !== undefined) return false;
      const held = now - countedAt <= COUNT_HOLDS_MS;
      if (!held && sends.freeAt(now, countedRate(rate, now)) > now) return false;
      // Counted at the time it is written: the margin of the last second is for the way to the server.
      count(one, now);
      return true;
    },
    reachBackMs() {
      const now = clock.now();
      const counted = countedRate(rate, now);
      // Without its share in full yet, what room there will be is not known.
      if (!counts || counted !== rate.now) return CATCH_UP_MS;
      let waiting = 0;
      for (const one of held)
        if (one.countedAt === undefined && !one.withheld && !missed.has(one)) waiting += 1;
      return Math.min(CATCH_UP_MS, now - sends.roomAt(now, counted, waiting) + IN_LINE_MS);
    },
    uncount,
    miss: (one) => void missed.add(one),
    takeMissed() {
      const now = clock.now();
      const wall = clock.wall();
      const all = [...missed];
      missed.clear();
      words.length = 0;
      const isFresh = (one: Held) =>
        !one.withheld && Math.max(now, wall - one.wallOffset) < one.lastMs;
      return { again: all.filter(isFresh), tooOld: all.filter((one) => !isFresh(one)) };
    },
    withhold(which) {
      words.push(which);
      for (const one of held) if (which(one.claim)) one.withheld = true;
    },
    drop(one) {
      held.delete(one);
      missed.delete(one);
    },
    pace(newRate, isShare, fromMs, nextMs) {
      const now = clock.now();
      const atMs = Math.max(now, fromMs ?? 0);
      // Who takes turns is bound by the ledger; who was away for a second has sent nothing in it.
      if (!isShare) rate = { before: newRate, now: newRate, atMs };
      else if (pacedAt === undefined || now - pacedAt > 1_000)
        rate = { before: 0, now: newRate, atMs };
      else if (!counts) rate = { before: newRate, now: newRate, atMs };
      else if (newRate !== rate.now) {
        // Told late, it gives way from when the one who joined may have begun.
        const from = newRate < rate.now ? Math.min(atMs, next + JOINS_AFTER_MS) : atMs;
        rate = { before: countedRate(rate, from), now: newRate, atMs: from };
      }
      next = nextMs ?? next;
      counts = isShare;
      pacedAt = now;
    },
  };
}
