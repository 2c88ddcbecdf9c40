/**
 * What a refusal does beside its own row: breakers, streaks, a slower rate. What must stop further
 * POSTs acts in this process first and in the ledger next, before anything more is claimed.
 */

import type { ClaimedRequest, Clock, SenderStore, SendingStore } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Outcome } from '../core/verdicts/outcome.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Which } from './claims.ts';
import type { Effect } from './react.ts';
import { createStreaks } from './streaks.ts';

/** The same reason for slowing down is told once in so long, ms. */
const TELL_AGAIN_MS = 10_000;
/** Nothing is claimed for so long while the ledger judges what looks like a streak from here, ms. */
const JUDGED_MS = 2_000;
/** What the ledger did not take is tried again after so long, ms. */
const WRITE_AGAIN_MS = 500;
/** While something is being written, the next claim looks again after so long, ms. */
const LOOK_MS = 20;
/** The Graph API out of reach: the first wait, doubled with each further failure, and the longest, ms. */
const OUT_OF_REACH_MS = 500;
const OUT_OF_REACH_MOST_MS = 30_000;

/** What effects are carried out with. */
export interface EffectsSetup {
  readonly clock: Clock;
  readonly senderId: string;
  readonly sending: Pick<SendingStore, 'streak'>;
  readonly senders: Pick<SenderStore, 'close' | 'slow'>;
  readonly log: Logger;
  /** Claims in hand that must not go out any more. */
  readonly withhold: (which: Which) => void;
}

type Close = Extract<Effect, { kind: 'close-sender' | 'close-template' }>;
type Slow = Extract<Effect, { kind: 'slow-sender' }>;
type Streak = Extract<Effect, { kind: 'streak' }>;

/** Carries out the effects of one dispatcher. */
export class Effects {
  readonly #p: EffectsSetup;
  readonly #closing = new Set<Promise<unknown>>();
  readonly #unknownCodes = new Set<number>();
  readonly #streaks = createStreaks();
  readonly #judged = new Map<ClaimedRequest, () => void>();
  #outOfReachUntil = Number.NEGATIVE_INFINITY;
  #outOfReach = 0;
  #slowAgainAt = 0;
  #told = { reason: '', at: 0 };
  #abandoned = false;

  constructor(setup: EffectsSetup) {
    this.#p = setup;
  }

  /** Right when the outcome is known: claims in hand that must not go out any more are withheld. */
  async before(
    claim: ClaimedRequest,
    effects: readonly Effect[],
    outcome: Outcome['kind'],
  ): Promise<void> {
    if (outcome !== 'unsent') this.#outOfReach = 0;
    if (outcome === 'accepted') this.#streaks.end(claim.campaignId);
    for (const effect of effects) {
      if (effect.kind === 'close-sender' || effect.kind === 'close-template')
        await this.#track(() => this.#close(claim, effect));
      else if (effect.kind === 'slow-sender') await this.#slow(effect);
      else if (effect.kind === 'unreachable') this.#waitForGraph(effect.detail);
      else if (effect.kind === 'unknown-code') this.#tellUnknown(effect.code);
      else if (this.#streaks.add(claim.campaignId, effect.key, effect.enough))
        this.#holdBack(claim);
    }
  }

  /** Once the outcome is committed. */
  async after(claim: ClaimedRequest, effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) if (effect.kind === 'streak') await this.#judge(claim, effect);
  }

  /** For how long nothing is to be claimed, ms: something closes this sender or a template, or Meta is out of reach. */
  heldMs(): number {
    const ms = this.#outOfReachUntil - this.#p.clock.now();
    return Math.max(0, ms, this.#closing.size > 0 ? LOOK_MS : 0);
  }

  /** Tries no more what the database does not take: the end of a shutdown. */
  abandon(): void {
    this.#abandoned = true;
  }

  // A breaker must open even if the database is away just now: nothing is claimed until it has.
  #track<T>(write: () => Promise<T>): Promise<T> {
    const work = this.#untilWritten(write).finally(() => this.#closing.delete(work));
    this.#closing.add(work);
    return work;
  }

