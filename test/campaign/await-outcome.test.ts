import { describe, expect, it } from '@jest/globals';
import { awaitOutcome, type OutcomeTarget, standingOf } from '../../src/campaign/await-outcome.ts';
import type { CampaignState } from '../../src/core/campaign.ts';
import { createLine } from '../../src/core/line.ts';
import type { ReasonCount, SenderStatus } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { noCounts, type RequestResult, type RequestState } from '../../src/core/request.ts';
import { isFinal } from '../../src/core/single-request.ts';

const DUE = new Date('2030-01-01T00:00:00Z');

/** One moment of the ledger. */
interface Moment {
  readonly status: RequestState;
  readonly state?: CampaignState;
  readonly later?: boolean;
  readonly due?: Date;
  readonly why?: string;
  readonly code?: number;
  readonly sender?: Partial<SenderStatus>;
  /** The database is away. */
  readonly away?: true;
}

/** A ledger that goes through moments, one a look; the last one stays. */
function ledgerOf(...moments: readonly Moment[]) {
  let looks = 0;
  const moved: CampaignState[] = [];
  const now = () => moments[Math.min(Math.max(0, looks - 1), moments.length - 1)] as Moment;
  const campaigns = {
    get: async () => ({
      single: true,
      senderId: 's',
      state: now().state ?? 'running',
      reason: null,
    }),
    progress: async () => {
      looks += 1;
      const { status, state = 'running', later, away } = now();
      if (away) throw new InfrastructureError('database', 'away');
      return {
        state,
        counts: { ...noCounts(), [status]: 1 },
        later: later ? 1 : 0,
        uncertainOpen: status === 'uncertain' && now().due ? 1 : 0,
      };
    },
    reasons: async () => [
      { nextAt: now().due ?? null, reason: now().why ?? null } as Partial<ReasonCount>,
    ],
    async *results() {
      yield { status: now().status, error_code: now().code ?? null } as Partial<RequestResult>;
    },
    transition: async ({ to }: { to: CampaignState }) => {
      moved.push(to);
      return { moved: true, state: to };
    },
  };
  const senders = {
    list: async () => [{ senderId: 's', processes: 1, budget: null, ...now().sender }],
  };
  const queue = { isPaused: async () => false };
  const target = { ledger: { campaigns, senders }, queue } as unknown as OutcomeTarget;
  return { target, moved, looks: () => looks };
}

const wait = (waitMs: number, ...moments: readonly Moment[]) =>
  awaitOutcome(ledgerOf(...moments).target, 'c1', { waitMs });

