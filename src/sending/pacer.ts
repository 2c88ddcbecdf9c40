/**
 * All of pacing in one process: what its claims may ask for, and which of them may be written now. The ledger gives out
 * send times (`claim.sql`); a claim goes out at its own or not at all. Nothing here waits: it is given a clock to read,
 * and says until when there is nothing to do, so that its tests are tables.
 */
import { type LastSecond, lastSecond } from '../core/pace/last-second.ts';
import {
  CATCH_UP_MS,
  type ClockBounds,
  horizonFor,
  IN_LINE_MS,
  isMissed,
  localRange,
  narrow,
  nextClaimAt,
  SHARE_LEAST,
  slowestOf,
  toLocal,
} from '../core/pace/pacing.ts';
import type { ClaimAnswer, Clock } from '../core/ports/index.ts';
import { Share } from './share.ts';

/** What waits for its send time. Times are monotonic ms. */
export interface Turn {
  /** Wall clock less monotonic clock when it was asked for: a suspended machine stops only the latter. */
  readonly wallOffset: number;
  /** Never written after this, whatever send time it gets: its lease must outlast the POST. */
  readonly lastMs: number;
  /** Its send time. */
  slot: number;
  /** It must not go out any more. */
  withheld: boolean;
  /** When its send was counted; undefined: not yet, or taken back. */
  countedAt: number | undefined;
}

/** What is to be done first. */
export type NextTurn<T> =
  | { readonly kind: 'go' | 'missed' | 'withheld'; readonly turn: T }
  | { readonly kind: 'wait'; readonly untilMs: number };

/** How well send times were kept. */
export interface PaceCounts {
  /** POSTs whose first byte was written. */
  readonly posts: number;
  /** Send times missed: their claims waited for another. */
  readonly missed: number;
  readonly claims: number;
  /** The longest claim, from asking to its answer, ms. */
  readonly claimMostMs: number;
}

/** A connection may take its time: a send that is written later than this is counted anew, ms. */
const COUNT_HOLDS_MS = 5;
const NOTHING: PaceCounts = { posts: 0, missed: 0, claims: 0, claimMostMs: 0 };

/** The pace of one sender in one process. */
export class Pacer<T extends Turn> {
  readonly #clock: Pick<Clock, 'now' | 'wall'>;
  readonly #sends: LastSecond = lastSecond();
  // By send time, earliest first.
  readonly #line: T[] = [];
  readonly #missed = new Set<T>();
  #bounds: ClockBounds | undefined;
  readonly #share = new Share();
  #slowest = 0;
  #counts = NOTHING;

  constructor(clock: Pick<Clock, 'now' | 'wall'>) {
    this.#clock = clock;
  }

  /** Messages a second of this process as of its last claim; undefined while processes take turns. */
  get share(): number | undefined {
    return this.#share.perSecond;
  }

  /** Send times are a moment apart: processes take turns, or this one alone has less than what a share takes. */
  get isSlow(): boolean {
    return this.share === undefined || this.share < SHARE_LEAST;
  }

  /** Claims that missed their send time and wait for another. */
  get missed(): number {
    return this.#missed.size;
  }

  /** How far ahead to claim, ms. */
  get horizonMs(): number {
    return horizonFor(this.#slowest);
  }

  /**
   * How long ago the next send time to be claimed may lie, ms: as far as its own last second has had room
   * for it. Negative where it has none: what is in line already fills it for so long.
   */
  reachBackMs(): number {
    const now = this.#clock.now();
    const counted = this.#share.settled(now);
    // Without its share in full yet, what room there will be is not known.
    if (counted === undefined) return CATCH_UP_MS;
    const waiting = this.#line.filter((turn) => !turn.withheld).length;
    return Math.min(CATCH_UP_MS, now - this.#sends.roomAt(now, counted, waiting) + IN_LINE_MS);
  }

  /** A claim was answered that had been asked for then (monotonic ms). One that failed says nothing of the next. */
  took(askedAt: number): void {
    const ms = this.#clock.now() - askedAt;
    this.#slowest = slowestOf(this.#slowest, ms);
    const { claims, claimMostMs } = this.#counts;
    this.#counts = {
      ...this.#counts,
      claims: claims + 1,
      claimMostMs: Math.max(claimMostMs, Math.round(ms)),
    };
  }

  /** Takes over rate, share and clock from a claim's answer. */
  answered(askedAt: number, answer: ClaimAnswer): void {
    const now = this.#clock.now();
    const { falls, beginsMs, sinceMs, nextSlotMs } = answer;
    const bounds = narrow(this.#bounds, askedAt, now, answer.databaseNowMs);
    this.#bounds = bounds;
    const first = answer.again[0]?.slotAtMs ?? answer.claimed[0]?.slotAtMs;
    const range = (ms: number | undefined) =>
      ms === undefined ? undefined : localRange(bounds, ms);
    this.#share.told(now, {
      answer,
      askedAt,
      firstMs: this.local(first ?? nextSlotMs),
      ...(first === undefined ? {} : { nextMs: this.local(nextSlotMs) }),
      beginsMs: range(beginsMs)?.last,
      sinceMs: range(sinceMs)?.first,
      falls: falls && { now: falls.to, atMs: localRange(bounds, falls.atMs).first },
    });
  }

