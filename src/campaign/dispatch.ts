/**
 * Jobs in, POSTs out: claims jobs a little ahead of their send times, sends each at its time, records
 * what came of it. The road's middle, one per sender and process.
 *
 * A job's promise resolves when there is nothing more to do for it here: its outcome is committed,
 * or its row went back to the ledger. Kill the process between any two lines: a row is either not
 * claimed (its job runs elsewhere) or `sending` under a lease (the sweep makes it `uncertain`).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClockBounds } from '../core/pacing.ts';
import { claimSize, isMissed, narrow, nextClaimAt, toLocal } from '../core/pacing.ts';
import type {
  ClaimAnswer,
  ClaimedRequest,
  MessageSender,
  QueueJob,
  RoadStore,
  SenderStore,
} from '../core/ports.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Logger, StateLog } from '../telemetry/log.ts';
import { stateLog } from '../telemetry/log.ts';
import { createEffects } from './effects.ts';
import { createLanes, type InHand } from './lanes.ts';
import { sendInput } from './message.ts';
import { react } from './react.ts';
import { createRecorder } from './recorder.ts';
import { createReleaser } from './releaser.ts';

/** What a dispatcher works with. */
export interface DispatchSetup {
  readonly senderId: string;
  readonly businessAccountId?: string;
  /** Unique to this process: names its claims. */
  readonly worker: string;
  readonly road: RoadStore;
  readonly senders: SenderStore;
  readonly meta: MessageSender;
  readonly requestTimeoutMs: number;
  readonly checkAfterMs: number;
  readonly log: Logger;
}

/** A running dispatcher. */
export interface Dispatcher {
  /** Takes a job in hand; resolves when this process is done with it. */
  submit(job: QueueJob): Promise<void>;
  /** A campaign was paused or cancelled elsewhere: its claims in hand are not sent. */
  withhold(campaignId: string): void;
  /** POSTs under way. */
  inFlight(): number;
  /** Smoothed time to an answer, ms. */
  latencyMs(): number;
  /** Stops claiming and gives back what is not sent; POSTs under way end by themselves. */
  stop(): Promise<void>;
  /** Gives up on outcomes the database does not take: the last word of a shutdown. */
  abandon(): void;
}

/** Beyond the time-out a lease leaves this much to record the outcome while the database is slow. */
export const LEASE_MARGIN_MS = 15_000;

interface Held {
  readonly claim: ClaimedRequest;
  readonly done: () => void;
  /** Wall clock less monotonic clock when it was claimed: a suspended machine stops only the latter. */
  readonly wallOffset: number;
  withheld: boolean;
}

