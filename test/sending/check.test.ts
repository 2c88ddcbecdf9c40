/** What a check does with Meta's answer: above all when it may say that nothing went out. */
import { describe, expect, test } from '@jest/globals';
import type { CallPermissionInfo, GraphFailure } from '../../src/core/graph.ts';
import type { UncertainCheck } from '../../src/core/ports/index.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import { checkOne } from '../../src/sending/check.ts';
import { keptLog } from '../campaign/support.ts';

const TIMEOUT_MS = 30_000;
const MARGIN_MS = 15_000;
const NOTHING_USED = { used: 0, allowed: 1 };

type Answer = Result<CallPermissionInfo, GraphFailure>;

/** Takes what is due; gives what the ledger, Meta, the clock and the log were told. */
async function checking(p: {
  readonly due?: Partial<UncertainCheck> | null;
  readonly answer?: Answer;
  readonly policy?: 'hold' | 'resend-after-check';
  readonly moved?: boolean;
}) {
  const told: unknown[] = [];
  const [taken, slept, asked] = [[], [], []] as [unknown[], number[], string[]];
  const { log, messages, fields } = keptLog();
  const check: UncertainCheck = {
    ...{ request: '7', fence: 2, to: '+16505551234', waId: '16505551234', waIdKnown: true },
    ...{
      checks: 1,
      ageMs: 60_000,
      knownDay: 0,
      knownWeek: 0,
      resetSince: false,
      leftSince: false,
      heldSince: false,
    },
    ...{ waitMs: 0, ...p.due },
  };
  const did = await checkOne(
    {
      clock: { sleep: async (ms) => void slept.push(ms) },
      evidence: {
        takeCheck: async (given) => {
          taken.push(given);
          return p.due === null ? undefined : check;
        },
        recordCheck: async (finding) => told.push(finding) > 0 && (p.moved ?? true),
        applyStatuses: () => Promise.reject(new Error('no status came')),
        applyWaiting: () => Promise.reject(new Error('no status came')),
        waitingDone: () => Promise.reject(new Error('no status came')),
        settle: () => Promise.reject(new Error('nobody settles')),
        retry: () => Promise.reject(new Error('nobody retries')),
      },
      graph: {
        callPermission: async (waId) => {
          asked.push(waId);
          return p.answer ?? ok({ status: 'none', day: NOTHING_USED, week: NOTHING_USED });
        },
      },
      policy: p.policy ?? 'resend-after-check',
      checksPerSecond: 50,
      requestTimeoutMs: TIMEOUT_MS,
      leaseMarginMs: MARGIN_MS,
      log,
    },
    '1065',
  );
  return { did, told, taken, slept, asked, messages: messages(), fields: fields() };
}

/** One check of an attempt so old, of which Meta counts nothing; what the ledger is told of it. */
const checked = async (ageMs: number) => (await checking({ due: { ageMs } })).told;

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

describe('a check', () => {
  test('that is not due asks nobody', async () => {
    const { did, taken, asked, told } = await checking({ due: null });
    expect([did, asked, told]).toEqual([false, [], []]);
    expect(taken).toEqual([{ senderId: '1065', putOffMs: 60_000, paceMs: 20 }]);
  });

  test.each([
    [0, []],
    [1, [1]],
    [270, [270]],
  ])('waits for its place in the pace of the route: %p ms', async (waitMs, slept) => {
    const done = await checking({ due: { waitMs } });
    expect([done.did, done.slept, done.asked]).toEqual([true, slept, ['16505551234']]);
  });

  test('of a request that Meta counts finds that it was sent, and says so', async () => {
    const answer = ok({ status: 'none', day: { used: 1, allowed: 1 }, week: NOTHING_USED });
    const { did, told, messages, fields } = await checking({ answer });
    expect(told).toEqual([
      { request: '7', fence: 2, state: 'accepted', finding: expect.stringContaining('went out') },
    ]);
    expect([did, messages]).toEqual([true, ['uncertain request checked']]);
    expect(fields).toEqual([{ request: '7', finding: 'went-out', resend: false }]);
  });

  test('that found something out is the last, however young the attempt', async () => {
    const answer = ok({ status: 'none', day: { used: 1, allowed: 1 }, week: NOTHING_USED });
    const { told } = await checking({ answer, due: { ageMs: 1 } });
    expect(told[0]).not.toHaveProperty('againAfterMs');
  });

  test('says nothing where the request had moved on meanwhile', async () => {
    expect((await checking({ moved: false })).messages).toEqual([]);
  });

  test('leaves who was not asked to a person, unless asking again was chosen', async () => {
    const { told } = await checking({ policy: 'hold' });
    expect(told).toMatchObject([{ state: 'uncertain', finding: expect.any(String) }]);
    expect(told[0]).not.toHaveProperty('againAfterMs');
  });

  test('that learned nothing of one that is old enough is the last', async () => {
    const { told } = await checking({ due: { ageMs: TIMEOUT_MS + MARGIN_MS, resetSince: true } });
    expect(told).toMatchObject([{ state: 'uncertain' }]);
    expect(told[0]).not.toHaveProperty('againAfterMs');
  });
});

describe('a check that Meta does not answer', () => {
  const refused = (code: number, more = {}) =>
    ({ kind: 'refused', error: { code, message: 'no', ...more } }) as const;
  const away = { kind: 'unreachable', detail: 'ECONNRESET' } as const;

  test.each<[string, GraphFailure, number, number]>([
    ['out of reach', away, 1, 10_000],
    ['out of reach, the fourth time', away, 4, 40_000],
    ['too fast', refused(613), 2, 20_000],
    ['too fast, by the OpenAPI', refused(4), 1, 10_000],
    ['too fast, of the user', refused(17), 1, 10_000],
    ['too fast, of the page', refused(32), 1, 10_000],
    ['too fast, of the account', refused(80007), 1, 10_000],
    ['too fast, of its templates', refused(80008), 1, 10_000],
    ['a refusal that passes', refused(2, { isTransient: true }), 1, 10_000],
  ])('%s: is made again', async (_, failure, checks, againAfterMs) => {
    const { did, told } = await checking({ answer: err(failure), due: { checks } });
    expect([did, told]).toEqual([
      true,
      [{ request: '7', fence: 2, state: 'uncertain', againAfterMs }],
    ]);
  });

  test.each<[string, GraphFailure, number, string]>([
    ['no such route', { ...away, notFound: true }, 1, 'ECONNRESET'],
    ['a refusal', refused(100), 1, '100: no'],
    ['a refusal that stays', refused(100, { isTransient: false }), 1, '100: no'],
    ['out of reach, the fifth time', away, 5, 'ECONNRESET'],
    ['too fast, the fifth time', refused(613), 5, '613: no'],
  ])('%s: is the last', async (_, failure, checks, why) => {
    const { told } = await checking({ answer: err(failure), due: { checks } });
    const finding = `It cannot be checked (${why}).`;
    expect(told).toEqual([{ request: '7', fence: 2, state: 'uncertain', finding }]);
  });
});
