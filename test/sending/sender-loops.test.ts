/** What a sender does in turn as long as it works, and how it ends. */
import { describe, expect, test } from '@jest/globals';
import { connectionsFor } from '../../src/core/pace/pacing.ts';
import type { BatchTaker, SenderStatus } from '../../src/core/ports/index.ts';
import { err, ok } from '../../src/core/result.ts';
import { Sender } from '../../src/sending/sender.ts';
import type { SenderSetup } from '../../src/sending/setup.ts';
import { keptLog } from '../campaign/support.ts';
import { deferred } from '../support/deferred.ts';
import { SteppedClock, settled } from './stepped-clock.ts';

const SENDER = '1065';

/** A sender of 80/s over stores that note what they are asked, and when, ms. */
function bench(
  p: {
    readonly most?: number;
    readonly status?: Partial<SenderStatus>;
    readonly stale?: readonly number[];
    readonly checks?: number;
    /** How old what is checked is, where Meta counts nothing of it; undefined: Meta does not answer. */
    readonly ageMs?: number;
    readonly policy?: 'hold' | 'resend-after-check';
    /** What claims say of its share; undefined: they are not answered. */
    readonly share?: number;
    /** It has people to ask and asks nobody. */
    readonly isSilent?: boolean;
    readonly leave?: () => Promise<void>;
    readonly closeQueue?: () => Promise<void>;
  } = {},
) {
  const clock = new SteppedClock();
  const began = clock.now();
  const did: [string, number, unknown?][] = [];
  const note = <T>(what: string, answer: T) => {
    return async (given?: unknown) => {
      did.push([what, clock.now() - began, given]);
      return answer;
    };
  };
  const status = { rateNow: 80, processes: 1, ...p.status } as SenderStatus;
  const { log, messages, fields } = keptLog();
  const connections: number[] = [];
  const taken: BatchTaker[] = [];
  let looks = 0;
  let checks = p.checks ?? 0;
  const standing = {
    ...{ moves: p.isSilent !== true, due: true, queued: true, feedable: true },
    ...{ closed: null, heldUntil: null, spent: null, template: null },
  };
  const sending = {
    feed: note('feed', []),
    staleBatches: note('stale', p.stale ?? []),
    giveBack: async ({ batches }: { readonly batches: readonly number[] }) => batches,
    withdraw: note('withdraw', undefined),
    claim: async (given: unknown) => {
      await note('claim', undefined)(given);
      const nothing = { claimed: [], again: [], lost: [], left: [], closed: false };
      const times = { databaseNowMs: clock.now(), nextSlotMs: clock.now() };
      return p.share === undefined
        ? new Promise<never>(() => undefined)
        : { ...nothing, ...times, done: [1], share: p.share, rate: 80 };
    },
  };
  const senders = {
    heartbeat: note('beat', { ...status, rateNow: 40 }),
    takeProbes: note('probes', []),
    leave: async (given: unknown) => {
      await note('leave', undefined)(given);
      await p.leave?.();
    },
  };
  const evidence = {
    takeCheck: async (given: unknown) => {
      did.push(['check', clock.now() - began, given]);
      checks -= 1;
      const nobody = { request: '7', fence: 1, waId: '1650', waIdKnown: true, to: '+1650' };
      const times = { waitMs: 0, checks: 1, ageMs: p.ageMs ?? 0, knownDay: 0, knownWeek: 0 };
      return checks < 0
        ? undefined
        : { ...nobody, ...times, resetSince: false, leftSince: false, heldSince: false };
    },
    recordCheck: note('finding', false),
  };
  const setup = {
    ...{ clock, worker: 'w', log, requestTimeoutMs: 30_000 },
    ...{ checksPerSecond: 1, uncertainCheckAfterMs: 60_000, uncertainPolicy: p.policy ?? 'hold' },
    ...(p.most === undefined ? {} : { workerConcurrency: p.most }),
    ledger: {
      sending,
      senders,
      evidence,
      silence: { standing: note('standing', standing), note: note('silence', undefined) },
    },
    queue: {
      size: async () => 0,
      missing: async (_: string, batches: readonly number[]) => batches,
      work(id: string, taker: BatchTaker) {
        expect(id).toBe(SENDER);
        taken.push(taker);
        return {
          look: () => {
            looks += 1;
          },
          close: async () => {
            await note('queue closed', undefined)();
            await p.closeQueue?.();
          },
        };
      },
    },
    queueComplaint: async (id: string) => `the queue of ${id} is full`,
    meta: () => ({
      setConnections: (n: number) => void connections.push(n),
      callPermission: async () => {
        const unused = { used: 0, allowed: 1 };
        return p.ageMs === undefined
          ? err({ kind: 'unreachable', detail: 'away' })
          : ok({ status: 'none', day: unused, week: unused });
      },
    }),
  };
  const config = { phoneNumberId: SENDER, token: { kind: 'none' }, messagesPerSecond: 80 } as const;
  const reports: (readonly string[])[] = [];
  const report = (services: readonly string[]) => {
    reports.push(services);
    return () => undefined;
  };
  const sender = new Sender(setup as unknown as SenderSetup, { sender: config, report, status });
  return {
    ...{ clock, sender, connections, messages, fields, reports },
    taker: taken[0] as BatchTaker,
    looks: () => looks,
    /** When this was done, ms. */
    times: (what: string) => did.flatMap(([name, at]) => (name === what ? [at] : [])),
    given: (what: string) => did.find(([name]) => name === what)?.[2],
    last: (what: string) => did.findLast(([name]) => name === what)?.[2],
    order: () => did.map(([name]) => name),
  };
}

