/**
 * All of pacing in one process: what its claims may ask for, and which of them may be written now. The ledger gives out
 * send times (`claim.sql`); a claim goes out at its own or not at all. Nothing here waits: it is given a clock to read,
 * and says until when there is nothing to do, so that its tests are tables.
 */
import {
  type ChangedRate,
  countedRate,
  type LastSecond,
  lastSecond,
} from '../core/pace/last-second.ts';
import {
  CATCH_UP_MS,
  type ClockBounds,
  horizonFor,
  IN_LINE_MS,
  isMissed,
  narrow,
  nextClaimAt,
  SHARE_LEAST,
  slowestOf,
  toLocal,
} from '../core/pace/pacing.ts';
import type { ClaimAnswer, Clock } from '../core/ports/index.ts';

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
/** While a share grows, there may be room before the oldest sends leave the last second: looked at so often, ms. */
const LOOK_MS = 10;
/** Who joins begins so long after all send times given out before it (`claim.sql`), ms. */
const JOINS_AFTER_MS = 200;
/** Who was away for so long has sent nothing in the last second, ms. */
const AWAY_MS = 1_000;
const NOTHING: PaceCounts = { posts: 0, missed: 0, claims: 0, claimMostMs: 0 };

/** The pace of one sender in one process. */
export class Pacer<T extends Turn> {
  readonly #clock: Pick<Clock, 'now' | 'wall'>;
  readonly #sends: LastSecond = lastSecond();
  // By send time, earliest first.
  readonly #line: T[] = [];
  readonly #missed = new Set<T>();
  #bounds: ClockBounds | undefined;
  #share: number | undefined;
  #slowest = 0;
  #counted: ChangedRate = { before: 0, now: 0, atMs: 0 };
  #pacedAt: number | undefined;
  #nextOwn = Number.POSITIVE_INFINITY;
  #counts = NOTHING;

  constructor(clock: Pick<Clock, 'now' | 'wall'>) {
    this.#clock = clock;
  }

  /** Messages a second of this process as of its last claim; undefined while processes take turns. */
  get share(): number | undefined {
    return this.#share;
  }

  /** Send times are a moment apart: processes take turns, or this one alone has less than what a share takes. */
  get isSlow(): boolean {
    return this.#share === undefined || this.#share < SHARE_LEAST;
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
    const counted = countedRate(this.#counted, now);
    // Without its share in full yet, what room there will be is not known.
    if (this.#share === undefined || counted !== this.#counted.now) return CATCH_UP_MS;
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
    this.#bounds = narrow(this.#bounds, askedAt, this.#clock.now(), answer.databaseNowMs);
    const first = answer.again[0]?.slotAtMs ?? answer.claimed[0]?.slotAtMs ?? answer.nextSlotMs;
    const given = answer.claimed.length + answer.again.length > 0;
    this.#pace(answer.share, answer.rate, this.local(first));
    if (given) this.#nextOwn = this.local(answer.nextSlotMs);
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
      const untilMs = Math.max(turn.slot, this.#freeAt(now));
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
    if (!holds && this.#sends.freeAt(now, countedRate(this.#counted, now)) > now) return false;
    // Counted at the time it is written: the margin of the last second is for the way to the server.
    this.#count(turn, now);
    this.#counts = { ...this.#counts, posts: this.#counts.posts + 1 };
    return true;
  }

  /** Its send did not happen. */
  uncount(turn: T): void {
    if (turn.countedAt !== undefined) this.#sends.drop(turn.countedAt, this.#counted.now);
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
    return isMissed(latest, turn.slot, this.#share !== undefined) ? 'missed' : undefined;
  }

  #freeAt(now: number): number {
    const counted = countedRate(this.#counted, now);
    const freeAt = this.#sends.freeAt(now, counted);
    return freeAt > now && counted < this.#counted.now ? Math.min(freeAt, now + LOOK_MS) : freeAt;
  }

  #count(turn: T, now: number): void {
    turn.countedAt = now;
    this.#sends.add(now, this.#counted.now);
  }

  /** @param fromMs its first send time at this rate: those before are at the rate before */
  #pace(share: number | undefined, rate: number, fromMs: number): void {
    const now = this.#clock.now();
    const hadShare = this.#share !== undefined;
    const atMs = Math.max(now, fromMs);
    const fresh = share ?? rate;
    const old = this.#counted;
    const wasAway = this.#pacedAt === undefined || now - this.#pacedAt > AWAY_MS;
    // Who takes turns is bound by the ledger; who was away for a second has sent nothing in it.
    if (share === undefined) this.#counted = { before: fresh, now: fresh, atMs };
    else if (wasAway) this.#counted = { before: 0, now: fresh, atMs };
    else if (!hadShare) this.#counted = { before: fresh, now: fresh, atMs };
    else if (fresh !== old.now) {
      // Told late, it gives way from when the one who joined may have begun.
      const from = fresh < old.now ? Math.min(atMs, this.#nextOwn + JOINS_AFTER_MS) : atMs;
      this.#counted = { before: countedRate(old, from), now: fresh, atMs: from };
    }
    this.#share = share;
    this.#pacedAt = now;
  }
}
