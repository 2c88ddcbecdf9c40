/**
 * Who sends when, of the processes of one sender: a process alone has all of the rate; several have a share each
 * where that is large enough, with send times of their own; else they take turns in one row of send times. Who
 * claims no more is out once its send times are surely forfeited. Times are ms since the epoch.
 */
import {
  ABSENT_MS,
  CATCH_UP_MS,
  HORIZON_MS,
  SHARE_LEAST,
  SHARE_STEP_FACTOR,
  STEP_FACTOR,
} from '../../../src/core/pace/pacing.ts';
import type { ClaimAnswer } from '../../../src/core/ports/index.ts';
import type { SenderRow, Sharer } from './tables.ts';

/** No send time is given out closer than this, ms: its answer has a way to go. */
const LEAD_MS = 4;
/** A sender all of whose processes claim late was held up as a whole: nobody was absent. */
const HELD_UP_MS = 200;
/** ... unless it was longer than this. */
const HELD_UP_MOST_MS = 3_000;
/** Times are whole microseconds in the ledger; a double of this size keeps a quarter of one, ms. */
const SAME_MS = 0.002;
/** Further ahead than this nobody may reserve: the clock was set back. */
const AHEAD_MOST_MS = 10_000;
/** Nor may the next send time lie further ahead than this and a step. */
const RESERVED_MOST_MS = 3_000;
/** Who joins begins so much after all send times given out. */
const JOIN_MS = 200;
/** Who has given out no send time for so long has sent nothing in the last second. */
const RESTED_MS = 1_100 + ABSENT_MS;

/** What one claim may have. */
export interface Pace {
  /** Messages a second of this process; `undefined`: it takes turns. */
  readonly share: number | undefined;
  readonly first: number;
  readonly step: number;
  /** Send times within the horizon, and before its share falls. */
  readonly free: number;
  /** What an answer says of it beside share, rate and send times. */
  readonly told: Pick<ClaimAnswer, 'beginsMs' | 'falls' | 'sinceMs' | 'rested'>;
  /** The sender once so many of them are given out. */
  after(given: number): SenderRow;
}

/** The pace of a claim by one process. */
export function paceOf(
  s: SenderRow,
  worker: string,
  clock: number,
  p: { readonly horizonMs?: number | undefined; readonly reachBackMs?: number | undefined },
): Pace {
  const horizon = p.horizonMs ?? HORIZON_MS;
  const heldUp =
    s.claimedAt > clock - HELD_UP_MOST_MS ? Math.max(0, clock - s.claimedAt - HELD_UP_MS) : 0;
  const living = s.sharers
    .map((one) => ({ ...one, until: one.until + heldUp }))
    .filter(({ until }) => until > clock - SAME_MS && until <= clock + AHEAD_MOST_MS);
  const others = living.filter(({ id }) => id !== worker);
  const mine = living.find(({ id }) => id === worker);
  const turns = others.length > 0 && s.rate / (others.length + 1) < SHARE_LEAST;
  const joins = !turns && others.length > 0 && mine?.slot == null;
  const own = ownSlot(s, { turns, joins, mine: mine?.slot ?? undefined, clock, others });
  const reachesBack = !turns && mine?.slot != null && mine.slot > clock - 1_000;
  const farMs = RESERVED_MOST_MS + (turns ? (1_000 * STEP_FACTOR) / s.rate : 0);
  const first = Math.max(
    s.holdUntil,
    own > clock + farMs
      ? clock + LEAD_MS
      : Math.max(own, reachesBack ? clock - (p.reachBackMs ?? CATCH_UP_MS) : clock + LEAD_MS),
  );
  const begins = turns ? null : joins ? own : (mine?.begins ?? null);
  const shareAt = (at: number) => {
    const atWork = others.filter((one) => one.begins === null || one.begins <= at);
    return shareOf(s.rate, atWork.length + 1, atWork.filter(({ id }) => id < worker).length);
  };
  const share = turns ? undefined : shareAt(first);
  const begun = others.flatMap((one) => one.begins ?? []);
  const fallsAt = turns ? Infinity : Math.min(...begun.filter((at) => at > first));
  const sinceMs = Math.min(...begun.filter((at) => at <= first && at > (mine?.slot ?? Infinity)));
  const step = inMicros(
    (1_000 * (share === undefined ? STEP_FACTOR : SHARE_STEP_FACTOR)) / (share ?? s.rate),
  );
  return {
    share,
    first,
    step,
    free: Math.max(
      0,
      Math.min(
        1 + Math.floor((clock + horizon - first) / step),
        Math.ceil((fallsAt - first) / step),
      ),
    ),
    told: {
      ...(begins === null ? {} : { beginsMs: Math.min(begins, first) }),
      ...(fallsAt < Infinity ? { falls: { atMs: fallsAt, to: shareAt(fallsAt) } } : {}),
      ...(!turns && sinceMs < Infinity ? { sinceMs } : {}),
      ...(others.length === 0 && s.nextSlot < clock - RESTED_MS ? { rested: true } : {}),
    },
    after(given) {
      const next = inMicros(first + given * step);
      const slot = share === undefined ? null : given > 0 ? next : own;
      const until = Math.max(clock + horizon, slot ?? 0) + ABSENT_MS;
      const isAhead = (at: number) => at > clock + AHEAD_MOST_MS;
      const now = { id: worker, until, slot, begins: begins && Math.min(begins, first) };
      return {
        ...s,
        nextSlot:
          given === 0
            ? s.nextSlot
            : share === undefined || isAhead(s.nextSlot)
              ? next
              : Math.max(s.nextSlot, next),
        sharedSlot:
          share === undefined && given > 0 ? next : isAhead(s.sharedSlot) ? 0 : s.sharedSlot,
        claimedAt: clock,
        sharers: [...others, now].sort((a, b) => (a.id < b.id ? -1 : 1)),
      };
    },
  };
}

/** Whole messages, so that the shares together are the rate. */
function shareOf(rate: number, processes: number, place: number): number {
  if (processes === 1) return rate;
  const whole = Math.floor(rate);
  return Math.floor(whole / processes) + (place < whole % processes ? 1 : 0);
}

/** Where the send times of this process go on. */
function ownSlot(
  s: SenderRow,
  p: {
    readonly turns: boolean;
    readonly joins: boolean;
    readonly mine: number | undefined;
    readonly clock: number;
    readonly others: readonly Sharer[];
  },
): number {
  if (p.turns)
    // Turns begin once no process holds late send times of a share.
    return p.others.some(({ slot }) => slot !== null)
      ? Math.max(s.nextSlot, p.clock) + ABSENT_MS
      : s.nextSlot;
  if (p.joins) return Math.max(s.sharedSlot, s.nextSlot + JOIN_MS, p.clock + LEAD_MS);
  return Math.max(s.sharedSlot, p.mine ?? s.nextSlot);
}

/** Postgres keeps times in whole microseconds. */
export function inMicros(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
