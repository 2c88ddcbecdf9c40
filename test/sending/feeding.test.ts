/** How much is put into the queue, and what goes back from a queue that lost it. */
import { describe, expect, test } from '@jest/globals';
import type { FedBatch, QueuePort } from '../../src/core/ports/index.ts';
import { batchSize, Feeder, windowSize } from '../../src/sending/feed.ts';
import { giveBackLost, sweepLedger } from '../../src/sending/sweep.ts';

test.each([
  [0.5, 20],
  [4, 20],
  [4.1, 21],
  [80, 400],
  [1_000, 5_000],
])('at %p/s the queue should hold %p rows', (rate, rows) => {
  expect(windowSize(rate)).toBe(rows);
});

test.each([
  [0, 1],
  [1, 1],
  [4.1, 2],
  [80, 20],
  [1_000, 250],
  [9_999, 250],
])('at %p/s of its own a process puts %p rows into a batch', (own, rows) => {
  expect(batchSize(own)).toBe(rows);
});

/** A queue that holds so many jobs, and a ledger that has these batches; what was asked of both. */
function feeding(jobs: number, fed: readonly (readonly FedBatch[])[] = []) {
  const asked: unknown[] = [];
  const added: unknown[] = [];
  const queue = {
    size: async () => jobs,
    add: async (senderId: string, batches: readonly FedBatch[]) =>
      void added.push({ senderId, batches }),
  } as unknown as QueuePort;
  const answers = [...fed];
  const sending = {
    feed: async (given: unknown) => {
      asked.push(given);
      return answers.shift() ?? [];
    },
  };
  return { feeder: new Feeder({ sending, queue }, '1065'), asked, added };
}

const batch = (number: number, size: number, single = false): FedBatch => ({
  ...{ batch: number, size, single, campaign: 'c1' },
});

describe('a feeder', () => {
  test.each<[string, number, number, number, object]>([
    ['an empty queue half a second at once', 80, 80, 0, { limit: 40 }],
    ['a slow process twenty rows at once', 80, 10, 0, { limit: 20 }],
    ['what the window has room for', 80, 80, 15, { limit: 40 }],
    ['one row where the batches of a small window are large', 4, 80, 0.75, { limit: 5 }],
    [
      'single requests alone in a window that is three quarters full',
      80,
      80,
      16,
      { limit: 100, singlesOnly: true },
    ],
  ])('gives %s', async (_, rate, own, jobs, given) => {
    const { feeder, asked, added } = feeding(jobs);
    expect(await feeder.feed(rate, own)).toBe(0);
    expect(asked).toEqual([{ senderId: '1065', batchSize: batchSize(own), ...given }]);
    expect(added).toEqual([]);
  });

  test('puts what the ledger gives into the queue, and says how many rows that is', async () => {
    const fed = [batch(1, 20), batch(2, 7), batch(3, 1, true)];
    const { feeder, added } = feeding(0, [fed]);
    expect(await feeder.feed(80, 80)).toBe(28);
    expect(added).toEqual([{ senderId: '1065', batches: fed }]);
  });

  test.each([
    // Of 20 rows each they fill the window of 400, of 3 they do not.
    ['twenty', 30, [100, 100, 40, 40]],
    // Of 3 rows each they fill it too, of one they would not.
    ['one', 110, [100, 100, 100, 100]],
  ])(
    'counts a job as the rows that those of campaigns had last, not as %s',
    async (_, jobs, limits) => {
      const { feeder, asked } = feeding(jobs, [
        [],
        [batch(1, 2), batch(2, 4), batch(3, 1, true)],
        [batch(4, 1, true)],
        [],
      ]);
      for (let i = 0; i < 4; i += 1) await feeder.feed(80, 80);
      expect(asked.map((given) => (given as { limit: number }).limit)).toEqual(limits);
    },
  );
});

describe('a sweep', () => {
  /** A queue of so many jobs that misses some of the stale batches; what was asked and given back. */
  async function lost(p: {
    readonly jobs: number;
    readonly stale?: readonly number[];
    readonly missing?: readonly number[];
    readonly held?: readonly number[];
  }) {
    const looked: unknown[] = [];
    const back: unknown[] = [];
    const count = await giveBackLost(
      {
        queue: { size: async () => p.jobs, missing: async () => p.missing ?? [] },
        sending: {
          staleBatches: async (given) => {
            looked.push(given);
            return (given.olderThanMs === 60_000 ? p.held : p.stale) ?? [];
          },
          giveBack: async (given) => {
            back.push(given);
            return [1, 1, 2];
          },
        },
      },
      '1065',
    );
    return { count, looked, back };
  }

  test.each([
    [0, 6_000],
    [1, 15_000],
  ])('looks in a queue of %p jobs for batches fed %p ms ago', async (jobs, olderThanMs) => {
    const { count, looked, back } = await lost({ jobs });
    expect(looked).toEqual([{ senderId: '1065', olderThanMs, limit: 500 }]);
    expect([count, back]).toEqual([0, []]);
  });

  test('gives back what the queue misses, and what is held for a minute, each once', async () => {
    const { count, back } = await lost({
      jobs: 1,
      stale: [7, 8, 9],
      missing: [7, 8],
      held: [8, 5],
    });
    expect([count, back]).toEqual([3, [{ senderId: '1065', batches: [7, 8, 5] }]]);
  });

  test('of the ledger ends leases, expires, pauses and completes, in this order', async () => {
    const did: unknown[] = [];
    const does =
      <T>(what: string, answer: T) =>
      async (given?: unknown) => {
        did.push(given === undefined ? what : [what, given]);
        return answer;
      };
    const sending = {
      sweepLeases: does('leases', 3),
      expire: does('expire', 1),
      pauseBlocked: does('pause', []),
      completeCampaigns: does('complete', ['c1']),
    };
    const swept = await sweepLedger(sending as unknown as Parameters<typeof sweepLedger>[0], {
      checkAfterMs: 900,
    });
    expect(swept).toEqual({ leasesEnded: 3, completed: ['c1'] });
    expect(did).toEqual([['leases', { checkAfterMs: 900 }], 'expire', 'pause', 'complete']);
  });
});
