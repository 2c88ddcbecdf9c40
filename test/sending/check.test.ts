/** What a check does with Meta's answer: above all when it may say that nothing went out. */
import { describe, expect, test } from '@jest/globals';
import type { UncertainCheck } from '../../src/core/ports/index.ts';
import { ok } from '../../src/core/result.ts';
import { checkOne } from '../../src/sending/check.ts';
import { keptLog } from '../campaign/support.ts';

const TIMEOUT_MS = 30_000;
const MARGIN_MS = 15_000;

/** One check of an attempt so old, of which Meta counts nothing; what the ledger is told of it. */
async function checked(ageMs: number) {
  const told: unknown[] = [];
  const check: UncertainCheck = {
    ...{ request: '7', fence: 2, to: '+16505551234', waId: '16505551234', waIdKnown: true },
    ...{ checks: 1, ageMs, knownDay: 0, knownWeek: 0, resetSince: false, heldSince: false },
    waitMs: 0,
  };
  await checkOne(
    {
      clock: { sleep: () => Promise.resolve() },
      evidence: {
        takeCheck: async () => check,
        recordCheck: async (finding) => told.push(finding) > 0,
        applyStatus: () => Promise.reject(new Error('no status came')),
        settle: () => Promise.reject(new Error('nobody settles')),
        retry: () => Promise.reject(new Error('nobody retries')),
      },
      graph: {
        callPermission: async () =>
          ok({ status: 'none', day: { used: 0, allowed: 1 }, week: { used: 0, allowed: 2 } }),
      },
      policy: 'resend-after-check',
      requestTimeoutMs: TIMEOUT_MS,
      leaseMarginMs: MARGIN_MS,
      log: keptLog().log,
    },
    '1065',
  );
  return told;
}

describe('an attempt of which Meta counts nothing', () => {
  test('younger than its time-out and its lease may be on its way: it is asked for once more, a second after that age', async () => {
    expect(await checked(TIMEOUT_MS)).toEqual([
      expect.objectContaining({
        state: 'uncertain',
        finding: expect.stringContaining('too young'),
        againAfterMs: MARGIN_MS + 1_000,
      }),
    ]);
    expect(await checked(TIMEOUT_MS + MARGIN_MS - 1)).toMatchObject([
      { state: 'uncertain', againAfterMs: 1_001 },
    ]);
  });

  test('as old as both did not go out, and is asked again where that was chosen', async () => {
    const [told] = await checked(TIMEOUT_MS + MARGIN_MS);
    expect(told).toMatchObject({ request: '7', fence: 2, state: 'pending' });
    expect(told).not.toHaveProperty('againAfterMs');
  });
});
