/** Several processes of one sender, each with its pacer, over the ledger's rules as the simulation has them. */
import type { ClaimAnswer } from '../../src/core/ports/index.ts';
import { Pacer, type Turn } from '../../src/sending/pacer.ts';
import { paceOf } from '../sim/model/pace.ts';
import type { SenderRow } from '../sim/model/tables.ts';

interface Process {
  readonly id: string;
  readonly joinsAt: number;
  readonly leavesAt: number;
  readonly pacer: Pacer<Turn>;
  /** Until then nothing of it runs. */
  stalledUntil: number;
  claim:
    | { readonly askedAt: number; readonly readAt: number; readonly answer: ClaimAnswer }
    | undefined;
  nextClaimAt: number;
  /** It waits so long for its next send, unless a claim is answered. */
  quietUntil: number;
}

/** A number from 0 to 1, the same ones for the same seed. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const EPOCH_MS = 1_700_000_000_000;

/** Each send, ms; with plenty to claim. */
export function run(p: {
  readonly seed: number;
  readonly rate: number;
  readonly joins: readonly number[];
  readonly leaves?: readonly number[];
  readonly forMs: number;
  /** How long a claim takes, ms, by chance. */
  readonly claimMs: (r: () => number) => number;
  /** How often a process stalls (a second), and for how long at the most, ms. */
  readonly stalls?: { readonly perSecond: number; readonly mostMs: number };
}): readonly number[] {
  const r = chance(p.seed);
  const time = { now: 0 };
  const clock = { now: () => time.now, wall: () => time.now };
  let sender = {
    ...{ id: '1', account: '1', rateAllowed: p.rate, rate: p.rate, rateReason: null },
    ...{ throttledAt: 0, climbedAt: 0, nextSlot: 0, sharedSlot: 0, claimedAt: 0, sharers: [] },
    ...{ singles: [], holdUntil: 0, nextCheck: 0, breaker: null },
  } as SenderRow;
  const processes = p.joins.map(
    (joinsAt, i): Process => ({
      ...{ id: `w${i}`, joinsAt, leavesAt: p.leaves?.[i] ?? Infinity, pacer: new Pacer(clock) },
      ...{ stalledUntil: 0, claim: undefined, nextClaimAt: joinsAt, quietUntil: 0 },
    }),
  );
  const sends: number[] = [];

  function ask(one: Process): void {
    const took = p.claimMs(r);
    const at = EPOCH_MS + time.now + took * r();
    const pace = paceOf(sender, one.id, at, {
      horizonMs: one.pacer.horizonMs,
      reachBackMs: one.pacer.reachBackMs(),
    });
    sender = pace.after(pace.free);
    const claimed = Array.from({ length: pace.free }, (_, i) => ({
      slotAtMs: pace.first + i * pace.step,
    })) as unknown as ClaimAnswer['claimed'];
    const answer: ClaimAnswer = {
      ...{ claimed, left: [], done: [], again: [], lost: [], closed: false, rate: p.rate },
      ...(pace.share === undefined ? {} : { share: pace.share }),
      ...pace.told,
      ...{ databaseNowMs: at, nextSlotMs: pace.first + pace.free * pace.step },
    };
    one.claim = { askedAt: time.now, readAt: time.now + took, answer };
  }

  function read(one: Process, { askedAt, answer }: NonNullable<Process['claim']>): void {
    one.claim = undefined;
    one.quietUntil = 0;
    one.pacer.took(askedAt);
    one.pacer.answered(askedAt, answer);
    for (const { slotAtMs } of answer.claimed)
      one.pacer.enter({
        ...{ wallOffset: 0, lastMs: Infinity, slot: one.pacer.local(slotAtMs) },
        ...{ withheld: false, countedAt: undefined },
      });
    one.nextClaimAt = time.now + one.pacer.untilNextClaim(one.pacer.local(answer.nextSlotMs));
  }

  function send(one: Process): void {
    for (let next = one.pacer.next(); next !== undefined; next = one.pacer.next()) {
      one.quietUntil = next.kind === 'wait' ? next.untilMs : 0;
      if (next.kind === 'wait') return;
      if (next.kind === 'go' && one.pacer.confirm(next.turn)) sends.push(time.now);
    }
  }

  const { perSecond = 0, mostMs = 0 } = p.stalls ?? {};
  for (time.now = 1; time.now < p.forMs; time.now += 1)
    for (const one of processes) {
      if (time.now < one.joinsAt || time.now >= one.leavesAt || time.now < one.stalledUntil)
        continue;
      if (r() < perSecond / 1_000) one.stalledUntil = time.now + r() * mostMs;
      if (one.claim !== undefined && one.claim.readAt <= time.now) read(one, one.claim);
      if (one.claim === undefined && one.nextClaimAt <= time.now) ask(one);
      if (one.quietUntil <= time.now) send(one);
    }
  return sends;
}

/** The most sends within one second, at any time. */
export function mostInASecond(sends: readonly number[]): number {
  let [most, from] = [0, 0];
  for (const [i, at] of sends.entries()) {
    while ((sends[from] as number) <= at - 1_000) from += 1;
    most = Math.max(most, i - from + 1);
  }
  return most;
}
