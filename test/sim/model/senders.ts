/** Senders: made known, and the rate that all their processes keep to. */
import type { Tables, Turn } from './tables.ts';

/** A process that has not said that it lives for so long is dead, ms. */
const LIVES_MS = 15_000;
/** A cut rate climbs so often, ms. */
const CLIMB_MS = 5_000;

const RATELESS = {
  ...{ rateAllowed: 1, rate: 1, rateReason: null, throttledAt: 0, climbedAt: 0 },
  ...{ nextSlot: 0, sharedSlot: 0, claimedAt: 0, sharers: [], holdUntil: 0, nextCheck: 0 },
  singles: [],
  breaker: null,
};

/** Makes a sender known, whoever comes first: a campaign, which knows no rate, or a process. */
export function ensure(
  t: Tables,
  p: { readonly id: string; readonly account?: string | undefined; readonly rate?: number },
): void {
  const { id, account, rate = 1 } = p;
  const before = t.senders.get(id);
  if (before === undefined) {
    t.senders.set(id, { ...RATELESS, id, account: account ?? id, rateAllowed: rate, rate });
    return;
  }
  if (account !== undefined && account !== before.account)
    t.senders.set(id, { ...before, account });
}

/** A process lives, and says how fast it may send: the lowest of the living counts. */
export function heartbeat(
  { now, clock }: Turn,
  p: { readonly senderId: string; readonly worker: string; readonly messagesPerSecond: number },
): void {
  const s = now.senders.get(p.senderId);
  if (s === undefined) throw new Error(`there is no sender ${p.senderId}`);
  now.workers.set(`${p.senderId} ${p.worker}`, { seenAt: clock, rate: p.messagesPerSecond });
  const lowest = Math.min(...living(now, p.senderId, clock).map(({ rate }) => rate));
  const climbs =
    s.rateReason !== null &&
    clock > Math.max(s.climbedAt, s.throttledAt) + CLIMB_MS &&
    clock > s.holdUntil;
  const climbed = s.rate * (1 + 0.025 * (1 + (clock - s.throttledAt) / 30_000));
  const rate = s.rateReason === null ? lowest : Math.min(lowest, climbs ? climbed : s.rate);
  if (s.rateAllowed === lowest && s.rate === rate && !climbs) return;
  now.senders.set(s.id, {
    ...s,
    rateAllowed: lowest,
    rate,
    rateReason: rate < lowest ? s.rateReason : null,
    climbedAt: climbs ? clock : s.climbedAt,
  });
}

/** The processes of a sender that live, with the rate each may send at. */
export function living(
  t: Pick<Tables, 'workers'>,
  senderId: string,
  clock: number,
): readonly { readonly rate: number }[] {
  return [...t.workers]
    .filter(([key, { seenAt }]) => key.startsWith(`${senderId} `) && seenAt >= clock - LIVES_MS)
    .map(([, worker]) => worker);
}

/** Meta said "too fast": 15 % less, once for all that was in flight. */
export function slow(
  { now, clock }: Turn,
  p: {
    readonly senderId: string;
    readonly reason: string;
    readonly waitMs?: number | undefined;
    readonly cutAgainMs: number;
  },
): void {
  const s = now.senders.get(p.senderId);
  if (s === undefined) return;
  const cuts = s.throttledAt === 0 || s.throttledAt < clock - p.cutAgainMs;
  now.senders.set(s.id, {
    ...s,
    rateReason: p.reason,
    holdUntil: p.waitMs === undefined ? s.holdUntil : Math.max(s.holdUntil, clock + p.waitMs),
    ...(cuts
      ? { rate: Math.max(Math.min(1, s.rateAllowed), s.rate * 0.85), throttledAt: clock }
      : {}),
  });
}
