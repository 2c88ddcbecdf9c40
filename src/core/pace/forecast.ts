/**
 * When a campaign would be done, worked out from what the ledger knows before the first request: rate,
 * other campaigns on the same sender, the daily budget, and people who have to wait. Pure: the same
 * input gives the same forecast.
 */

import type { ForecastInput, ForecastSender } from '../ports/index.ts';
import { SHARE_STEP_FACTOR } from './pacing.ts';

/** What would become of a campaign. */
export interface Forecast {
  /** People who would be asked, over all senders. */
  readonly asks: number;
  readonly skips: readonly { readonly reason: string; readonly n: number }[];
  /** Asked within 24 h from now; the others wait for the budget, the pair limit or their hours. */
  readonly withinADay: number;
  /** From now to its end, in s; 0 when nobody would be asked. */
  readonly seconds: number;
  /** From now to the first pause of more than five minutes, in s: who watches a campaign does not wait for what comes after. */
  readonly secondsToPause: number;
  /** When the last one is asked, ms since the epoch; `null` when nobody would be. */
  readonly doneAtMs: number | null;
  /** Senders whose breaker is open: their people wait until it closes. */
  readonly closed: readonly string[];
  /** The daily budgets that these people take places of. */
  readonly budgets: readonly BudgetForecast[];
}

/** What a campaign takes of the daily budget of a portfolio. */
export interface BudgetForecast {
  readonly portfolio: string;
  /** People in a moving 24 hours, over all senders and campaigns of it. */
  readonly limit: number;
  /** Places that are free now. */
  readonly remaining: number;
  /** People who would be asked sooner if there were a place. */
  readonly waiting: number;
  /** When the first of those gets one, ms since the epoch; `null` where nobody waits. */
  readonly waitsUntilMs: number | null;
}

/** A forecast for programs. */
export interface ForecastFigures {
  /** People who would be asked. */
  willAsk: number;
  /** People who would not be, by reason. */
  skipped: Record<string, number>;
  /** Asked within 24 h. */
  withinADay: number;
  /** From now to its end. */
  seconds: number;
  /** ISO 8601 in UTC; `null` when nobody would be asked. */
  doneAt: string | null;
  /** Senders whose people wait. */
  pausedSenders?: string[];
  /** Daily budgets that these people take places of; none where no limit is known. */
  budgets: BudgetFigures[];
}

/** What a campaign takes of a daily budget, for programs. */
export interface BudgetFigures {
  portfolio: string;
  /** People in a moving 24 hours. */
  limit: number;
  /** Places that are free now. */
  remaining: number;
  /** People who wait for a place. */
  waiting: number;
  /** ISO 8601 in UTC: when the first of them gets one; `null` where nobody waits. */
  waitsUntil: string | null;
}

/** A forecast in figures, for programs. */
export function figuresOf(found: Forecast): ForecastFigures {
  return {
    willAsk: found.asks,
    skipped: Object.fromEntries(found.skips.map(({ reason, n }) => [reason, n])),
    withinADay: found.withinADay,
    seconds: Math.round(found.seconds * 10) / 10,
    doneAt: found.doneAtMs === null ? null : new Date(found.doneAtMs).toISOString(),
    ...(found.closed.length === 0 ? {} : { pausedSenders: [...found.closed] }),
    budgets: found.budgets.map(({ waitsUntilMs, ...one }) => ({
      ...one,
      waitsUntil: waitsUntilMs === null ? null : new Date(waitsUntilMs).toISOString(),
    })),
  };
}

const DAY_MS = 86_400_000;
/** Who is due later than this is not waited for by whoever watches (`later` of a campaign's progress). */
const PAUSE_MS = 300_000;
/**
 * Until the first request goes, and from the last one to the end of its campaign: feeding, the answer
 * on its way, the next sweep (seen: 0.67 s in a run of 2,000 people at 80/s).
 */
const AROUND_MS = 700;

/**
 * Works out a forecast.
 * @param p.rates messages a second by sender, for those that no process works on now
 */
