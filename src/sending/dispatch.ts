/**
 * Jobs in, POSTs out: claims jobs a little ahead of their send times and lets each go at its time.
 * The road's middle, one per sender and process.
 *
 * A job's promise resolves when there is nothing more to do for it here: its outcome is committed,
 * or its row went back to the ledger. Kill the process between any two lines: a row is either not
 * claimed (its job runs elsewhere) or `sending` under a lease.
 */
import type { ClockBounds } from '../core/pace/pacing.ts';
import {
  claimSize,
  HORIZON_MS,
  horizonFor,
  narrow,
  nextClaimAt,
  slowestOf,
  toLocal,
} from '../core/pace/pacing.ts';
import type {
  ClaimAnswer,
  Clock,
  JobEnd,
  MessageSender,
  QueueJob,
  SenderStore,
  SendingStore,
} from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';
import { stateLog } from '../telemetry/log.ts';
import { createAttempts } from './attempt.ts';
import { createEffects } from './effects.ts';
import { foreignJobs } from './foreign-jobs.ts';
import { gatherJobs } from './gather.ts';
import { createHand, type Held, type Moment } from './hand.ts';
import { createLanes, type InHand } from './lanes.ts';
import type { Unsettled } from './leftovers.ts';
import { type PaceCounts, paceCounter } from './pace-counter.ts';
import { createRecorder } from './recorder.ts';
import { createUnreadClaims } from './unread-claims.ts';

/** What a dispatcher works with. */
export interface DispatchSetup {
  readonly clock: Clock;
  readonly senderId: string;
  /** Unique to this process: names its claims. */
  readonly worker: string;
  readonly sending: SendingStore;
  readonly senders: SenderStore;
  readonly meta: MessageSender;
  /** Messages a second of this process, until the first claim tells. */
  readonly rate: number;
  readonly requestTimeoutMs: number;
  readonly checkAfterMs: number;
  readonly log: Logger;
}

/** A running dispatcher. */
export interface Dispatcher {
  /** Takes a job in hand; resolves when this process is done with it. */
  submit(job: QueueJob): Promise<JobEnd>;
  /** A campaign was paused or cancelled elsewhere: its claims in hand are not sent. */
  withhold(campaignId: string): void;
  /** POSTs under way. */
  inFlight(): number;
  /** Smoothed time to an answer, ms. */
  latencyMs(): number;
  /** Messages a second of this process as of its last claim; undefined while processes take turns. */
  share(): number | undefined;
  /** How well send times were kept since the last call. */
  takeCounts(): PaceCounts;
  /** Stops claiming and gives back what is not sent; POSTs under way end by themselves. */
  stop(): Promise<void>;
  /**
   * Once it is stopped: resolves when each claim is done with and each outcome committed. POSTs under way end by
   * their time-out; what the database does not take within ten seconds after the last of them is given to the caller.
   */
  settled(): Promise<Unsettled>;
}

/** Beyond the time-out a lease leaves this much to record the outcome while the database is slow. */
export const LEASE_MARGIN_MS = 15_000;

/** Of that, so much is left for the record when the last byte of the answer may come. */
const RECORD_MARGIN_MS = 10_000;

const IDLE_LOOK_MS = 20;
/** A restart of Postgres takes a few seconds; a process that must end waits no longer. */
const SETTLE_MS = 10_000;

