/** What a process does beside the work of its senders, and how it ends. */
import { describe, expect, test } from '@jest/globals';
import type {
  BatchTaker,
  ClaimAnswer,
  ClaimedRequest,
  WorkEvent,
} from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { ok } from '../../src/core/result.ts';
import type { Outcome } from '../../src/core/verdicts/outcome.ts';
import { runSenders } from '../../src/sending/run-senders.ts';
import type { SenderSetup } from '../../src/sending/setup.ts';
import { claim, keptLog } from '../campaign/support.ts';
import { SteppedClock } from './stepped-clock.ts';

/** One process with two senders, one of an account, over stores that note what they are asked. */
async function running(
  p: {
    readonly leasesEnded?: number;
    readonly completed?: readonly string[];
    readonly taken?: number;
    /** What a claim of the first sender answers; those of the second are not answered. */
    readonly claim?: ClaimAnswer;
    readonly outcome?: Outcome;
    /** The ledger records nothing. */
    readonly isAway?: boolean;
    readonly closeListener?: () => Promise<void>;
  } = {},
) {
  const clock = new SteppedClock();
  const began = clock.now();
  const did: [string, number, unknown][] = [];
  const note = <T>(what: string, answer: T) => {
    return async (given?: unknown) => {
      did.push([what, clock.now() - began, given]);
      return answer;
    };
  };
  const { log, messages, fields } = keptLog();
  const takers = new Map<string, BatchTaker>();
  let onEvent: (event: WorkEvent) => void = () => undefined;
  const ledger = {
    sending: {
      feed: note('feed', []),
      staleBatches: note('stale', []),
      withdraw: note('withdraw', undefined),
      sweepLeases: note('sweep', p.leasesEnded ?? 0),
      expire: note('expire', 0),
      pauseBlocked: note('pause', []),
      completeCampaigns: note('complete', p.completed ?? []),
      claim: async (given: { readonly senderId: string }) => {
        await note('claim', undefined)(given);
        return given.senderId === '1' ? p.claim : new Promise<never>(() => undefined);
      },
      record: async (given: unknown) => {
        await note('record', undefined)(given);
        if (p.isAway === true) throw new InfrastructureError('database', 'away');
        return [];
      },
    },
    senders: {
      ensure: note('ensure', undefined),
      heartbeat: note('beat', { rateNow: 20, processes: 1 }),
      budget: note('budget', undefined),
      takeProbes: note('probes', []),
      leave: note('leave', undefined),
    },
    evidence: { takeCheck: note('check', undefined) },
    silence: { standing: note('standing', { moves: true, due: true }) },
  };
  const sender = (phoneNumberId: string, more = {}) => ({
    ...{ phoneNumberId, token: { kind: 'none' }, messagesPerSecond: 20, ...more },
    dailyRecipientLimit: 1_000,
  });
  const setup = {
    ...{ clock, worker: 'w', log, ledger, requestTimeoutMs: 30_000 },
    ...{ checksPerSecond: 1, uncertainCheckAfterMs: 60_000, uncertainPolicy: 'hold' },
    senders: [sender('1', { businessAccountId: 'acc' }), sender('2')],
    meta: () => ({
      setConnections: () => undefined,
      send: note('POST', p.outcome ?? { kind: 'accepted', messageStatus: 'accepted' }),
    }),
    queue: {
      size: async () => 0,
      missing: async () => [],
      work(id: string, taker: BatchTaker) {
        takers.set(id, taker);
        return { look: () => undefined, close: async () => undefined };
      },
    },
    queueComplaint: async () => null,
    spool: {
      save: note('save', ok({ path: '/spool/1', standing: 'ours' })),
      take: note('take', p.taken ?? 0),
    },
    listen: (listener: typeof onEvent) => {
      onEvent = listener;
      return { close: p.closeListener ?? note('listener closed', undefined) };
    },
  };
  const process = await runSenders(setup as unknown as SenderSetup);
  return {
    ...{ clock, process, messages, fields },
    submit: (senderId: string, batch: number, size: number) =>
      void takers.get(senderId)?.handle({ batch, size, single: false, tell: () => undefined }),
    event: (id: string, state: string) => onEvent({ kind: 'campaign', id, state }),
    times: (what: string) => did.flatMap(([name, at]) => (name === what ? [at] : [])),
    given: (what: string) => did.flatMap(([name, , given]) => (name === what ? [given] : [])),
    order: () => did.map(([name]) => name),
  };
}

/** What a claim answers that gives out this row, to be sent in 100 ms. */
function giving(one: ClaimedRequest): ClaimAnswer {
  const nothing = { again: [], lost: [], left: [], closed: false };
  const times = { databaseNowMs: 1_000, nextSlotMs: 1_150 };
  const claimed = [{ ...one, slotAtMs: 1_100 }];
  return { ...nothing, ...times, claimed, done: [one.batch], share: 20, rate: 20 };
}

