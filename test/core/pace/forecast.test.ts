import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { figuresOf, forecast } from '../../../src/core/pace/forecast.ts';
import type { ForecastInput, ForecastSender } from '../../../src/core/ports/index.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

const sender = (more: Partial<ForecastSender> = {}): ForecastSender => ({
  senderId: '1',
  rate: 100,
  processes: 1,
  closed: false,
  others: [],
  budget: null,
  ...more,
});

function input(n: number, more: Partial<ForecastInput> = {}): ForecastInput {
  return {
    nowMs: NOW,
    weight: 1,
    asks: [{ senderId: '1', atMs: NOW, n }],
    skips: [],
    senders: [sender()],
    ...more,
  };
}

describe('how long a campaign takes', () => {
  test.each([
    [1_000, 100, 10],
    [100_000, 80, 1_250],
    [60_000, 1_000, 60],
  ])('%i people at %i a second: %i s and a little', (n, rate, seconds) => {
    const found = forecast(input(n, { senders: [sender({ rate })] }));
    expect(found.asks).toBe(n);
    expect(found.seconds / seconds).toBeGreaterThan(1);
    expect(found.seconds / seconds).toBeLessThan(1.1);
  });

  test('the rate set here counts where no process is at work, else the one in force', () => {
    const rates = new Map([['1', 10]]);
    const idle = forecast(input(100, { senders: [sender({ processes: 0 })] }), { rates });
    const busy = forecast(input(100, { senders: [sender({ processes: 2 })] }), { rates });
    expect(idle.seconds / busy.seconds).toBeGreaterThan(5);
  });

  test('another campaign on the sender takes its share by weight, until it is done', () => {
    const equal = forecast(
      input(1_000, { senders: [sender({ others: [{ weight: 1, n: 9_000 }] })] }),
    );
    expect(equal.seconds).toBeCloseTo(20, -1);
    const light = forecast(
      input(1_000, { senders: [sender({ others: [{ weight: 1, n: 200 }] })] }),
    );
    expect(light.seconds).toBeCloseTo(12.9, 0);
    const heavy = forecast(
      input(1_000, { weight: 4, senders: [sender({ others: [{ weight: 1, n: 9_000 }] })] }),
    );
    expect(heavy.seconds).toBeCloseTo(13, 0);
  });

  test('two senders work side by side', () => {
    const found = forecast(
      input(0, {
        asks: [
          { senderId: '1', atMs: NOW, n: 1_000 },
          { senderId: '2', atMs: NOW, n: 1_000 },
        ],
        senders: [sender(), sender({ senderId: '2' })],
      }),
    );
    expect(found.asks).toBe(2_000);
    expect(found.seconds).toBeLessThan(12);
  });

  test('people who have to wait are later, not skipped', () => {
    const found = forecast(
      input(0, {
        asks: [
          { senderId: '1', atMs: NOW, n: 10 },
          { senderId: '1', atMs: NOW + 2 * DAY, n: 5 },
        ],
      }),
    );
    expect(found).toMatchObject({ asks: 15, withinADay: 10 });
    expect(found.doneAtMs).toBeGreaterThan(NOW + 2 * DAY);
    expect(found.secondsToPause).toBeLessThan(2);
  });

  test('nobody to ask: no time, no end', () => {
    const found = forecast(input(0, { asks: [], skips: [{ reason: 'suppressed', n: 3 }] }));
    expect(found).toMatchObject({ asks: 0, seconds: 0, secondsToPause: 0, doneAtMs: null });
  });
});

describe('the daily budget', () => {
  const budget = (remaining: number, frees: { atMs: number; n: number }[] = []) =>
    sender({ budget: { portfolio: 'p', limit: 250, remaining, frees } });

  test('1,000 of 1,500 today, the rest a day later', () => {
    const found = forecast(input(1_500, { senders: [budget(1_000)] }));
    expect(found).toMatchObject({ asks: 1_500, withinADay: 1_000 });
    expect(found.seconds).toBeGreaterThan(86_400);
    expect(found.seconds).toBeLessThan(86_400 + 20);
    expect(found.secondsToPause).toBeCloseTo(10.7, 0);
  });

  test('is told: places free now, who waits for one, and until when', () => {
    const frees = [{ atMs: NOW + 3_600_000, n: 500 }];
    const late = { senderId: '1', atMs: NOW + 7_200_000, n: 100 };
    const asks = [{ senderId: '1', atMs: NOW, n: 1_200 }, late];
    const found = forecast(input(0, { asks, senders: [budget(1_000, frees)] }));
    // Those who are due after places have freed wait for none.
    expect(found.budgets).toEqual([
      { portfolio: 'p', limit: 250, remaining: 1_000, waiting: 200, waitsUntilMs: NOW + 3_600_000 },
    ]);
    expect(figuresOf(found).budgets).toEqual([
      {
        ...{ portfolio: 'p', limit: 250, remaining: 1_000, waiting: 200 },
        waitsUntil: new Date(NOW + 3_600_000).toISOString(),
      },
    ]);
    const enough = forecast(input(10, { senders: [budget(10)] })).budgets;
    expect(enough).toMatchObject([{ waiting: 0, waitsUntilMs: null }]);
  });

  test('places free as those of the last day leave it', () => {
    const frees = [{ atMs: NOW + 3_600_000, n: 500 }];
    const found = forecast(input(1_500, { senders: [budget(1_000, frees)] }));
    expect(found.withinADay).toBe(1_500);
    expect(found.seconds).toBeGreaterThan(3_600);
  });

  test('never more within any 24 hours than it allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 200 }), (limit, n) => {
        const found = forecast(input(n, { senders: [budget(limit)] }));
        expect(found.withinADay).toBeLessThanOrEqual(limit);
        expect(found.seconds).toBeGreaterThanOrEqual((Math.ceil(n / limit) - 1) * 86_400);
      }),
    );
  });

  test('is shared by the senders of a portfolio', () => {
    const two = [budget(10), { ...budget(10), senderId: '2' }];
    const asks = two.map(({ senderId }) => ({ senderId, atMs: NOW, n: 8 }));
    expect(forecast(input(0, { asks, senders: two })).withinADay).toBe(10);
  });

  test.each([
    ['1', '2'],
    ['2', '1'],
  ])('whose people are due first take the places first: %s before %s', (first, second) => {
    const frees = [{ atMs: NOW + 3_600_000, n: 1 }];
    const asks = [
      { senderId: first, atMs: NOW, n: 1 },
      { senderId: second, atMs: NOW + 7_200_000, n: 1 },
    ];
    const senders = ['1', '2'].map((senderId) => ({ ...budget(1, frees), senderId }));
    const found = forecast(input(0, { asks, senders }));
    expect(found.budgets).toMatchObject([{ waiting: 0, waitsUntilMs: null }]);
  });
});