export function forecast(
  input: ForecastInput,
  p: { readonly rates?: ReadonlyMap<string, number> } = {},
): Forecast {
  const budgets = new Map<string, Budget>();
  for (const { budget } of input.senders)
    if (budget !== null && !budgets.has(budget.portfolio))
      budgets.set(budget.portfolio, createBudget(budget, input.nowMs));

  const lines = input.senders.map((sender) => {
    const rate =
      sender.processes > 0 ? sender.rate : (p.rates?.get(sender.senderId) ?? sender.rate);
    return createLine(sender, input, rate);
  });
  let last = Number.NEGATIVE_INFINITY;
  let beforePause = input.nowMs;
  let asks = 0;
  let withinADay = 0;
  // The sender whose turn comes first goes first: those of one portfolio share its places.
  for (;;) {
    const next = earliest(lines);
    if (next === undefined) break;
    const budget = budgetOf(next.sender, budgets);
    const at = Math.max(next.peek(), budget?.freeAt() ?? Number.NEGATIVE_INFINITY);
    const unheldAt = next.take(at);
    budget?.take(at, at > unheldAt);
    asks += 1;
    if (at < input.nowMs + DAY_MS) withinADay += 1;
    last = Math.max(last, at);
    if (at <= beforePause + PAUSE_MS) beforePause = Math.max(beforePause, at);
  }
  return {
    asks,
    skips: input.skips,
    withinADay,
    seconds: asks === 0 ? 0 : (last + AROUND_MS - input.nowMs) / 1_000,
    secondsToPause: asks === 0 ? 0 : (beforePause + AROUND_MS - input.nowMs) / 1_000,
    doneAtMs: asks === 0 ? null : last + AROUND_MS,
    closed: input.senders.filter((s) => s.closed).map((s) => s.senderId),
    budgets: [...budgets.values()].map((one) => one.found()),
  };
}

interface Line {
  readonly sender: ForecastSender;
  /** Whether anybody is left. */
  readonly open: boolean;
  /** The earliest time for the next one. */
  peek(): number;
  /** Gives when it would have been without a budget. */
  take(atMs: number): number;
}

/** The people of one sender in the order of their times, a step of the sender's rate apart. */
function createLine(sender: ForecastSender, input: ForecastInput, rate: number): Line {
  const queue = input.asks
    .filter((ask) => ask.senderId === sender.senderId)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((ask) => ({ ...ask }));
  const step = (1_000 * SHARE_STEP_FACTOR) / rate;
  let head = 0;
  let sent = 0;
  let previous = Number.NEGATIVE_INFINITY;
  let unheld = Number.NEGATIVE_INFINITY;

  /** Others' people who have gone when `k` of ours have, by weights. */
  const othersBy = (k: number) =>
    sender.others.reduce((sum, o) => sum + Math.min(o.n, (o.weight * k) / input.weight), 0);

  /** The earliest time for the next one, a step behind the one before. */
  const after = (before: number) => {
    const due = queue[head]?.atMs ?? Number.POSITIVE_INFINITY;
    const inTurn = input.nowMs + (sent + othersBy(sent + 1)) * step;
    return Math.max(due, inTurn, before + step);
  };

  return {
    sender,
    get open() {
      return head < queue.length;
    },
    peek: () => after(previous),
    take(atMs) {
      unheld = after(unheld);
      const group = queue[head];
      if (group === undefined) return unheld;
      group.n -= 1;
      if (group.n <= 0) head += 1;
      sent += 1;
      previous = atMs;
      return unheld;
    },
  };
}

function earliest(lines: readonly Line[]): Line | undefined {
  let best: Line | undefined;
  for (const line of lines)
    if (line.open && (best === undefined || line.peek() < best.peek())) best = line;
  return best;
}

interface Budget {
  /** When the next place is free. */
  freeAt(): number;
  /** @param isLate somebody waited for it */
  take(atMs: number, isLate: boolean): void;
  found(): BudgetForecast;
}

/** Places free now, then as those of the last 24 h leave it, then 24 h after each one taken here. */
function createBudget(budget: NonNullable<ForecastSender['budget']>, nowMs: number): Budget {
  const places: { atMs: number; n: number }[] = [
    ...(budget.remaining > 0 ? [{ atMs: nowMs, n: budget.remaining }] : []),
    ...budget.frees.map((place) => ({ ...place })),
  ];
  const { portfolio, limit, remaining } = budget;
  let head = 0;
  let waiting = 0;
  let waitsUntilMs: number | null = null;
  return {
    freeAt: () => places[head]?.atMs ?? Number.POSITIVE_INFINITY,
    found: () => ({ portfolio, limit, remaining, waiting, waitsUntilMs }),
    take(atMs, isLate) {
      if (isLate) {
        waiting += 1;
        waitsUntilMs ??= atMs;
      }
      const place = places[head];
      if (place === undefined) return;
      place.n -= 1;
      if (place.n <= 0) head += 1;
      const end = places.at(-1);
      const again = atMs + DAY_MS;
      // Within one second is one entry: a million people are not a million of them.
      if (
        end !== undefined &&
        head < places.length &&
        again - end.atMs < 1_000 &&
        again >= end.atMs
      )
        end.n += 1;
      else places.push({ atMs: again, n: 1 });
    },
  };
}

function budgetOf(
  sender: ForecastSender,
  budgets: ReadonlyMap<string, Budget>,
): Budget | undefined {
  return sender.budget === null ? undefined : budgets.get(sender.budget.portfolio);
}
