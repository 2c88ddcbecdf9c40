import { describe, expect, test } from '@jest/globals';
import { hasEnded, watchCampaign } from '../../src/campaign/watch.ts';
import type { CampaignState } from '../../src/core/campaign.ts';
import type { CampaignProgress } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { noCounts, type RequestState } from '../../src/core/request.ts';

function progress(
  state: CampaignState,
  counts: Partial<Record<RequestState, number>> = {},
  more: Partial<CampaignProgress> = {},
): CampaignProgress {
  return {
    state,
    reason: null,
    counts: { ...noCounts(), ...counts },
    refusedLines: 0,
    nextDueAt: null,
    later: 0,
    laterChecks: 0,
    uncertainOpen: 0,
    budgetWait: null,
    ...more,
  };
}

describe('a watch has ended', () => {
  test.each([
    ['completed', true],
    ['cancelled', true],
    ['paused', true],
    ['loading', false],
    ['draft', false],
    ['running', false],
  ] as const)('%s: %s', (state, ended) => {
    expect(hasEnded(progress(state, { pending: 1 }))).toBe(ended);
  });

  test('not while the sweep has still to complete it', () => {
    expect(hasEnded(progress('running', { accepted: 3 }))).toBe(false);
  });

  test.each([
    ['all that is open is due later', { pending: 2 }, { later: 2 }, true],
    ['one is due now', { pending: 2 }, { later: 1 }, false],
    ['one is in flight', { pending: 1, sending: 1 }, { later: 1 }, false],
    ['an uncertain one is checked later', { uncertain: 1 }, { later: 1, uncertainOpen: 1 }, true],
    ['an uncertain one is checked soon', { uncertain: 1 }, { later: 0, uncertainOpen: 1 }, false],
    [
      'a wait and a check, both later',
      { pending: 1, uncertain: 1 },
      { later: 2, uncertainOpen: 1 },
      true,
    ],
    [
      'a wait later and a check soon',
      { pending: 1, uncertain: 1 },
      { later: 1, uncertainOpen: 1 },
      false,
    ],
    ['an uncertain one is final beside it', { pending: 1, uncertain: 1 }, { later: 1 }, true],
  ])('running, %s', (_, counts, more, ended) => {
    expect(hasEnded(progress('running', counts, more))).toBe(ended);
  });
});

describe('watching', () => {
  function target(answers: (CampaignProgress | Error | undefined)[]) {
    return {
      ledger: {
        campaigns: {
          async progress() {
            const answer = answers.shift();
            if (answer instanceof Error) throw answer;
            return answer;
          },
        },
      },
    };
  }

  async function seen(answers: (CampaignProgress | Error | undefined)[]) {
    const all = [];
    const options = { intervalMs: 1, expectedSeconds: 20 };
    for await (const p of watchCampaign(target(answers), 'c', options)) all.push(p);
    return all;
  }

  test('yields each look until the end, with the time left', async () => {
    const looks = await seen([
      progress('running', { pending: 10 }),
      progress('running', { pending: 4, accepted: 6 }),
      progress('completed', { accepted: 10 }),
    ]);
    expect(looks.map((p) => p.state)).toEqual(['running', 'running', 'completed']);
    expect(looks.map((p) => p.secondsLeft)).toEqual([20, 8, 0]);
  });

  test('a database that is away is waited for', async () => {
    const away = new InfrastructureError('database', 'away');
    expect(await seen([away, away, progress('completed')])).toHaveLength(1);
  });

  test('a bug is thrown', async () => {
    await expect(seen([new TypeError('a bug')])).rejects.toThrow('a bug');
  });

  test('ends when told to', async () => {
    const controller = new AbortController();
    const watched = target(Array.from({ length: 5 }, () => progress('running', { pending: 1 })));
    const looks = [];
    const options = { intervalMs: 1_000_000, signal: controller.signal };
    for await (const p of watchCampaign(watched, 'c', options)) {
      looks.push(p);
      controller.abort();
    }
    expect(looks).toHaveLength(1);
  });
});