describe('as long as it works', () => {
  test('it does each thing in its time', async () => {
    const b = bench();
    await b.clock.advance(4_000);
    expect({
      beats: b.times('beat'),
      probes: b.times('probes'),
      checks: b.times('check'),
      stale: b.times('stale'),
      standing: b.times('standing'),
    }).toEqual({
      beats: [0, 2_000, 4_000],
      probes: [0, 1_000, 2_000, 3_000, 4_000],
      checks: [0, 1_000, 2_000, 3_000, 4_000],
      stale: [0, 2_000, 4_000],
      standing: [0, 2_000, 4_000],
    });
    expect(b.times('feed').slice(0, 3)).toEqual([0, 200, 400]);
    expect(b.reports).toEqual([
      ['database'],
      ['database', 'queue'],
      ...Array(3).fill(['database']),
    ]);
  });

  test('it says that it is alive, with its rate and its POSTs under way, and looks for jobs', async () => {
    const b = bench();
    expect(b.looks()).toBe(1);
    await b.clock.advance(0);
    expect(b.given('beat')).toEqual({
      ...{ worker: 'w', senderId: SENDER, messagesPerSecond: 80, inFlight: 0 },
    });
    expect(b.looks()).toBe(2);
    expect(b.messages()).toEqual([]);
  });

  test('woken it feeds at once', async () => {
    const b = bench();
    await b.clock.advance(100);
    b.sender.wake();
    await b.clock.advance(0);
    expect(b.times('feed')).toEqual([0, 100]);
  });

  test('it feeds by the rate of all, in batches of its own part', async () => {
    const b = bench({ status: { processes: 4 } });
    await b.clock.advance(0);
    // A quarter of a second of 20/s.
    expect(b.given('feed')).toMatchObject({ senderId: SENDER, batchSize: 5 });
  });

  test('it feeds, and is connected, by its share as of its last claim', async () => {
    const b = bench({ share: 12 });
    void b.taker.handle({ batch: 1, size: 5, single: false, tell: () => undefined });
    await b.clock.advance(2_200);
    expect(b.last('feed')).toMatchObject({ batchSize: 3 });
    expect(b.connections.at(-1)).toBe(connectionsFor(12, 200));
  });

  test('it takes as many rows as its own part of the rate needs at the latency of Meta', () => {
    const b = bench({ status: { processes: 4 } });
    const submit = (batch: number, size: number) =>
      void b.taker.handle({ batch, size, single: false, tell: () => undefined });
    // 20/s, each row for 1.5 s and half as much again as Meta takes, 200 ms.
    submit(1, 35);
    expect(b.taker.hasRoom(false)).toBe(true);
    submit(2, 1);
    expect(b.taker.hasRoom(false)).toBe(false);
  });

  test('it says why it is silent, as its queue has it', async () => {
    const b = bench({ isSilent: true });
    await b.clock.advance(12_000);
    expect(b.given('silence')).toMatchObject({
      ...{ senderId: SENDER, worker: 'w' },
      silence: { why: 'the queue of 1065 is full' },
    });
  });

  test('it claims what it takes, and looks for more when rows have left', async () => {
    const b = bench();
    void b.taker.handle({ batch: 1, size: 5, single: false, tell: () => undefined });
    await b.clock.advance(0);
    const looks = b.looks();
    expect(b.given('claim')).toMatchObject({
      ...{ senderId: SENDER, worker: 'w', batches: [{ batch: 1 }], leaseMs: 45_000 },
    });
    void b.sender.close();
    await b.clock.advance(0);
    expect(b.looks()).toBeGreaterThan(looks);
  });

  test('it checks one uncertain request after the other', async () => {
    const b = bench({ checks: 3 });
    await b.clock.advance(0);
    expect(b.times('check')).toEqual([0, 0, 0, 0]);
  });

  // 45 s: the time-out of 30 s, and what a lease leaves beyond it.
  test.each<[string, Parameters<typeof bench>[0], object]>([
    ['held, where that is set', { policy: 'hold', ageMs: 45_000 }, { state: 'uncertain' }],
    [
      'asked again, where that is set',
      { policy: 'resend-after-check', ageMs: 45_000 },
      { state: 'pending' },
    ],
    [
      'checked again, where its lease may not have ended',
      { policy: 'resend-after-check', ageMs: 44_999 },
      { state: 'uncertain', againAfterMs: 1_001 },
    ],
  ])('who by Meta’s count was not asked is %s', async (_, p, finding) => {
    const b = bench({ checks: 1, ...p });
    await b.clock.advance(0);
    expect(b.given('finding')).toMatchObject({ request: '7', fence: 1, ...finding });
  });

  test('it tells of people whose batch was lost', async () => {
    const b = bench({ stale: [7, 9] });
    await b.clock.advance(0);
    expect(b.messages()).toEqual(['people in batches that the queue does not show are fed again']);
    expect(b.fields()).toEqual([{ sender: SENDER, count: 2 }]);
  });

  test.each([
    ['by what is set', { most: 7 }, [7, 7]],
    ['by its part of the rate', {}, [connectionsFor(80, 200), connectionsFor(40, 200)]],
    [
      'by its part of four',
      { status: { processes: 4 } },
      [connectionsFor(20, 200), connectionsFor(10, 200)],
    ],
    [
      'by all of it where nobody is counted yet',
      { status: { processes: 0 } },
      [connectionsFor(80, 200), connectionsFor(40, 200)],
    ],
  ])('its connections are %s', async (_, p, connections) => {
    const b = bench(p);
    await b.clock.advance(0);
    expect(b.connections).toEqual(connections);
  });
});