describe('waiting for one request', () => {
  it.each<RequestState>(['accepted', 'already-granted', 'rejected', 'skipped', 'expired'])(
    'ends when it is %s, and its campaign is completed with it',
    async (status) => {
      const { target, moved } = ledgerOf({ status: 'queued' }, { status: 'sending' }, { status });
      const standing = await awaitOutcome(target, 'c1', { waitMs: 60_000 });
      expect(standing).toMatchObject({ status, state: 'completed', waits_for: null, due_at: null });
      expect(isFinal(standing)).toBe(true);
      expect(moved).toEqual(['completed']);
    },
  );

  it.each<[string, Partial<Moment>, string]>([
    ['its pair limit', { why: 'pair-limit' }, 'pair-limit'],
    ['quiet hours', { why: 'quiet-hours' }, 'quiet-hours'],
    ['another try', { code: 131049 }, 'retry'],
  ])('ends when it waits for %s, and says until when', async (_what, more, waits_for) => {
    const rest = { status: 'pending', later: true, due: DUE, ...more } as const;
    const standing = await wait(60_000, { status: 'queued' }, rest);
    expect(standing).toMatchObject({
      status: 'pending',
      state: 'running',
      waits_for,
      due_at: DUE.toISOString(),
    });
    expect(isFinal(standing)).toBe(false);
  });

  it('ends when the daily budget is used up, and says when it frees', async () => {
    const budget = { portfolio: 'p', limit: 1, remaining: 0, freesAt: DUE };
    const standing = await wait(60_000, { status: 'pending', sender: { budget } });
    expect(standing).toMatchObject({ waits_for: 'daily-budget', due_at: DUE.toISOString() });
  });

  it('does not take a budget that is being counted again for used up', async () => {
    const budget = { portfolio: 'p', limit: 1, remaining: 0, freesAt: null };
    const counting: Moment = { status: 'pending', sender: { budget } };
    const standing = await wait(60_000, ...Array(15).fill(counting), { status: 'accepted' });
    expect(standing.status).toBe('accepted');
  });

  it.each<CampaignState>(['paused', 'cancelled'])('ends when it is %s', async (state) => {
    const { target, moved } = ledgerOf({ status: 'queued' }, { status: 'pending', state });
    expect(await awaitOutcome(target, 'c1', { waitMs: 60_000 })).toMatchObject({ state });
    expect(moved).toEqual([]);
  });

  it('an uncertain one is final once its check was made, and its campaign is left to the sweep', async () => {
    const checked = ledgerOf({ status: 'uncertain' });
    const final = await awaitOutcome(checked.target, 'c1', { waitMs: 60_000 });
    expect([isFinal(final), checked.moved]).toEqual([true, []]);
    const open = await wait(60_000, { status: 'uncertain', due: DUE, later: true });
    expect(open).toMatchObject({ waits_for: 'evidence', due_at: DUE.toISOString() });
    expect(isFinal(open)).toBe(false);
  });

  it('ends after its time, or by its signal, with how it stands', async () => {
    const stands = { status: 'pending', sender: { processes: 0 } } as const;
    expect(await wait(120, stands)).toMatchObject({ waits_for: 'sender-process', due_at: null });
    expect(await wait(0, { status: 'sending' })).toMatchObject({ status: 'sending' });
    const signal = AbortSignal.timeout(60);
    const cut = awaitOutcome(ledgerOf(stands).target, 'c1', { waitMs: 60_000, signal });
    expect(await cut).toMatchObject({ status: 'pending' });
  });

  it('a database that is away is waited for', async () => {
    const away: Moment = { status: 'pending', away: true };
    expect(await wait(60_000, away, away, { status: 'accepted' })).toMatchObject({
      status: 'accepted',
    });
  });

  it('a database that is away at its end is waited for a little longer', async () => {
    const { target } = ledgerOf({ status: 'pending' });
    let tries = 0;
    const { reasons } = target.ledger.campaigns;
    Object.assign(target.ledger.campaigns, {
      reasons: (id: string) => {
        tries += 1;
        return tries < 3
          ? Promise.reject(new InfrastructureError('database', 'timeout exceeded'))
          : reasons(id);
      },
    });
    expect(await awaitOutcome(target, 'c1', { waitMs: 0 })).toMatchObject({ status: 'pending' });
    expect(tries).toBe(3);
  });

  it('many who wait look in a line, and none of them longer than it was to', async () => {
    let most = 0;
    let looking = 0;
    const { target } = ledgerOf({ status: 'pending' });
    Object.assign(target.ledger.campaigns, {
      progress: async () => {
        looking += 1;
        most = Math.max(most, looking);
        await new Promise((done) => setTimeout(done, 100));
        looking -= 1;
        throw new InfrastructureError('database', 'away');
      },
    });
    const inLine = createLine(2);
    const ids = Array.from({ length: 100 }, (_, i) => `c${i}`);
    const begun = performance.now();
    const all = await Promise.all(
      ids.map((id) => awaitOutcome(target, id, { waitMs: 300, inLine })),
    );
    expect(all).toHaveLength(100);
    expect(most).toBe(2);
    // One after the other they would have taken five seconds for one look each.
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('a campaign with a list is no single request', async () => {
    const { target } = ledgerOf({ status: 'accepted' });
    Object.assign(target.ledger.campaigns, { get: async () => ({ single: undefined }) });
    expect(await standingOf(target, 'c1')).toBeUndefined();
  });
});
