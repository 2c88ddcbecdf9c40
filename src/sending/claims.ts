/** Claims in hand: from the claim's answer until it is sent and recorded, or given back. */
import type { ClaimedRequest } from '../core/ports/index.ts';
import type { HeldBatch } from './batches.ts';
import type { Turn } from './pacer.ts';

/** One claim in hand. */
export interface HeldClaim extends Turn {
  readonly claim: ClaimedRequest;
  readonly batch: HeldBatch;
}

/** One moment by both clocks, ms. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
}

/** Tells claims that must not go out any more. */
export type Which = (claim: ClaimedRequest) => boolean;

/** All claims in hand of one dispatcher. */
export class Claims {
  readonly #held = new Set<HeldClaim>();
  // Since the claim under way was asked for, or the last one.
  #withheld: Which[] = [];
  readonly #answerMs: number;

  /** @param answerMs what a lease must still hold when the first byte is written: the time-out, and time to record */
  constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  get size(): number {
    return this.#held.size;
  }

  /** A claim is asked for from now on: what is withheld before its answer is read holds for it too. */
  begin(): void {
    this.#withheld = [];
  }

  /**
   * Takes a claim in hand.
   * @param p.asked both clocks before it was asked for: its lease began no earlier, and a process that was frozen
   *   before it read the answer must not think it fresh
   * @param p.slot its send time, monotonic ms
   */
  take(p: {
    readonly claim: ClaimedRequest;
    readonly batch: HeldBatch;
    readonly asked: Moment;
    readonly slot: number;
  }): HeldClaim {
    const { claim, batch, asked, slot } = p;
    const lasts = Math.min(claim.leaseLeftMs - this.#answerMs, claim.expiresMs ?? Infinity);
    const one: HeldClaim = {
      claim,
      batch,
      slot,
      wallOffset: asked.wall - asked.now,
      lastMs: asked.now + lasts,
      withheld: this.#withheld.some((which) => which(claim)),
      countedAt: undefined,
    };
    this.#held.add(one);
    return one;
  }

  /** Withholds claims in hand, and those of a claim under way: its answer may be older than this. */
  withhold(which: Which): void {
    this.#withheld.push(which);
    for (const one of this.#held) if (which(one.claim)) one.withheld = true;
  }

  drop(one: HeldClaim): void {
    this.#held.delete(one);
  }
}