test('each sender is made known, with its account and its budget, before any begins', async () => {
  const b = await running();
  expect(b.order().slice(0, 6)).toEqual(['ensure', 'beat', 'budget', 'ensure', 'beat', 'budget']);
  expect(b.given('ensure')).toStrictEqual([
    { senderId: '1', messagesPerSecond: 20, businessAccountId: 'acc' },
    { senderId: '2', messagesPerSecond: 20 },
  ]);
  const beat = { worker: 'w', messagesPerSecond: 20, inFlight: 0 };
  expect(b.given('beat').slice(0, 2)).toEqual([
    { ...beat, senderId: '1' },
    { ...beat, senderId: '2' },
  ]);
  expect(b.given('budget')).toContainEqual({ senderId: '2', portfolio: 'default', limit: 1_000 });
  expect(b.process.worker).toBe('w');
});

test('budgets and the sweep have their turn each second, what ended processes left each five', async () => {
  const b = await running();
  await b.clock.advance(10_000);
  const seconds = Array.from({ length: 11 }, (_, i) => i * 1_000);
  expect(b.times('sweep')).toEqual(seconds);
  // Two senders, and once each before the loops.
  expect(b.times('budget')).toHaveLength(2 * 11 + 2);
  expect(b.times('take')).toEqual([0, 5_000, 10_000]);
  expect(b.given('sweep')[0]).toEqual({ checkAfterMs: 60_000 });
  expect(b.messages()).toEqual([]);
});

test('what was put right is told', async () => {
  const b = await running({ leasesEnded: 3, completed: ['c1', 'c2'], taken: 5 });
  await b.clock.advance(0);
  expect(b.messages().sort()).toEqual([
    'campaign completed',
    'campaign completed',
    'claims whose process ended are uncertain now',
    'outcomes that an ended process had left are recorded',
  ]);
  expect(b.fields()).toEqual(
    expect.arrayContaining([{ count: 3 }, { campaign: 'c1' }, { campaign: 'c2' }, { count: 5 }]),
  );
});

test('news of a campaign that runs wakes each sender; of one that was paused, none', async () => {
  const b = await running();
  await b.clock.advance(100);
  const before = b.times('feed').length;
  b.event('c1', 'paused');
  await b.clock.advance(0);
  expect(b.times('feed')).toHaveLength(before);
  b.event('c1', 'running');
  await b.clock.advance(0);
  expect(b.times('feed')).toHaveLength(before + 2);
});

test.each([
  ['its campaign was paused goes back', 'c1', 'paused', 0, 'unsent'],
  ['its campaign was cancelled goes back', 'c1', 'cancelled', 0, 'unsent'],
  ['its campaign runs is sent', 'c1', 'running', 1, 'accepted'],
  ['another campaign was paused is sent', 'c2', 'paused', 1, 'accepted'],
])('a claim in hand when news comes that %s', async (_, id, state, posts, outcome) => {
  const one = claim({ campaignId: 'c1' });
  const b = await running({ claim: giving(one) });
  b.submit('1', 1, 1);
  await b.clock.advance(0);
  b.event(id, state);
  await b.clock.advance(1_000);
  expect(b.times('POST')).toHaveLength(posts);
  expect(b.given('record')).toMatchObject([[{ request: one.request, outcome }]]);
});

test('an uncertain outcome is to be checked after the time that is set', async () => {
  const outcome = { kind: 'uncertain', cause: 'timeout', detail: 'no answer' } as const;
  const b = await running({ claim: giving(claim()), outcome });
  b.submit('1', 1, 1);
  await b.clock.advance(1_000);
  expect(b.given('record')).toMatchObject([[{ outcome: 'uncertain', delayMs: 60_000 }]]);
});

describe('at its end', () => {
  test('each sender leaves, and nothing is done afterwards', async () => {
    const b = await running();
    await b.clock.advance(0);
    const closing = b.process.close();
    await b.clock.advance(100);
    expect(await closing).toEqual({ unsettled: 0 });
    expect(b.given('leave')).toEqual(['1', '2'].map((senderId) => ({ worker: 'w', senderId })));
    expect(b.order()).toContain('listener closed');
    const before = b.order().length;
    await b.clock.advance(20_000);
    expect(b.order()).toHaveLength(before);
  });

  test('outcomes that the ledger did not take, and claims it did not answer, are in the spool', async () => {
    const one = claim();
    const b = await running({ claim: giving(one), isAway: true });
    b.submit('1', 1, 1);
    b.submit('2', 2, 1);
    await b.clock.advance(1_000);
    const closing = b.process.close();
    await b.clock.advance(15_000);
    expect(await closing).toEqual({ unsettled: 2 });
    const outcomes = [expect.objectContaining({ request: one.request, outcome: 'accepted' })];
    const unread = [{ senderId: '2', claimId: 'w.2.1' }];
    expect(b.given('save')).toEqual([{ outcomes, unread }]);
  });

  test('a loop that does not end is waited for no longer than five seconds', async () => {
    const b = await running({ closeListener: () => new Promise(() => undefined) });
    let ended = false;
    void b.process.close().then(() => {
      ended = true;
    });
    await b.clock.advance(4_999);
    expect(ended).toBe(false);
    await b.clock.advance(1);
    expect(ended).toBe(true);
  });
});
