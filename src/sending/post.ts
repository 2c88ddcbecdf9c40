/**
 * The POST of a claim at its send time, and the record of what came of it. Kill the process between any two lines: the
 * row is `sending` under a lease, and the sweep makes it `uncertain`.
 */
import type { ClaimedRequest, Clock, MessageSender, RecordEntry } from '../core/ports/index.ts';
import type { RequestState } from '../core/request.ts';
import type { Outcome, Uncertain } from '../core/verdicts/outcome.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Batches } from './batches.ts';
import type { Claims, HeldClaim } from './claims.ts';
import type { Effects } from './effects.ts';
import { sendInput } from './message.ts';
import type { Pacer } from './pacer.ts';
import { asked, react } from './react.ts';
import type { Recorder } from './record.ts';

/** What posts are made with. */
export interface PostSetup {
  readonly clock: Clock;
  readonly pacer: Pacer<HeldClaim>;
  readonly claims: Claims;
  readonly batches: Batches;
  readonly meta: MessageSender;
  readonly recorder: Recorder;
  readonly effects: Effects;
  readonly checkAfterMs: number;
  readonly log: Logger;
  readonly isStopped: () => boolean;
  /** A claim missed its send time and waits for another. */
  readonly onMissed: () => void;
}

// A twentieth for each answer: some 20 answers back count, whatever the rate.
const LATENCY_WEIGHT = 0.05;
const FIRST_LATENCY_MS = 200;
/** What the queue shows of a claim that went back unsent. */
const GIVEN_BACK = 'given back';

/** The POSTs of one dispatcher. */
export class Posts {
  readonly #p: PostSetup;
  #cancelTimer: () => void = () => undefined;
  #inFlight = 0;
  #latencyMs = FIRST_LATENCY_MS;

  constructor(setup: PostSetup) {
    this.#p = setup;
  }

  /** POSTs under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Smoothed time to an answer, ms. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** Lets go whose send time has come, first come first served; one timer waits for the next. */
  serve(): void {
    const { pacer, clock } = this.#p;
    this.#cancelTimer();
    for (let next = pacer.next(); next !== undefined; next = pacer.next()) {
      if (next.kind === 'wait') {
        const waits = Math.max(0, next.untilMs - clock.now());
        this.#cancelTimer = clock.after(waits, () => this.serve());
        return;
      }
      if (next.kind === 'missed') this.#miss(next.turn);
      else if (next.kind === 'withheld') void this.giveBack(next.turn);
      else void this.#post(next.turn);
    }
  }

  /** Gives an unsent claim back to the ledger. */
  async giveBack(one: HeldClaim): Promise<void> {
    await this.#record(unsentEntry(one.claim));
    this.#finish(one, GIVEN_BACK);
  }

  #miss(one: HeldClaim): void {
    this.#p.pacer.countMissed();
    this.#p.pacer.miss(one);
    this.#p.onMissed();
  }

  async #post(one: HeldClaim): Promise<void> {
    const { clock, pacer } = this.#p;
    this.#inFlight += 1;
    const begun = clock.now();
    try {
      const outcome = await this.#send(one);
      this.#inFlight -= 1;
      // Its connection was not there, or it was withheld: either way nothing was written.
      if (outcome.kind === 'unsent') pacer.uncount(one);
      if (outcome.kind === 'unsent' && outcome.detail === 'withheld') {
        pacer.enter(one);
        this.serve();
        return;
      }
      this.#latencyMs += (clock.now() - begun - this.#latencyMs) * LATENCY_WEIGHT;
      await this.#settle(one, outcome);
    } catch (error) {
      // Only at the end of a shutdown: whoever ends it has the outcome.
      this.#failed(error);
      this.#finish(one, 'sending');
    }
  }

  #send(one: HeldClaim): Promise<Outcome> {
    const { meta, pacer, isStopped, log } = this.#p;
    return meta
      .send(sendInput(one.claim), {
        claim: one.claim,
        // Asked once more right before the first byte: the connection may have taken its time.
        mayWrite: () => !isStopped() && pacer.confirm(one),
        onDoubt: (doubt) => void this.#record(doubtEntry(one.claim, doubt)),
      })
      .catch((error: unknown): Outcome => {
        // A sender that throws has a fault of ours; whether the message left, nobody knows.
        log.error({ err: error }, 'sending failed in a way it should not');
        return { kind: 'uncertain', cause: 'interrupted', detail: 'a fault of this program' };
      });
  }

  async #settle(one: HeldClaim, outcome: Outcome): Promise<void> {
    const { clock, recorder, effects, checkAfterMs } = this.#p;
    const { claim } = one;
    const reaction = react(claim, outcome, { checkAfterMs, random: clock.random });
    const recorded = recorder.record(reaction.entry);
    // What must stop further POSTs is under way before this returns; claims wait for it, the record does not.
    effects.before(claim, reaction.effects, outcome.kind).catch((error) => this.#failed(error));
    const answer = await recorded;
    if (!answer.applied) this.#tellLate(claim, reaction.entry, answer.state);
    await effects.after(claim, reaction.effects);
    this.#finish(one, answer.state, lineOf(claim, answer.state, reaction.entry));
  }

  /** At the end of a shutdown, whoever ends it has what could not be recorded. */
  #record(entry: RecordEntry): Promise<unknown> {
    return this.#p.recorder.record(entry).catch(() => undefined);
  }

  #finish(one: HeldClaim, state: string, line?: string): void {
    this.#p.claims.drop(one);
    this.#p.batches.settle(one.batch, state, line);
  }

  #failed(error: unknown): void {
    if (!this.#p.isStopped())
      this.#p.log.error({ err: error }, 'what follows from an outcome failed');
  }

  #tellLate({ request, fence }: ClaimedRequest, entry: RecordEntry, state: RequestState): void {
    const fields = { request, fence, outcome: entry.outcome, state };
    // A status webhook is often faster than our record: both say the same, and nothing is to be looked at.
    if (state === entry.state) this.#p.log.debug(fields, 'outcome was known already');
    else this.#p.log.warn(fields, 'outcome came too late; kept as evidence');
  }
}

/** Gives a claim back that was certainly not written: nothing is counted, its allowance is free again. */
function unsentEntry(claim: ClaimedRequest): RecordEntry {
  return {
    ...asked(claim),
    outcome: 'unsent',
    state: 'pending',
    countAttempt: false,
    giveBackAllowance: true,
  };
}

/** Nothing is known of a request whose refusal may be somebody else's. */
function doubtEntry(claim: ClaimedRequest, doubt: Uncertain): RecordEntry {
  return {
    ...asked(claim),
    outcome: 'doubted',
    state: 'uncertain',
    countAttempt: true,
    giveBackAllowance: false,
    errorMessage: doubt.detail,
    reason: doubt.cause,
    ...(doubt.raw === undefined ? {} : { raw: doubt.raw }),
  };
}

/**
 * What the dashboard shows of somebody who was not accepted: no number, no name, and what a code means in our words,
 * since Meta's may hold one.
 */
function lineOf(
  claim: ClaimedRequest,
  state: RequestState,
  entry: RecordEntry,
): string | undefined {
  if (state === 'accepted') return undefined;
  const { errorCode, reason } = entry;
  const why =
    errorCode === undefined
      ? reason
      : `${errorCode}: ${verdictFor({ code: errorCode, message: '' }).meaning}`;
  return `row ${claim.row}: ${state}${why === undefined ? '' : `, ${why}`}`;
}
