/** What a process could not tell the ledger: into the spool, and from there into the ledger. */
import { describe, expect, test } from '@jest/globals';
import type { Leftover, RecordEntry } from '../../src/core/ports/index.ts';
import { problem } from '../../src/core/problem.ts';
import { err, ok } from '../../src/core/result.ts';
import { spoolLeft, takeLeft } from '../../src/sending/leftovers.ts';
import { keptLog } from '../campaign/support.ts';

const entries = (n: number, from = 0): RecordEntry[] =>
  Array.from({ length: n }, (_, i) => ({
    ...{ request: String(from + i), fence: 1, state: 'accepted', outcome: 'accepted' },
    ...{ countAttempt: true, giveBackAllowance: false },
  }));

/** A spool that has `left`, and keeps what it is given unless it `fails`. */
function bench(p: { readonly left?: Leftover; readonly fails?: boolean; readonly known?: number }) {
  const { log, messages, fields } = keptLog();
  const saved: Leftover[] = [];
  const recorded: number[] = [];
  const released: unknown[] = [];
  const spool = {
    save: async (left: Leftover) => {
      saved.push(left);
      return p.fails === true
        ? err({ lost: 3, problem: problem('OUTCOMES_LOST', 'the disk is full') })
        : ok({ path: '/spool/1', standing: 'ours' as const });
    },
    take: async (record: (left: Leftover) => Promise<void>) => {
      if (p.left === undefined) return 0;
      await record(p.left);
      return p.left.outcomes.length + p.left.unread.length;
    },
    waiting: async () => [],
  };
  const sending = {
    record: async (given: readonly RecordEntry[]) => {
      recorded.push(given.length);
      const known = given.slice(0, p.known ?? given.length);
      return known.map(({ request, fence, state }) => ({ request, fence, state, applied: true }));
    },
    releaseClaim: async (given: unknown) => released.push(given),
  };
  return { spool, log, messages, fields, saved, recorded, released, ledger: { sending } };
}

describe('what is left at a shutdown', () => {
  const parts = [
    { senderId: '1', entries: entries(2), claimIds: ['a', 'b'] },
    { senderId: '2', entries: entries(1, 5), claimIds: [] },
  ];

  test('is saved in one file, claims with their sender, and the log says where', async () => {
    const b = bench({});
    expect(await spoolLeft(b, parts)).toBe(5);
    expect(b.saved).toEqual([
      {
        outcomes: [...entries(2), ...entries(1, 5)],
        unread: [
          { senderId: '1', claimId: 'a' },
          { senderId: '1', claimId: 'b' },
        ],
      },
    ]);
    expect(b.messages()).toEqual([expect.stringContaining('outcomes wait in a file')]);
    expect(b.fields()).toEqual([{ count: 5, file: '/spool/1' }]);
  });

  test('is lost where no file can be written, and the log says so', async () => {
    const b = bench({ fails: true });
    expect(await spoolLeft(b, parts)).toBe(5);
    expect(b.messages()).toEqual([expect.stringContaining('these outcomes are lost')]);
    expect(b.fields()).toEqual([{ count: 3, why: 'the disk is full' }]);
  });

  test('where nothing is left no file is written and nothing is said', async () => {
    const b = bench({});
    expect(await spoolLeft(b, [{ senderId: '1', entries: [], claimIds: [] }])).toBe(0);
    expect([b.saved, b.messages()]).toEqual([[], []]);
  });
});

describe('what ended processes have left', () => {
  test('is recorded, 200 at most at once, and each claim is released', async () => {
    const unread = [{ senderId: '1', claimId: 'a' }];
    const b = bench({ left: { outcomes: entries(401), unread } });
    expect(await takeLeft(b)).toBe(402);
    expect([b.recorded, b.released, b.messages()]).toEqual([[200, 200, 1], unread, []]);
  });

  test('of a ledger that was put back to an older state is told, and changes nothing', async () => {
    const b = bench({ left: { outcomes: entries(200), unread: [] }, known: 199 });
    await takeLeft(b);
    expect(b.messages()).toEqual([expect.stringContaining('not in this ledger')]);
    expect([b.recorded, b.fields()]).toEqual([[200], [{ count: 1 }]]);
  });

  test('is nothing where no file waits', async () => {
    const b = bench({});
    expect([await takeLeft(b), b.recorded]).toEqual([0, []]);
  });
});
