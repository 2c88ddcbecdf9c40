import { describe, expect, test } from '@jest/globals';
import { registerBudgets } from '../../src/campaign/budget.ts';
import type { SenderConfig } from '../../src/config/config.ts';
import { peopleOfTier } from '../../src/core/pace/portfolio.ts';
import { createBudgets } from '../../src/sending/budgets.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { silentLogger } from '../../src/telemetry/log.ts';

test.each([
  ['TIER_250', 250],
  ['TIER_2K', 2_000],
  ['TIER_10K', 10_000],
  ['TIER_100K', 100_000],
  ['TIER_1M', 1_000_000],
  ['TIER_UNLIMITED', null],
  ['tier_2k', 2_000],
  ['TIER_NOT_SET', undefined],
  [undefined, undefined],
])('the messaging limit %p is %p people a day', (tier, people) => {
  expect(peopleOfTier(tier)).toBe(people);
});

const config = (phoneNumberId: string, more: Partial<SenderConfig> = {}): SenderConfig => ({
  phoneNumberId,
  token: { kind: 'none' },
  messagesPerSecond: 80,
  ...more,
});

function ledger() {
  const said: { senderId: string; portfolio: string; limit: number | null; keepLower?: boolean }[] =
    [];
  return { said, senders: { budget: async (p: (typeof said)[0]) => void said.push(p) } };
}

const graph = (tier: string | undefined) => () => ({
  numberInfo: async () =>
    ({
      ok: true,
      value: { id: '1', healthErrors: [], ...(tier === undefined ? {} : { messagingLimit: tier }) },
    }) as const,
});

describe('the budget of a portfolio', () => {
  test('is the setting’s, and Meta is not asked', async () => {
    const { said, senders } = ledger();
    const budgets = createBudgets({
      clock: systemClock,
      senders,
      configs: [config('1', { dailyRecipientLimit: 1_000 })],
      graph: () => {
        throw new Error('not to be asked');
      },
      log: silentLogger,
    });
    await budgets.keep('1');
    expect(said).toEqual([{ senderId: '1', portfolio: 'default', limit: 1_000 }]);
  });

  test('is what Meta says of the number where nothing is set', async () => {
    const { said, senders } = ledger();
    const configs = [config('1')];
    const budgets = createBudgets({
      clock: systemClock,
      senders,
      configs,
      graph: graph('TIER_2K'),
      log: silentLogger,
    });
    await budgets.keep('1');
    expect(said).toEqual([]);
    await budgets.keep('1');
    expect(said).toEqual([{ senderId: '1', portfolio: 'default', limit: 2_000 }]);
  });

  test('is the lowest of those that share it, and nothing where nobody knows', async () => {
    const { said, senders } = ledger();
    const configs = [
      config('1', { dailyRecipientLimit: 500 }),
      config('2', { dailyRecipientLimit: 100 }),
      config('3', { portfolio: 'other' }),
    ];
    const budgets = createBudgets({
      clock: systemClock,
      senders,
      configs,
      graph: graph(undefined),
      log: silentLogger,
    });
    for (const { phoneNumberId } of configs) await budgets.keep(phoneNumberId);
    expect(said).toEqual([
      { senderId: '1', portfolio: 'default', limit: 100 },
      { senderId: '2', portfolio: 'default', limit: 100 },
    ]);
  });

  test('before a forecast a setting goes before what Meta says', async () => {
    const { said, senders } = ledger();
    const limits = new Map([
      ['1', 2_000],
      ['2', 2_000],
    ]);
    const configs = [config('1', { dailyRecipientLimit: 50 }), config('2', { portfolio: 'p' })];
    await registerBudgets({ senders, senderIds: ['1', '2'], configs, limits });
    expect(said.map(({ limit }) => limit)).toEqual([50, 2_000]);
  });

  test('before a forecast is the lowest of all that share it, whoever asks', async () => {
    const { said, senders } = ledger();
    const configs = [
      config('1', { dailyRecipientLimit: 1_000 }),
      config('2', { dailyRecipientLimit: 2_000 }),
    ];
    await registerBudgets({ senders, senderIds: ['2'], configs, limits: new Map() });
    const only = { senderId: '2', portfolio: 'default', limit: 1_000, keepLower: false };
    expect(said).toEqual([only]);
  });

  test('before a forecast lifts no lower one where a sender’s limit is not known', async () => {
    const { said, senders } = ledger();
    const configs = [config('1'), config('2')];
    const limits = new Map([['2', 2_000]]);
    await registerBudgets({ senders, senderIds: ['2'], configs, limits });
    const only = { senderId: '2', portfolio: 'default', limit: 2_000, keepLower: true };
    expect(said).toEqual([only]);
    await registerBudgets({ senders, senderIds: ['1'], configs, limits: new Map() });
    expect(said).toEqual([only]);
  });
});