describe('to the millisecond', () => {
  // A step of 100/s is 10.08 ms; from the last request to the end of its campaign 700 ms.
  const end = (n: number) => NOW + (n - 1) * 10.08 + 700;
  const at = (...asks: readonly (readonly [number, number])[]) =>
    asks.map(([ms, n]) => ({ senderId: '1', atMs: NOW + ms, n }));

  test.each<[string, ForecastInput, number]>([
    ['one person', input(1), end(1)],
    ['two', input(2), end(2)],
    ['those due later go at their time', input(0, { asks: at([5_000, 1]) }), NOW + 5_700],
    ['the order of their times counts', input(0, { asks: at([5_000, 2], [0, 1]) }), NOW + 5_710.08],
    [
      'after a pause the step is from the last one',
      input(0, { asks: at([0, 2], [1_000, 3]) }),
      NOW + 1_000 + 2 * 10.08 + 700,
    ],
    [
      'another sender’s people do not count',
      input(2, { asks: [...at([0, 2]), { senderId: '2', atMs: NOW, n: 500 }] }),
      end(2),
    ],
  ])('%s', (_, given, doneAtMs) => {
    expect(forecast(given).doneAtMs).toBeCloseTo(doneAtMs, 3);
  });

  test('the wait up to a pause of more than five minutes is told apart', () => {
    const found = (ms: number) => forecast(input(0, { asks: at([0, 1], [ms, 1]) })).secondsToPause;
    expect(found(300_000)).toBeCloseTo(300.7, 6);
    expect(found(300_001)).toBeCloseTo(0.7, 6);
  });

  test('only senders that are closed are named', () => {
    const senders = [sender(), sender({ senderId: '2', closed: true })];
    expect(forecast(input(1, { senders })).closed).toEqual(['2']);
  });

  test('figures are those of a person, rounded to a tenth of a second', () => {
    const none = forecast(input(0, { asks: [], skips: [{ reason: 'opted-out', n: 3 }] }));
    expect(figuresOf(none)).toStrictEqual({
      ...{ willAsk: 0, skipped: { 'opted-out': 3 }, withinADay: 0, seconds: 0, doneAt: null },
      budgets: [],
    });
    const some = forecast(input(7, { senders: [sender({ closed: true })] }));
    expect(figuresOf(some)).toStrictEqual({
      ...{ willAsk: 7, skipped: {}, withinADay: 7, seconds: 0.8 },
      ...{ doneAt: new Date(end(7)).toISOString(), pausedSenders: ['1'], budgets: [] },
    });
  });
});

describe('places of a daily budget, to the millisecond', () => {
  const budget = (remaining: number, frees: readonly { atMs: number; n: number }[] = []) => ({
    ...{ portfolio: 'default', limit: 250, remaining, frees },
  });
  const asks = (...times: readonly (readonly [string, number, number])[]) =>
    times.map(([senderId, ms, n]) => ({ senderId, atMs: NOW + ms, n }));

  test.each<[string, ForecastInput, number]>([
    [
      'none is free before its time, and each comes back a day after it was taken',
      input(2, { senders: [sender({ budget: budget(0, [{ atMs: NOW + 1_000, n: 1 }]) })] }),
      1_000 + DAY,
    ],
    [
      'those taken within a second come back together',
      input(0, {
        senders: [sender({ budget: budget(3) })],
        asks: asks(['1', 0, 1], ['1', 300, 1], ['1', 600, 1], ['1', 700, 3]),
      }),
      DAY + 2 * 10.08,
    ],
    [
      'those a second apart do not',
      input(0, {
        senders: [sender({ budget: budget(2) })],
        asks: asks(['1', 0, 1], ['1', 1_000, 1], ['1', 1_001, 2]),
      }),
      DAY + 1_000,
    ],
    [
      'of two senders that share them, who is due first goes first',
      input(0, {
        senders: [sender({ budget: budget(1) }), sender({ senderId: '2', budget: budget(1) })],
        asks: asks(['1', 10_000, 1], ['2', 0, 1]),
      }),
      DAY,
    ],
    [
      'another campaign of equal weight has every other turn',
      input(1, { senders: [sender({ others: [{ weight: 1, n: 9 }] })] }),
      10.08,
    ],
  ])('%s', (_, given, lastMs) => {
    expect((forecast(given).doneAtMs ?? 0) - NOW).toBeCloseTo(lastMs + 700, 3);
  });
});