/** Makes a dispatcher; it works as soon as jobs come in. */
export function createDispatcher(setup: DispatchSetup): Dispatcher {
  const { clock: time, senderId, worker, sending, log } = setup;
  const database = stateLog(log, {
    down: 'database out of reach: nothing is sent, outcomes wait in memory',
    up: 'database back',
  });
  const hand = createHand(time, setup.requestTimeoutMs + RECORD_MARGIN_MS);
  const counter = paceCounter();
  const lanes = createLanes();
  const foreigners = foreignJobs(log, time);
  const unread = createUnreadClaims({ clock: time, senderId, sending, onOutage: database.down });
  const recorder = createRecorder({
    clock: time,
    sending,
    onOutage: database.down,
    onUp: database.up,
  });
  const effects = createEffects({ ...setup, withholdAll: (which) => hand.withhold(which) });
  const attempts = createAttempts({
    ...setup,
    hand,
    recorder,
    effects,
    counter,
    isStopped: () => stopped,
    onMissed: claimSoon,
  });
  let bounds: ClockBounds | undefined;
  let { rate } = setup;
  let share: number | undefined;
  let slowest = 0;
  let claiming = false;
  let claims = 0;
  let stopped = false;

  async function submit(job: QueueJob): Promise<JobEnd> {
    if (stopped) {
      await sending.giveBack([job]);
      return { state: 'given back' };
    }
    return new Promise((done) => {
      lanes.push({ job, done });
      claimSoon();
    });
  }

  function claimSoon(): void {
    if (claiming) return;
    claiming = true;
    void claimLoop();
  }

  async function claimLoop(): Promise<void> {
    while (lanes.size + hand.missed > 0) {
      try {
        const enough = Math.ceil(((share ?? rate) * HORIZON_MS) / 1_000);
        await gatherJobs({ clock: time, hand, lanes, enough });
        await unread.settled();
        // The last thing that is waited for: what it closes is closed when the claim is judged.
        await effects.settled();
        if (stopped) break;
        // Never asleep for long: a hold on the sender may end early, a stop may come.
        await time.sleep(Math.min(1_000, await claimOnce()));
        database.up();
      } catch (error) {
        if (error instanceof InfrastructureError) database.down(error);
        else log.error({ err: error }, 'claim failed');
        await time.sleep(500);
      }
    }
    // In the same turn as the last look, so that nothing that came in since is left lying.
    claiming = false;
    if (stopped) await Promise.all(giveBackMissed());
  }

  /** Claims once; returns how long to wait before the next claim, in ms. */
  async function claimOnce(): Promise<number> {
    const { again, tooOld } = hand.takeMissed();
    for (const one of tooOld) void attempts.giveBack(one);
    const batch = lanes.next(claimSize(share ?? rate));
    const horizonMs = horizonFor(slowest);
    claims += 1;
    const claimId = `${worker}.${senderId}.${claims}`;
    const asked = { now: time.now(), wall: time.wall() };
    const answer = await unread
      .claim({
        senderId,
        jobs: batch.map((b) => b.job),
        worker,
        claimId,
        again: again.map((one) => one.claim),
        horizonMs,
        reachBackMs: hand.reachBackMs(),
        leaseMs: setup.requestTimeoutMs + LEASE_MARGIN_MS,
      })
      .catch((error: unknown) => {
        for (const one of again) hand.miss(one);
        throw error;
      });
    const received = time.now();
    counter.claimed(received - asked.now);
    slowest = slowestOf(slowest, received - asked.now);
    if (answer.closed) {
      for (const one of again) void attempts.giveBack(one);
      await turnAway(batch);
      return 0;
    }
    rate = answer.rate;
    share = answer.share;
    bounds = narrow(bounds, asked.now, received, answer.databaseNowMs);
    const first = answer.again[0]?.slotAtMs ?? answer.claimed[0]?.slotAtMs ?? answer.nextSlotMs;
    const given = answer.claimed.length + answer.again.length > 0;
    hand.pace(
      share ?? rate,
      share !== undefined,
      toLocal(bounds, first),
      given ? toLocal(bounds, answer.nextSlotMs) : undefined,
    );
    placeAgain(again, answer, bounds);
    place(batch, answer, bounds, asked);
    const claimed = new Set(answer.claimed.map((c) => c.request));
    const left = batch.slice(0, answer.room).filter((b) => !claimed.has(b.job.request));
    if (left.length > 0) await turnAway(left);
    const now = time.now();
    return Math.max(0, nextClaimAt(toLocal(bounds, answer.nextSlotMs), now, horizonMs) - now);
  }

  /** Gives claims that missed their send time another; those left over go on waiting, those lost go back. */
  function placeAgain(again: readonly Held[], answer: ClaimAnswer, at: ClockBounds): void {
    const slots = new Map(answer.again.map((given) => [given.request, given.slotAtMs]));
    const lost = new Set(answer.lost.map(({ request }) => request));
    for (const one of again) {
      const slot = slots.get(one.claim.request);
      if (lost.has(one.claim.request)) void attempts.giveBack(one);
      else if (slot === undefined) hand.miss(one);
      else {
        one.slot = toLocal(at, slot);
        attempts.schedule(one);
      }
    }
  }

  /** Takes claimed jobs out of the lanes and sets each one's send time. */
  function place(
    batch: readonly InHand[],
    answer: ClaimAnswer,
    at: ClockBounds,
    asked: Moment,
  ): void {
    const byJob = new Map(batch.map((b) => [`${b.job.request}-${b.job.feed}`, b]));
    for (const claim of answer.claimed) {
      const inHand = byJob.get(`${claim.job.request}-${claim.job.feed}`);
      if (inHand === undefined)
        throw new Error(`claimed ${claim.request}, which was not asked for`);
      lanes.remove(inHand);
      const { done } = inHand;
      attempts.schedule(hand.take({ claim, done, asked, slot: toLocal(at, claim.slotAtMs) }));
    }
  }

  async function turnAway(left: readonly InHand[]): Promise<void> {
    const byJob = new Map(left.map((b) => [b.job, b]));
    const fates = await sending.decideUnclaimed({ senderId, jobs: left.map((b) => b.job) });
    const foreign: QueueJob[] = [];
    for (const { job, fate } of fates) {
      const inHand = byJob.get(job);
      if (inHand === undefined || fate === 'later') continue;
      if (fate === 'not-queued') foreign.push(job);
      lanes.remove(inHand);
      inHand.done({ state: fate });
    }
    if (!stopped) foreigners.add(foreign);
  }

  function giveBackMissed(): Promise<void>[] {
    const { again, tooOld } = hand.takeMissed();
    return [...again, ...tooOld].map((one) => attempts.giveBack(one));
  }

  return {
    submit,
    withhold: (campaignId) => hand.withhold((claim) => claim.campaignId === campaignId),
    inFlight: attempts.inFlight,
    latencyMs: attempts.latencyMs,
    share: () => share,
    takeCounts: counter.take,
    async stop() {
      stopped = true;
      foreigners.flush();
      const left = lanes.clear();
      await sending.giveBack(left.map((b) => b.job)).catch((error: unknown) => {
        const words = 'jobs in hand could not be given back; the sweep feeds them again';
        log.warn({ err: error }, words);
      });
      for (const { done } of left) done({ state: 'given back' });
      await Promise.all(giveBackMissed());
    },
    async settled() {
      let patience = SETTLE_MS;
      while (patience > 0 && (hand.size > 0 || unread.open() > 0)) {
        await time.sleep(IDLE_LOOK_MS);
        patience = attempts.inFlight() > 0 ? SETTLE_MS : patience - IDLE_LOOK_MS;
      }
      effects.abandon();
      return { entries: recorder.abandon(), claimIds: unread.abandon() };
    },
  };
}
