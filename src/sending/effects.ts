/**
 * What a refusal does beside its own row: breakers, streaks, a slower rate. What must stop further
 * POSTs acts in this process first and in the ledger next, before anything more is claimed.
 */

import type { ClaimedRequest, Clock, SenderStore, SendingStore } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Outcome } from '../core/verdicts/outcome.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Effect } from './react.ts';
import { createStreaks } from './streaks.ts';

/** The same reason for slowing down is told once in so long. */
const SAY_AGAIN_MS = 10_000;
/** Nothing is claimed for so long while the ledger judges what looks like a streak from here. */
const JUDGED_MS = 2_000;

/** Carries effects out. */
export interface Effects {
  /** Right when the outcome is known: claims in hand that must not go out any more are withheld. */
  before(
    claim: ClaimedRequest,
    effects: readonly Effect[],
    outcome: Outcome['kind'],
  ): Promise<void>;
  /** Once the outcome is committed. */
  after(claim: ClaimedRequest, effects: readonly Effect[]): Promise<void>;
  /** Resolves when nothing is under way that closes this sender or one of its templates. */
  settled(): Promise<void>;
  /** Tries no more what the database does not take: the end of a shutdown. */
  abandon(): void;
}

/** Makes the effects of one dispatcher. */
export function createEffects(p: {
  readonly clock: Clock;
  readonly senderId: string;
  readonly sending: Pick<SendingStore, 'streak'>;
  readonly senders: Pick<SenderStore, 'close' | 'slow'>;
  readonly log: Logger;
  readonly withholdAll: (which: (claim: ClaimedRequest) => boolean) => void;
}): Effects {
  const { clock, senderId, log } = p;
  const closing = new Set<Promise<unknown>>();
  const unknownCodes = new Set<number>();
  const streaks = createStreaks();
  const judged = new Map<ClaimedRequest, () => void>();
  let outOfReachUntil = Number.NEGATIVE_INFINITY;
  let outOfReach = 0;
  let slowAgainAt = 0;
  let said = { reason: '', at: 0 };
  let abandoned = false;

  // A breaker must open even if the database is away just now: nothing is claimed until it has.
  function track<T>(write: () => Promise<T>): Promise<T> {
    const work = untilWritten(write).finally(() => closing.delete(work));
    closing.add(work);
    return work;
  }

  async function untilWritten<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        // Whatever it is: a breaker that is not written must not let a hundred more POSTs through.
        if (abandoned) throw error;
        if (!(error instanceof InfrastructureError))
          log.error({ err: error }, 'effect not written');
        await clock.sleep(500, { idle: true });
      }
    }
  }

  async function close(
    claim: ClaimedRequest,
    effect: Extract<Effect, { kind: 'close-sender' | 'close-template' }>,
  ) {
    const ofTemplate = effect.kind === 'close-template';
    p.withholdAll(
      (other) =>
        !ofTemplate || (other.template === claim.template && other.language === claim.language),
    );
    const paused = await p.senders.close({
      senderId,
      reason: effect.reason,
      ...(ofTemplate ? { template: { name: claim.template, language: claim.language } } : {}),
      ...(effect.probeAfterMs === undefined ? {} : { probeAfterMs: effect.probeAfterMs }),
    });
    if (paused.length > 0)
      log.warn({ campaigns: paused, code: effect.reason.code }, effect.reason.message);
  }

  /** Holds back until the ledger has judged this streak, in `after`. */
  function holdBack(claim: ClaimedRequest): void {
    p.withholdAll((other) => other.campaignId === claim.campaignId);
    const known = new Promise<void>((resolve) => judged.set(claim, resolve));
    const wait = Promise.race([known, clock.sleep(JUDGED_MS, { idle: true })]).finally(() => {
      judged.delete(claim);
      closing.delete(wait);
    });
    closing.add(wait);
  }

  async function slow(effect: Extract<Effect, { kind: 'slow-sender' }>) {
    // The ledger decides whether to cut; this only spares it a hundred equal words at once.
    if (clock.now() < slowAgainAt && effect.waitMs === undefined) return;
    slowAgainAt = clock.now() + effect.cutAgainMs / 4;
    const { reason, waitMs, cutAgainMs } = effect;
    // What is claimed already would go out within the time that Meta asks us to wait.
    if (waitMs !== undefined) p.withholdAll(() => true);
    const now = clock.now();
    if (reason !== said.reason || now - said.at > SAY_AGAIN_MS) {
      said = { reason, at: now };
      log.warn({ reason, ...(waitMs === undefined ? {} : { waitMs }) }, 'slowing down');
    }
    await track(() =>
      p.senders.slow({
        senderId,
        reason,
        cutAgainMs,
        ...(waitMs === undefined ? {} : { waitMs }),
      }),
    );
  }

  return {
    async before(claim, effects, outcome) {
      if (outcome !== 'unsent') outOfReach = 0;
      if (outcome === 'accepted') streaks.end(claim.campaignId);
      for (const effect of effects) {
        switch (effect.kind) {
          case 'close-sender':
          case 'close-template':
            await track(() => close(claim, effect));
            break;
          case 'slow-sender':
            await slow(effect);
            break;
          case 'unreachable':
            // Nothing goes out anyway: claim less and less often, up to twice a minute.
            outOfReach += 1;
            outOfReachUntil = clock.now() + Math.min(30_000, 500 * 2 ** Math.min(outOfReach, 6));
            if (outOfReach === 1)
              log.warn({ detail: effect.detail }, 'the Graph API is out of reach: waiting');
            break;
          case 'unknown-code':
            if (!unknownCodes.has(effect.code))
              log.warn({ code: effect.code }, 'Meta answered with a code that is not in our table');
            unknownCodes.add(effect.code);
            break;
          case 'streak':
            if (streaks.add(claim.campaignId, effect.key, effect.enough)) holdBack(claim);
            break;
        }
      }
    },
    async after(claim, effects) {
      for (const effect of effects) {
        if (effect.kind !== 'streak') continue;
        const paused = await track(() =>
          p.sending.streak({
            campaignId: claim.campaignId,
            key: effect.key,
            attempts: [{ request: claim.request, fence: claim.fence }],
            enough: effect.enough,
            reason: effect.reason,
          }),
        );
        const release = judged.get(claim);
        release?.();
        // Where the ledger does not pause, another process saw an acceptance in between.
        if (paused || release !== undefined) streaks.end(claim.campaignId);
        if (!paused) continue;
        p.withholdAll((other) => other.campaignId === claim.campaignId);
        log.warn({ campaign: claim.campaignId, code: effect.reason.code }, effect.reason.message);
      }
    },
    async settled() {
      for (;;) {
        while (closing.size > 0) await Promise.allSettled(closing);
        const wait = outOfReachUntil - clock.now();
        if (wait <= 0) return;
        await clock.sleep(wait, { idle: true });
      }
    },
    abandon() {
      abandoned = true;
    },
  };
}
