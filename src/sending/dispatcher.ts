/**
 * Batches in, POSTs out: claims what is in hand a little ahead of its send times, one dispatcher a sender and process.
 * It is stepped: each `tick` claims once, and says when to tick again. Clock, timers and ports are handed in.
 *
 * A batch ends when each of its rows has an outcome committed or went back. Kill the process between any two lines: a
 * row is either not claimed (and claimed elsewhere) or `sending` under a lease.
 */
import type {
  BatchJob,
  ClaimAnswer,
  Clock,
  JobEnd,
  MessageSender,
  QueuedRow,
  SenderStore,
  SendingStore,
} from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';
import { stateLog } from '../telemetry/log.ts';
import { Batches, type HeldBatch } from './batches.ts';
import { Claims, type HeldClaim, type Moment } from './claims.ts';
import { Effects } from './effects.ts';
import { emptyBatches } from './empty-batches.ts';
import type { Unsettled } from './leftovers.ts';
import { type PaceCounts, Pacer } from './pacer.ts';
import { Posts } from './post.ts';
import { createRecorder, type Recorder } from './record.ts';
import { createUnreadClaims, type UnreadClaims } from './unread-claims.ts';

/** What a dispatcher works with. */
export interface DispatchSetup {
  readonly clock: Clock;
  readonly senderId: string;
  /** Unique to this process: names its claims. */
  readonly worker: string;
  readonly sending: SendingStore;
  readonly senders: SenderStore;
  readonly meta: MessageSender;
  readonly requestTimeoutMs: number;
  readonly checkAfterMs: number;
  readonly log: Logger;
  /** There is something to claim: `tick` is to be called, at once where it must not wait for the time it was told. */
  readonly onWork: (atOnce: boolean) => void;
  /** Rows have left: there may be room for more. */
  readonly onRoom: () => void;
}

/** Beyond the time-out a lease leaves this much to record the outcome while the database is slow. */
export const LEASE_MARGIN_MS = 15_000;

/** Of that, so much is left for the record when the last byte of the answer may come. */
const RECORD_MARGIN_MS = 10_000;

const IDLE_LOOK_MS = 20;
/** Never asleep for longer: a hold on the sender may end early. */
const TICK_MOST_MS = 1_000;
/** A restart of Postgres takes a few seconds; a process that must end waits no longer. */
const SETTLE_MS = 10_000;

