/**
 * One attempt: the POST of a claim at its send time, and the record of what came of it. Kill the
 * process between any two lines: the row is `sending` under a lease, and the sweep makes it
 * `uncertain`.
 */

import type {
  ClaimedRequest,
  Clock,
  JobEnd,
  MessageSender,
  RecordEntry,
} from '../core/ports/index.ts';
import type { RequestState } from '../core/request.ts';
import type { Outcome, Uncertain } from '../core/verdicts/outcome.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Effects } from './effects.ts';
import type { Hand, Held } from './hand.ts';
import { sendInput } from './message.ts';
import type { PaceCounter } from './pace-counter.ts';
import { asked, react } from './react.ts';
import type { Recorder } from './recorder.ts';

/** What attempts are made with. */
export interface AttemptSetup {
  readonly clock: Clock;
  readonly hand: Hand;
  readonly meta: MessageSender;
  readonly recorder: Recorder;
  readonly effects: Effects;
  readonly counter: PaceCounter;
  readonly checkAfterMs: number;
  readonly log: Logger;
  readonly isStopped: () => boolean;
  /** A claim missed its send time and waits in the hand for another. */
  readonly onMissed: () => void;
}

/** Makes attempts. */
export interface Attempts {
  /** Sends a claim when its time comes, or sees to it that it goes back. */
  schedule(one: Held): void;
  /** Gives an unsent claim back to the ledger. */
  giveBack(one: Held): Promise<void>;
  /** POSTs under way. */
  inFlight(): number;
  /** Smoothed time to an answer, ms. */
  latencyMs(): number;
}

// A twentieth for each answer: some 20 answers back count, whatever the rate.
const LATENCY_WEIGHT = 0.05;
const FIRST_LATENCY_MS = 200;

/** Makes the attempts of one dispatcher. */
export function createAttempts(setup: AttemptSetup): Attempts {
  const { clock, hand, recorder, effects, log } = setup;
  // Whose send time has come, in that order.
  const line: Held[] = [];
  let posting = 0;
  let latency = FIRST_LATENCY_MS;

  function schedule(one: Held): void {
    clock.after(Math.max(0, one.slot - clock.now()), () => attempt(one));
  }

  function attempt(one: Held): void {
    line.push(one);
    if (line.length === 1) serve();
  }

  /** Lets go who may, first come first served; one timer waits for the first who may not yet. */
  function serve(): void {
    for (let one = line[0]; one !== undefined; one = line[0]) {
      const leave = setup.isStopped() ? ({ kind: 'withheld' } as const) : hand.leave(one);
      if (leave.kind === 'wait') {
        clock.after(Math.max(1, leave.untilMs - clock.now()), serve);
        return;
      }
      line.shift();
      if (leave.kind === 'missed') miss(one);
      else if (leave.kind === 'withheld') void giveBack(one);
      else void post(one);
    }
  }

  function miss(one: Held): void {
    setup.counter.missed();
    hand.miss(one);
    setup.onMissed();
  }

  async function giveBack(one: Held): Promise<void> {
    await record(unsentEntry(one.claim));
    finish(one, { state: 'given back' });
  }

  async function post(one: Held): Promise<void> {
    posting += 1;
    const begun = clock.now();
    // Asked once more right before the first byte: the connection may have taken its time.
    const mayWrite = () => {
      const goes = !setup.isStopped() && hand.confirm(one);
      if (goes) setup.counter.posted();
      return goes;
    };
    try {
      const onDoubt = (doubt: Uncertain) => void record(doubtEntry(one.claim, doubt));
      const outcome = await setup.meta.send(sendInput(one.claim), { mayWrite, onDoubt }).catch(bug);
      posting -= 1;
      if (outcome.kind === 'unsent') hand.uncount(one);
      if (outcome.kind === 'unsent' && outcome.detail === 'withheld') {
        attempt(one);
        return;
      }
      latency += (clock.now() - begun - latency) * LATENCY_WEIGHT;
      const reaction = react(one.claim, outcome, {
        checkAfterMs: setup.checkAfterMs,
        random: clock.random,
      });
      const recorded = recorder.record(reaction.entry);
      // What must stop further POSTs is under way before this returns; claims wait for it, the record does not.
      effects.before(one.claim, reaction.effects, outcome.kind).catch(failed);
      const answer = await recorded;
      if (!answer.applied) sayLate(one.claim, reaction.entry, answer.state);
      await effects.after(one.claim, reaction.effects);
      finish(one, jobEnd(answer.state, reaction.entry));
    } catch (error) {
      // Only at the end of a shutdown: whoever ends it has the outcome.
      failed(error);
      finish(one, { state: 'sending' });
    }
  }

  /** A sender that throws has a fault of ours; whether the message left, nobody knows. */
  function bug(error: unknown): Outcome {
    log.error({ err: error }, 'sending failed in a way it should not');
    return { kind: 'uncertain', cause: 'interrupted', detail: 'a fault of this program' };
  }

  function failed(error: unknown): void {
    if (!setup.isStopped()) log.error({ err: error }, 'what follows from an outcome failed');
  }

  /** At the end of a shutdown, whoever ends it has what could not be recorded. */
  function record(entry: RecordEntry): Promise<unknown> {
    return recorder.record(entry).catch(() => undefined);
  }

  function finish(one: Held, end: JobEnd): void {
    hand.drop(one);
    one.done(end);
  }

  function sayLate(claim: ClaimedRequest, entry: RecordEntry, state: RequestState): void {
    const { request, fence } = claim;
    log.warn(
      { request, fence, outcome: entry.outcome, state },
      'outcome came too late; kept as evidence',
    );
  }

  return { schedule, giveBack, inFlight: () => posting, latencyMs: () => latency };
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
 * What the dashboard shows: uncertain and rejected ones stay in sight there, without words of Meta's,
 * which may hold a number.
 */
function jobEnd(state: RequestState, entry: RecordEntry): JobEnd {
  if (state !== 'uncertain' && state !== 'rejected') return { state };
  const why = [entry.reason, entry.errorCode].filter((part) => part !== undefined).join(' ');
  return { state, failure: `${state}: ${why}` };
}
