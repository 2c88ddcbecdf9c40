/** What a dispatcher asks of the ledger, tick by tick, what it says of it, and how it ends. */
import { describe, expect, test } from '@jest/globals';
import { InfrastructureError } from '../../src/core/problem.ts';
import { bench } from './support.ts';

const away = () => Promise.reject(new InfrastructureError('database', 'away'));

describe('a tick', () => {
  test('claims with a lease that outlasts the time-out, under a name of its own', async () => {
    const b = bench([[1, 30]]);
    b.submit(1);
    await b.tick();
    await b.run(400);
    expect(b.asked[0]).toEqual({
      ...{ senderId: '1065', worker: 'w', claimId: 'w.1065.1', again: [] },
      ...{ batches: [{ batch: 1, served: 0 }], horizonMs: 200, reachBackMs: 250, leaseMs: 45_000 },
    });
    expect(b.asked[1]?.claimId).toBe('w.1065.2');
    expect(b.dispatcher.share()).toBe(100);
  });

  test('is of no use where nobody waits, and asks nobody', async () => {
    const b = bench([[1, 1]]);
    expect(await b.tick()).toBeUndefined();
    expect([b.asked, b.calls.gaveBack]).toEqual([[], 0]);
  });

  test('asks for the claim that missed its time, also beside a batch in which somebody may wait', async () => {
    const b = bench([[1, 1]]);
    b.onClaim = (answer) => ({ ...answer, done: [] });
    b.submit(1);
    await b.tick();
    b.clock.freeze(1_000);
    await b.clock.advance(0);
    await b.tick();
    expect(b.asked[1]?.again).toHaveLength(1);
  });

  test('comes a second later at most, however slow the rate', async () => {
    const b = bench([[1, 5]], { rate: 0.1 });
    b.submit(1);
    expect(await b.tick()).toBe(1_000);
  });

  test('asks for nothing until the ledger knows of a claim that failed', async () => {
    const b = bench([[1, 5]]);
    b.submit(1);
    b.onClaim = away;
    b.onRelease = away;
    await b.tick();
    expect(await b.tick()).toBe(20);
    expect(b.asked).toHaveLength(1);
  });

  test.each([
    ['the first time a second', 1, 1_000],
    ['later a second at most', 2, 1_000],
  ])('asks for nothing while Meta is out of reach: %s', async (_, failures, waits) => {
    const b = bench([[1, 50]]);
    b.meta = Array.from({ length: failures }, () => ({ kind: 'unsent', detail: 'ECONNREFUSED' }));
    b.submit(1);
    await b.tick();
    await b.clock.advance(failures * 10);
    const asked = b.asked.length;
    expect(await b.tick()).toBeLessThanOrEqual(waits);
    expect(b.asked).toHaveLength(asked);
  });

  test('decides rows only where a claim left some', async () => {
    const b = bench([[1, 5]]);
    b.submit(1);
    await b.tick();
    expect(b.calls.decided).toBe(0);
  });

  test.each([
    ['later', { accepted: 1, 'given back': 1 }],
    ['not-queued', { accepted: 1 }],
  ] as const)('counts no row whose fate is %p', async (fate, end) => {
    const b = bench([[1, 2]]);
    b.barred.add('100');
    b.fate = fate;
    const held = b.submit(1);
    await b.run(2_500);
    expect(held.end).toEqual(end);
  });

  test('withholds what is in hand of one campaign, and of no other', async () => {
    const b = bench([[1, 3]]);
    const held = b.submit(1);
    await b.tick();
    b.dispatcher.withhold('c2');
    await b.run(500);
    expect(held.end).toEqual({ accepted: 3 });
  });
});

describe('what is said of the ledger', () => {
  test('is that it is away, once, and that it is back', async () => {
    const b = bench([[1, 3]]);
    b.submit(1);
    b.onClaim = away;
    await b.tick();
    await b.clock.advance(0);
    await b.tick();
    await b.clock.advance(0);
    b.onClaim = undefined;
    await b.tick();
    expect(b.messages().filter((text) => text.startsWith('database'))).toEqual([
      'database out of reach: nothing is sent, outcomes wait in memory',
      'database back',
    ]);
  });

  test('is each time what went wrong, where it was no outage', () => {
    const b = bench([]);
    b.dispatcher.failed(new TypeError('a bug'));
    b.dispatcher.failed(new TypeError('a bug'));
    expect(b.messages()).toEqual(['claim failed', 'claim failed']);
    expect(b.fields()[0]).toMatchObject({ err: { message: 'a bug' } });
  });
});