/** A dispatcher; it works as long as it is ticked. */
export class Dispatcher {
  readonly #p: DispatchSetup;
  readonly #database: ReturnType<typeof stateLog>;
  readonly #pacer: Pacer<HeldClaim>;
  readonly #batches: Batches;
  readonly #claims: Claims;
  readonly #posts: Posts;
  readonly #recorder: Recorder;
  readonly #effects: Effects;
  readonly #unread: UnreadClaims;
  readonly #empty: ReturnType<typeof emptyBatches>;
  #claimed = 0;
  // The first send time that was not given out, monotonic ms.
  #nextMs = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(p: DispatchSetup) {
    const { clock, sending, log, senderId } = p;
    this.#p = p;
    this.#database = stateLog(log, {
      down: 'database out of reach: nothing is sent, outcomes wait in memory',
      up: 'database back',
    });
    const onOutage = this.#database.down;
    this.#pacer = new Pacer(clock);
    this.#batches = new Batches(clock, p.onRoom);
    this.#claims = new Claims(p.requestTimeoutMs + RECORD_MARGIN_MS);
    this.#empty = emptyBatches(log, clock);
    this.#unread = createUnreadClaims({ clock, senderId, sending, onOutage });
    this.#recorder = createRecorder({ clock, sending, onOutage, onUp: this.#database.up });
    this.#effects = new Effects({ ...p, withhold: (which) => this.#claims.withhold(which) });
    this.#posts = new Posts({
      ...p,
      pacer: this.#pacer,
      claims: this.#claims,
      batches: this.#batches,
      recorder: this.#recorder,
      effects: this.#effects,
      isStopped: () => this.#stopped,
      onMissed: () => p.onWork(false),
    });
  }

  /** Takes a batch in hand; resolves when this process is done with it. */
  async submit(job: BatchJob): Promise<JobEnd> {
    if (this.#stopped) {
      const { senderId, sending } = this.#p;
      const back = await sending.giveBack({ senderId, batches: [job.batch] });
      return { 'given back': back.length };
    }
    const end = this.#batches.take(job);
    // Told to the ledger at once: the other processes then leave it the next send time.
    this.#p.onWork(job.single && this.#pacer.isSlow);
    return end;
  }

  /** Rows in hand, of campaigns or of single requests. */
  rows(single: boolean): number {
    return this.#batches.rows(single);
  }

  /** A campaign was paused or cancelled elsewhere: its claims in hand are not sent. */
  withhold(campaignId: string): void {
    this.#claims.withhold((claim) => claim.campaignId === campaignId);
  }

  /** POSTs under way. */
  inFlight(): number {
    return this.#posts.inFlight;
  }

  /** Smoothed time to an answer, ms. */
  latencyMs(): number {
    return this.#posts.latencyMs;
  }

  /** Messages a second of this process as of its last claim; undefined while processes take turns. */
  share(): number | undefined {
    return this.#pacer.share;
  }

  /** How well send times were kept since the last call. */
  takeCounts(): PaceCounts {
    return this.#pacer.takeCounts();
  }

  /**
   * Gives back what waits too long, and claims once; throws where the ledger does not answer.
   * @returns ms until the next tick is of use; undefined: there is nothing to claim, until `onWork` says so
   */
  async tick(): Promise<number | undefined> {
    await this.#giveBackBatches(this.#batches.overdue(this.#nextMs));
    if (this.#stopped) await Promise.all(this.#giveBackMissed());
    if (this.#stopped || this.#batches.waiting().length + this.#pacer.missed === 0)
      return undefined;
    // What closes this sender or one of its templates is in the ledger before the next claim is judged there.
    const waits = Math.max(this.#unread.isTelling() ? IDLE_LOOK_MS : 0, this.#effects.heldMs());
    if (waits > 0) return Math.min(TICK_MOST_MS, waits);
    const again = await this.#claim();
    this.#database.up();
    return Math.min(TICK_MOST_MS, again);
  }

  /** A tick has thrown. */
  failed(error: unknown): void {
    if (error instanceof InfrastructureError) this.#database.down(error);
    else this.#p.log.error({ err: error }, 'claim failed');
  }

  /** Stops claiming and gives back what is not sent; POSTs under way end by themselves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#empty.flush();
    this.#claims.withhold(() => true);
    this.#posts.serve();
    await Promise.all([this.#giveBackAtStop(), ...this.#giveBackMissed()]);
  }

  /**
   * Once it is stopped: resolves when each claim is done with and each outcome committed. POSTs under way end by
   * their time-out; what the database does not take within ten seconds after the last of them is given to the caller.
   */
  async settled(): Promise<Unsettled> {
    let patience = SETTLE_MS;
    while (patience > 0 && (this.#claims.size > 0 || this.#unread.open() > 0)) {
      await this.#p.clock.sleep(IDLE_LOOK_MS);
      patience = this.#posts.inFlight > 0 ? SETTLE_MS : patience - IDLE_LOOK_MS;
    }
    this.#effects.abandon();
    return { entries: this.#recorder.abandon(), claimIds: this.#unread.abandon() };
  }

  /** Claims once; returns how long to wait before the next claim, in ms. */
  async #claim(): Promise<number> {
    const { clock } = this.#p;
    const { again, tooOld } = this.#pacer.takeMissed();
    this.#claims.begin();
    for (const one of tooOld) void this.#posts.giveBack(one);
    const asked = { now: clock.now(), wall: clock.wall() };
    const answer = await this.#ask(again).catch((error: unknown) => {
      for (const one of again) this.#pacer.miss(one);
      throw error;
    });
    this.#pacer.took(asked.now);
    if (answer.closed) {
      for (const one of again) void this.#posts.giveBack(one);
      await this.#giveBackBatches(this.#batches.waiting());
      return 0;
    }
    this.#pacer.answered(asked.now, answer);
    this.#nextMs = this.#pacer.local(answer.nextSlotMs);
    this.#placeAgain(again, answer);
    this.#place(answer, asked);
    this.#posts.serve();
    this.#tellEmpty(this.#batches.done(new Set(answer.done)));
    if (answer.left.length > 0) await this.#decide(answer.left);
    return this.#pacer.untilNextClaim(this.#nextMs);
  }

  #ask(again: readonly HeldClaim[]): Promise<ClaimAnswer> {
    const { senderId, worker, requestTimeoutMs } = this.#p;
    this.#claimed += 1;
    return this.#unread.claim({
      senderId,
      batches: this.#batches.toClaim(),
      worker,
      claimId: `${worker}.${senderId}.${this.#claimed}`,
      again: again.map((one) => one.claim),
      horizonMs: this.#pacer.horizonMs,
      reachBackMs: this.#pacer.reachBackMs(),
      leaseMs: requestTimeoutMs + LEASE_MARGIN_MS,
    });
  }

  /** Gives claims that missed their send time another; those left over go on waiting, those lost go back. */
  #placeAgain(again: readonly HeldClaim[], answer: ClaimAnswer): void {
    const slots = new Map(answer.again.map((given) => [given.request, given.slotAtMs]));
    const lost = new Set(answer.lost.map(({ request }) => request));
    for (const one of again) {
      const slot = slots.get(one.claim.request);
      if (lost.has(one.claim.request)) void this.#posts.giveBack(one);
      else if (slot === undefined) this.#pacer.miss(one);
      else {
        one.slot = this.#pacer.local(slot);
        this.#pacer.enter(one);
      }
    }
  }

  /** Puts what was claimed in line for its send times. */
  #place(answer: ClaimAnswer, asked: Moment): void {
    for (const claim of answer.claimed) {
      const slot = this.#pacer.local(claim.slotAtMs);
      const one = this.#claims.take({ claim, batch: this.#batches.claimed(claim), asked, slot });
      this.#pacer.enter(one);
    }
  }

  /** Of these rows it was the turn, and they may not be asked: each goes where it belongs. */
  async #decide(rows: readonly QueuedRow[]): Promise<void> {
    const { sending, senderId } = this.#p;
    for (const { batch, fate } of await sending.decideUnclaimed({ senderId, rows }))
      if (fate !== 'later' && fate !== 'not-queued') this.#batches.decided(batch, fate);
  }

  async #giveBackBatches(batches: readonly HeldBatch[]): Promise<void> {
    if (batches.length === 0) return;
    const { sending, senderId } = this.#p;
    const numbers = new Set(batches.map(({ job }) => job.batch));
    const rows = await sending.giveBack({ senderId, batches: [...numbers] });
    for (const number of rows) this.#batches.decided(number, 'given back');
    this.#tellEmpty(this.#batches.done(numbers));
  }

  async #giveBackAtStop(): Promise<void> {
    const batches = this.#batches.waiting();
    await this.#giveBackBatches(batches).catch((error: unknown) => {
      const message = 'batches in hand could not be given back; the sweep sees to them';
      this.#p.log.warn({ err: error }, message);
      this.#batches.done(new Set(batches.map(({ job }) => job.batch)));
    });
  }

  #giveBackMissed(): Promise<void>[] {
    const { again, tooOld } = this.#pacer.takeMissed();
    return [...again, ...tooOld].map((one) => this.#posts.giveBack(one));
  }

  #tellEmpty(numbers: readonly number[]): void {
    if (!this.#stopped) this.#empty.add(numbers);
  }
}
