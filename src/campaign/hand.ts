/**
 * Claims in hand: from the claim to the last look before the first byte. A claim goes out at its send
 * time or not at all: one that missed it waits here for another, and one that must not go out any
 * more (pause, breaker, shutdown) is given back.
 */
import { isMissed, type LastSecond, lastSecond } from '../core/pacing.ts';
import type { ClaimedRequest, JobEnd } from '../core/ports.ts';

/** One claim in hand. */
export interface Held {
  readonly claim: ClaimedRequest;
  readonly done: (end: JobEnd) => void;
  /** Wall clock less monotonic clock when it was claimed: a suspended machine stops only the latter. */
  readonly wallOffset: number;
  /** Never written after this, whatever send time it gets: its lease must outlast the POST. */
  readonly lastMs: number;
  /** Its send time, monotonic ms. */
  slot: number;
  withheld: boolean;
}

/** What may be done with a claim right now. */
export type Leave =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'missed' }
  | { readonly kind: 'withheld' };

/** All claims in hand. */
export interface Hand {
  readonly ids: readonly string[];
  readonly missed: number;
  /** `lastMs`: its person must not be asked after that, monotonic ms. */
  take(claim: ClaimedRequest, done: (end: JobEnd) => void, slot: number, lastMs?: number): Held;
  /** Looks once more; to be asked right before the first byte too. */
  leave(one: Held): Leave;
  /** The first byte is being written. */
  wrote(): void;
  /** Keeps a claim for another send time. */
  miss(one: Held): void;
  /** Claims that missed their time: those worth another, and those to be given back. */
  takeMissed(): { readonly again: readonly Held[]; readonly tooOld: readonly Held[] };
  withhold(which: (claim: ClaimedRequest) => boolean): void;
  drop(one: Held): void;
  /** Sets the rate in force for this process, and whether it is its own share, to be kept by counting. */
  pace(rate: number, counts: boolean): void;
}

// The lease is counted from the first send time and outlasts the time-out by 15 s: a third of that
// may be used up by waiting for another send time.
const MISSED_FOR_MS = 5_000;

/** Makes an empty hand. */
export function createHand(): Hand {
  const held = new Set<Held>();
  const missed = new Set<Held>();
  const sends: LastSecond = lastSecond();
  let rate = 1;
  let counts = false;

  return {
    get ids() {
      return [...held].map((one) => one.claim.request);
    },
    get missed() {
      return missed.size;
    },
    take(claim, done, slot, lastMs = Number.POSITIVE_INFINITY) {
      const now = performance.now();
      const one = {
        claim,
        done,
        wallOffset: Date.now() - now,
        lastMs: Math.min(lastMs, Math.max(now, slot) + MISSED_FOR_MS),
        slot,
        withheld: false,
      };
      held.add(one);
      return one;
    },
    leave(one) {
      const now = performance.now();
      if (one.withheld || now > one.lastMs) return { kind: 'withheld' };
      // A frozen process wakes long after its send times; the wall clock tells of a suspended machine.
      if (isMissed(Math.max(now, Date.now() - one.wallOffset), one.slot, counts))
        return { kind: 'missed' };
      const freeAt = sends.freeAt(now, rate);
      return freeAt > now ? { kind: 'wait', untilMs: freeAt } : { kind: 'go' };
    },
    wrote: () => sends.add(performance.now()),
    miss: (one) => void missed.add(one),
    takeMissed() {
      const now = performance.now();
      const all = [...missed];
      missed.clear();
      const isFresh = (one: Held) => !one.withheld && now < one.lastMs;
      return { again: all.filter(isFresh), tooOld: all.filter((one) => !isFresh(one)) };
    },
    withhold(which) {
      for (const one of held) if (which(one.claim)) one.withheld = true;
    },
    drop(one) {
      held.delete(one);
      missed.delete(one);
    },
    pace(newRate, isShare) {
      rate = newRate;
      counts = isShare;
    },
  };
}