  /** A time by the database's clock on this process's monotonic one. */
  local(databaseMs: number): number {
    if (this.#bounds === undefined) throw new Error('no claim has been answered yet');
    return toLocal(this.#bounds, databaseMs);
  }

  /** How long to wait before the next claim, ms, where the next send time is then (monotonic ms). */
  untilNextClaim(nextMs: number): number {
    const now = this.#clock.now();
    return Math.max(0, nextClaimAt(nextMs, now, this.horizonMs) - now);
  }

  /** Puts a claim in line for its send time. */
  enter(turn: T): void {
    let at = this.#line.length;
    while (at > 0 && (this.#line[at - 1] as T).slot > turn.slot) at -= 1;
    this.#line.splice(at, 0, turn);
  }

  /** The first in line, taken out where something is to be done with it; with `go` its send is counted. */
  next(): NextTurn<T> | undefined {
    const [turn] = this.#line;
    if (turn === undefined) return undefined;
    const now = this.#clock.now();
    const gone = this.#look(turn, now);
    if (gone === undefined) {
      const untilMs = Math.max(turn.slot, this.#share.freeAt(now, this.#sends));
      if (untilMs > now) return { kind: 'wait', untilMs };
      this.#count(turn, now);
    }
    this.#line.shift();
    return { kind: gone ?? 'go', turn };
  }

  /** Looks once more, right before the first byte; false: its send is not counted any more. */
  confirm(turn: T): boolean {
    const now = this.#clock.now();
    const { countedAt } = turn;
    this.uncount(turn);
    if (countedAt === undefined || this.#look(turn, now) !== undefined) return false;
    const holds = now - countedAt <= COUNT_HOLDS_MS;
    if (!holds && this.#share.freeAt(now, this.#sends) > now) return false;
    // Counted at the time it is written: the margin of the last second is for the way to the server.
    this.#count(turn, now);
    this.#counts = { ...this.#counts, posts: this.#counts.posts + 1 };
    return true;
  }

  /** Its send did not happen. */
  uncount(turn: T): void {
    if (turn.countedAt !== undefined) this.#sends.drop(turn.countedAt, this.#share.countedAt);
    turn.countedAt = undefined;
  }

  /** Keeps a claim for another send time. */
  miss(turn: T): void {
    this.#missed.add(turn);
  }

  /** A send time was missed, for the counts. */
  countMissed(): void {
    this.#counts = { ...this.#counts, missed: this.#counts.missed + 1 };
  }

  /** Takes out those that missed their time: worth another one, or to be given back. */
  takeMissed(): { readonly again: readonly T[]; readonly tooOld: readonly T[] } {
    const all = [...this.#missed];
    this.#missed.clear();
    const now = this.#clock.now();
    const isFresh = (turn: T) => !turn.withheld && this.#latest(turn, now) < turn.lastMs;
    return { again: all.filter(isFresh), tooOld: all.filter((turn) => !isFresh(turn)) };
  }

  /** What was counted since the last call. */
  takeCounts(): PaceCounts {
    const counts = this.#counts;
    this.#counts = NOTHING;
    return counts;
  }

  // A frozen process wakes long after its send times; the wall clock tells of a suspended machine.
  #latest(turn: T, now: number): number {
    return Math.max(now, this.#clock.wall() - turn.wallOffset);
  }

  #look(turn: T, now: number): 'withheld' | 'missed' | undefined {
    const latest = this.#latest(turn, now);
    if (turn.withheld || latest > turn.lastMs) return 'withheld';
    return isMissed(latest, turn.slot, this.share !== undefined) ? 'missed' : undefined;
  }

  #count(turn: T, now: number): void {
    turn.countedAt = now;
    this.#sends.add(now, this.#share.countedAt);
  }
}