describe('a stop', () => {
  test('gives back at once what comes in after it', async () => {
    const b = bench([[1, 3]]);
    await b.dispatcher.stop();
    const held = b.submit(1);
    await b.clock.advance(0);
    expect(held.end).toEqual({ 'given back': 3 });
  });

  test.each([1_000, 5_001])('gives back claims that missed their time by %p ms', async (ms) => {
    const b = bench([[1, 3]]);
    const held = b.submit(1);
    await b.tick();
    b.clock.freeze(ms);
    await b.clock.advance(0);
    void b.dispatcher.stop();
    await b.clock.advance(200);
    expect(b.recorded.map(({ outcome }) => outcome)).toEqual(Array(3).fill('unsent'));
    expect(held.end).toEqual({ 'given back': 3 });
  });

  test('gives back what missed its time and got no other by a claim answered after it', async () => {
    const b = bench([[1, 3]]);
    const held = b.submit(1);
    await b.tick();
    b.clock.freeze(1_000);
    await b.clock.advance(0);
    b.onClaim = async (answer) => {
      await b.clock.sleep(50);
      return { ...answer, again: [] };
    };
    const ticking = b.tick();
    await b.clock.advance(10);
    void b.dispatcher.stop();
    await b.clock.advance(100);
    await ticking;
    void b.tick();
    await b.clock.advance(200);
    expect(held.end).toEqual({ 'given back': 3 });
  });

  test('says nothing of batches in which nobody waited', async () => {
    const b = bench([]);
    const held = b.submit(7, 250);
    await b.dispatcher.stop();
    await b.clock.advance(0);
    expect([held.end, b.messages()]).toEqual([{}, []]);
  });

  test('tells before its end of batches in which nobody waited, where it has not yet', async () => {
    const b = bench([]);
    for (const batch of [7, 8]) {
      b.submit(batch, 250);
      await b.tick();
    }
    const told = () => b.fields().map(({ batches }) => batches);
    expect(told()).toEqual([[7]]);
    await b.dispatcher.stop();
    expect(told()).toEqual([[7], [8]]);
  });

  test('lets its jobs end where the ledger takes nothing back, and says so', async () => {
    const b = bench([[1, 3]]);
    const held = b.submit(1);
    b.onGiveBack = away;
    await b.dispatcher.stop();
    await b.clock.advance(0);
    expect(held.end).toEqual({});
    expect(b.messages()).toEqual([
      'batches in hand could not be given back; the sweep sees to them',
    ]);
    expect(b.fields()).toMatchObject([{ err: { message: 'away' } }]);
  });

  /** When it is over, ms after the stop, and what is left then. */
  async function settled(b: ReturnType<typeof bench>) {
    const began = b.clock.now();
    const over: { at?: number; left?: unknown } = {};
    void b.dispatcher.stop();
    void b.dispatcher
      .settled()
      .then((left) => Object.assign(over, { at: b.clock.now() - began, left }));
    await b.clock.advance(60_000);
    return over;
  }

  test('is over at once where nothing is in hand', async () => {
    expect(await settled(bench([]))).toEqual({ at: 0, left: { entries: [], claimIds: [] } });
  });

  test('waits ten seconds for a ledger that takes no outcome, and gives it to the caller', async () => {
    const b = bench([[1, 1]]);
    const held = b.submit(1);
    await b.tick();
    b.onRecord = away;
    await b.clock.advance(150);
    const { at, left } = await settled(b);
    expect(at).toBe(10_000);
    expect(left).toMatchObject({ entries: [{ request: '100', outcome: 'accepted' }] });
    expect(held.end).toEqual({ sending: 1 });
    expect(b.messages()).toEqual([
      'database out of reach: nothing is sent, outcomes wait in memory',
    ]);
  });

  test('waits as long for a claim that is not answered', async () => {
    const b = bench([[1, 1]]);
    b.submit(1);
    b.onClaim = () => new Promise(() => undefined);
    void b.tick();
    await b.clock.advance(0);
    const { at, left } = await settled(b);
    expect([at, left]).toEqual([10_000, { entries: [], claimIds: ['w.1065.1'] }]);
  });

  test('waits for a POST under way, however long, and then as long for the ledger', async () => {
    const b = bench([[1, 1]]);
    b.submit(1);
    b.meta = [
      async () => {
        await b.clock.sleep(25_000);
        return { kind: 'accepted', messageStatus: 'accepted' };
      },
    ];
    b.onRecord = away;
    await b.tick();
    await b.clock.advance(10);
    const { at } = await settled(b);
    expect(at).toBeGreaterThanOrEqual(34_980);
    expect(at).toBeLessThanOrEqual(35_020);
  });
});