describe('at its end', () => {
  test('it takes no more, leaves, and does nothing afterwards', async () => {
    const b = bench();
    await b.clock.advance(0);
    expect(b.taker.hasRoom(false)).toBe(true);
    const closing = b.sender.close();
    expect(b.taker.hasRoom(false)).toBe(false);
    await b.clock.advance(100);
    expect(await closing).toEqual({ senderId: SENDER, entries: [], claimIds: [] });
    expect(b.order().slice(-3)).toEqual(['queue closed', 'leave', 'withdraw']);
    expect(b.given('leave')).toEqual({ worker: 'w', senderId: SENDER });
    expect(b.given('withdraw')).toEqual({ senderId: SENDER });
    const before = b.order().length;
    await b.clock.advance(10_000);
    expect(b.order()).toHaveLength(before);
  });

  const never = () => new Promise<never>(() => undefined);

  test.each<[string, Parameters<typeof bench>[0], number]>([
    ['a queue that does not answer', { closeQueue: never }, 5_000],
    ['a ledger that does not answer', { leave: never }, 5_000],
    ['both', { closeQueue: never, leave: never }, 10_000],
  ])('it waits for %s, and no longer than %#', async (_, p, ms) => {
    const b = bench(p);
    let ended = false;
    void b.sender.close().then(() => {
      ended = true;
    });
    await b.clock.advance(ms - 1);
    // Nothing else may keep the process: it must not end before.
    expect([ended, b.clock.holdsProcess()]).toEqual([false, true]);
    await b.clock.advance(1);
    expect([ended, b.clock.holdsProcess()]).toEqual([true, false]);
  });

  test('where nothing hangs, no timer keeps the process afterwards', async () => {
    const b = bench();
    await b.sender.close();
    expect(b.clock.holdsProcess()).toBe(false);
  });

  test('a ledger that is away is no reason to stay', async () => {
    const b = bench({ leave: () => Promise.reject(new Error('away')) });
    await expect(b.sender.close()).resolves.toMatchObject({ senderId: SENDER });
    expect(b.order()).not.toContain('withdraw');
  });

  test('the check under way is the last', async () => {
    const b = bench({ checks: 1_000_000 });
    const hold = deferred();
    void b.sender.close().then(hold.resolve);
    await settled();
    await hold.promise;
    expect(b.times('check').length).toBeLessThan(10);
  });
});