/** Makes a dispatcher; it works as soon as jobs come in. */
export function createDispatcher(setup: DispatchSetup): Dispatcher {
  const { senderId, worker, road, log } = setup;
  const database: StateLog = stateLog(log, {
    down: 'database out of reach: nothing is sent, outcomes wait in memory',
    up: 'database back',
  });
  const recorder = createRecorder({
    road,
    onOutage: (e) => database.down(e),
    onUp: () => database.up(),
  });
  const effects = createEffects({ ...setup, withholdAll });

  const releaser = createReleaser({ road, worker, onOutage: (e) => database.down(e) });
  const lanes = createLanes();
  const held = new Set<Held>();
  let posting = 0;
  let latency = 200;
  let clock: ClockBounds | undefined;
  let rate = 80;
  let claiming = false;
  let claimLost = false;
  let stopped = false;

  function submit(job: QueueJob): Promise<void> {
    if (stopped) return road.giveBack([job]);
    return new Promise((done) => {
      lanes.push({ job, done });
      if (!claiming) {
        claiming = true;
        void claimLoop();
      }
    });
  }

  async function claimLoop(): Promise<void> {
    try {
      while (lanes.size > 0 && !stopped) {
        try {
          await effects.settled();
          if (stopped) return;
          // Never asleep for long: a hold on the sender may end early, a stop may come.
          await sleep(Math.min(1_000, await claimOnce()));
          database.up();
        } catch (error) {
          claimLost = true;
          if (!(error instanceof InfrastructureError)) log.error({ err: error }, 'claim failed');
          else database.down(error);
          await sleep(500);
        }
      }
    } finally {
      claiming = false;
    }
  }

  /** Claims once; returns how long to wait before the next claim, in ms. */
  async function claimOnce(): Promise<number> {
    if (claimLost) {
      await road.releaseLost({ worker, held: [...held].map((h) => h.claim.request) });
      claimLost = false;
    }
    const batch = lanes.next(claimSize(rate));
    const sent = performance.now();
    const answer = await road.claim({
      senderId,
      jobs: batch.map((b) => b.job),
      worker,
      leaseMs: setup.requestTimeoutMs + LEASE_MARGIN_MS,
    });
    const received = performance.now();
    if (answer.closed) {
      await turnAway(batch);
      return 0;
    }
    rate = answer.rate;
    clock = narrow(clock, sent, received, answer.databaseNowMs);
    place(batch, answer, clock);
    const claimed = new Set(answer.claimed.map((c) => c.request));
    const left = batch.slice(0, answer.room).filter((b) => !claimed.has(b.job.request));
    if (left.length > 0) await turnAway(left);
    const now = performance.now();
    return Math.max(0, nextClaimAt(toLocal(clock, answer.nextSlotMs), now) - now);
  }

  /** Takes claimed jobs out of the lanes and sets each one's send time. */
  function place(batch: readonly InHand[], answer: ClaimAnswer, bounds: ClockBounds): void {
    const byRequest = new Map(batch.map((b) => [`${b.job.request}-${b.job.feed}`, b]));
    for (const claim of answer.claimed) {
      const inHand = byRequest.get(`${claim.job.request}-${claim.job.feed}`);
      if (inHand === undefined)
        throw new Error(`claimed ${claim.request}, which was not asked for`);
      lanes.remove(inHand);
      const one: Held = {
        claim,
        done: inHand.done,
        wallOffset: Date.now() - performance.now(),
        withheld: false,
      };
      held.add(one);
      const slot = toLocal(bounds, claim.slotAtMs);
      setTimeout(() => void fire(one, slot), Math.max(0, slot - performance.now()));
    }
  }

  async function turnAway(left: readonly InHand[]): Promise<void> {
    const byJob = new Map(left.map((b) => [b.job, b]));
    const fates = await road.turnAway({ senderId, jobs: left.map((b) => b.job) });
    const foreign: string[] = [];
    for (const { job, fate } of fates) {
      const inHand = byJob.get(job);
      if (inHand === undefined || fate === 'later') continue;
      if (fate === 'foreign') foreign.push(`${job.request}-${job.feed}`);
      lanes.remove(inHand);
      inHand.done();
    }
    if (foreign.length > 0) {
      log.warn(
        { jobs: foreign.slice(0, 10), count: foreign.length },
        'jobs refused: no row waits for them (doubled, forged, or fed again since)',
      );
    }
  }

  /** Sends one claim at its time, or gives it back. Never rejects. */
  async function fire(one: Held, slot: number): Promise<void> {
    // Asked once more right before the first byte: a paused campaign, a closed breaker, a send time
    // missed (the process was frozen, or the connection took long) all mean: not now. A missed send
    // time ends long before the lease does; wall time counts too, for a machine that was suspended.
    const mayWrite = () =>
      !one.withheld &&
      !stopped &&
      !isMissed(Math.max(performance.now(), Date.now() - one.wallOffset), slot);
    try {
      if (!mayWrite()) {
        await releaser.release(one.claim);
        return;
      }
      posting += 1;
      const begun = performance.now();
      const outcome = await setup.meta.send(sendInput(one.claim), { mayWrite }).finally(() => {
        posting -= 1;
      });
      if (outcome.kind === 'unsent' && outcome.detail === 'withheld') {
        await releaser.release(one.claim);
        return;
      }
      latency += (performance.now() - begun - latency) * 0.05;
      const reaction = react(one.claim, outcome, {
        checkAfterMs: setup.checkAfterMs,
        random: Math.random,
      });
      const [answer] = await Promise.all([
        recorder.record(reaction.entry),
        effects.before(one.claim, reaction.effects, outcome.kind),
      ]);
      if (!answer.applied)
        log.warn(
          {
            request: one.claim.request,
            fence: one.claim.fence,
            outcome: outcome.kind,
            state: answer.state,
          },
          'outcome came too late; kept as evidence',
        );
      await effects.after(one.claim, reaction.effects);
    } catch (error) {
      // The row stays `sending` and becomes `uncertain` with its lease: safe, and to be looked at.
      if (!stopped)
        log.error({ err: error, request: one.claim.request }, 'attempt could not be recorded');
    } finally {
      held.delete(one);
      one.done();
    }
  }

  function withholdAll(which: (claim: ClaimedRequest) => boolean): void {
    for (const one of held) if (which(one.claim)) one.withheld = true;
  }

  return {
    submit,
    withhold: (campaignId) => withholdAll((claim) => claim.campaignId === campaignId),
    inFlight: () => posting,
    latencyMs: () => latency,
    async stop() {
      stopped = true;
      const left = lanes.clear();
      await road.giveBack(left.map((b) => b.job)).catch((error: unknown) => {
        log.warn(
          { err: error },
          'jobs in hand could not be given back; the sweep feeds them again',
        );
      });
      for (const { done } of left) done();
    },
    abandon() {
      recorder.abandon();
      releaser.abandon();
    },
  };
}