  async #untilWritten<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        // Whatever it is: a breaker that is not written must not let a hundred more POSTs through.
        if (this.#abandoned) throw error;
        if (!(error instanceof InfrastructureError))
          this.#p.log.error({ err: error }, 'effect not written');
        await this.#p.clock.sleep(WRITE_AGAIN_MS, { idle: true });
      }
    }
  }

  async #close(claim: ClaimedRequest, effect: Close): Promise<void> {
    const { template: name, language } = claim;
    const ofTemplate = effect.kind === 'close-template';
    this.#p.withhold(
      (other) => !ofTemplate || (other.template === name && other.language === language),
    );
    const paused = await this.#p.senders.close({
      senderId: this.#p.senderId,
      reason: effect.reason,
      ...(ofTemplate ? { template: { name, language } } : {}),
      ...(effect.probeAfterMs === undefined ? {} : { probeAfterMs: effect.probeAfterMs }),
    });
    if (paused.length > 0)
      this.#p.log.warn({ campaigns: paused, code: effect.reason.code }, effect.reason.message);
  }

  async #slow({ reason, waitMs, cutAgainMs }: Slow): Promise<void> {
    const now = this.#p.clock.now();
    // The ledger decides whether to cut; this only spares it a hundred equal requests at once.
    if (now < this.#slowAgainAt && waitMs === undefined) return;
    this.#slowAgainAt = now + cutAgainMs / 4;
    const waits = waitMs === undefined ? {} : { waitMs };
    // What is claimed already would go out within the time that Meta asks us to wait.
    if (waitMs !== undefined) this.#p.withhold(() => true);
    if (reason !== this.#told.reason || now - this.#told.at > TELL_AGAIN_MS) {
      this.#told = { reason, at: now };
      this.#p.log.warn({ reason, ...waits }, 'slowing down');
    }
    const { senders, senderId } = this.#p;
    await this.#track(() => senders.slow({ senderId, reason, cutAgainMs, ...waits }));
  }

  // Nothing goes out anyway: claim less and less often, up to twice a minute.
  #waitForGraph(detail: string): void {
    this.#outOfReach += 1;
    const waits = OUT_OF_REACH_MS * 2 ** Math.min(this.#outOfReach, 6);
    this.#outOfReachUntil = this.#p.clock.now() + Math.min(OUT_OF_REACH_MOST_MS, waits);
    if (this.#outOfReach === 1)
      this.#p.log.warn({ detail }, 'the Graph API is out of reach: waiting');
  }

  #tellUnknown(code: number): void {
    if (!this.#unknownCodes.has(code))
      this.#p.log.warn({ code }, 'Meta answered with a code that is not in our table');
    this.#unknownCodes.add(code);
  }

  /** Holds back until the ledger has judged this streak, in `after`. */
  #holdBack(claim: ClaimedRequest): void {
    this.#p.withhold((other) => other.campaignId === claim.campaignId);
    const known = new Promise<void>((resolve) => this.#judged.set(claim, resolve));
    const late = this.#p.clock.sleep(JUDGED_MS, { idle: true });
    const wait = Promise.race([known, late]).finally(() => {
      this.#judged.delete(claim);
      this.#closing.delete(wait);
    });
    this.#closing.add(wait);
  }

  async #judge(claim: ClaimedRequest, effect: Streak): Promise<void> {
    const { campaignId, request, fence } = claim;
    const { key, enough, reason } = effect;
    const attempts = [{ request, fence }];
    const paused = await this.#track(() =>
      this.#p.sending.streak({ campaignId, key, attempts, enough, reason }),
    );
    const release = this.#judged.get(claim);
    release?.();
    // Where the ledger does not pause, another process saw an acceptance in between.
    if (paused || release !== undefined) this.#streaks.end(campaignId);
    if (!paused) return;
    this.#p.withhold((other) => other.campaignId === campaignId);
    this.#p.log.warn({ campaign: campaignId, code: reason.code }, reason.message);
  }
}
