/** The dispatcher, tick by tick: what is asked for, what goes out, what goes back. No test waits for time to pass. */
import { describe, expect, test } from '@jest/globals';
import { InfrastructureError } from '../../src/core/problem.ts';
import type { Outcome } from '../../src/core/verdicts/outcome.ts';
import { bench } from './support.ts';

const refused = (code: number, more = {}): Outcome => ({
  kind: 'refused',
  error: { code, message: 'no' },
  ...more,
});

describe('a batch', () => {
  test('is claimed up to the horizon, sent within the rate, and ends with the counts of its outcomes', async () => {
    const b = bench([[1, 30]], { rate: 20 });
    const held = b.submit(1);
    await b.tick();
    expect(b.states().filter((state) => state === 'sending')).toHaveLength(4);
    await b.run(2_500);
    expect(held.end).toEqual({ accepted: 30 });
    const times = b.posts.map(({ at }) => at);
    for (const at of times)
      expect(times.filter((other) => other >= at && other < at + 1_000).length).toBeLessThanOrEqual(
        20,
      );
  });

  test('in which nobody waits ends at once, with one line for all of them', async () => {
    const b = bench([]);
    const held = [7, 8, 9].map((batch) => b.submit(batch, 250));
    await b.run(200);
    expect(held.map(({ end }) => end)).toEqual([{}, {}, {}]);
    expect(b.messages().filter((text) => text.startsWith('jobs refused'))).toHaveLength(1);
    expect(b.dispatcher.rows(false)).toBe(0);
  });

  test('that comes twice is sent once, and both jobs end', async () => {
    const b = bench([[1, 5]]);
    const [one, two] = [b.submit(1), b.submit(1)];
    await b.run(1_000);
    expect(b.posts).toHaveLength(5);
    expect(one.end).toEqual({ accepted: 5 });
    expect(two.end).toEqual({});
  });

  test('tells who was not accepted, by row, and how far it is', async () => {
    const b = bench([[1, 3]], { rate: 1 });
    b.meta = [refused(131026), { kind: 'uncertain', cause: 'timeout', detail: '+1650 no' }];
    const held = b.submit(1);
    await b.run(1_900);
    expect(held.told.flatMap(([, lines]) => lines)).toEqual([
      expect.stringMatching(/^row 1: rejected, 131026: .*WhatsApp.*\.$/),
      'row 2: uncertain, timeout',
    ]);
    expect(held.told.map(([percent]) => percent)).toEqual([67]);
  });

  test('counts rows that were decided without being claimed', async () => {
    const b = bench([[1, 4]]);
    b.barred.add('100').add('101');
    b.fate = 'skipped';
    const held = b.submit(1);
    await b.run(1_000);
    expect(held.end).toEqual({ accepted: 2, skipped: 2 });
  });
});

describe('a row that nobody claims within two seconds of its fetch', () => {
  test('goes back, while those of its batch that were claimed go on', async () => {
    const b = bench([[1, 10]], { rate: 1 });
    const held = b.submit(1);
    await b.run(1_900);
    expect(b.states().filter((state) => state === 'pending')).toEqual([]);
    await b.run(1_500);
    expect(held.end?.['given back']).toBeGreaterThanOrEqual(7);
    expect((held.end?.accepted ?? 0) + (held.end?.['given back'] ?? 0)).toBe(10);
    expect(b.dispatcher.rows(false)).toBe(0);
  });

  test('goes back also while nothing may be claimed, since Meta is out of reach', async () => {
    const b = bench([
      [1, 1],
      [2, 5],
    ]);
    b.meta = Array.from({ length: 50 }, () => ({ kind: 'unsent', detail: 'ECONNREFUSED' }));
    const held = [b.submit(1), b.submit(2)];
    b.onClaim = (answer) => ({ ...answer, done: [] });
    await b.run(3_000);
    expect(held.every(({ end }) => end !== undefined)).toBe(true);
    expect(b.posts).toEqual([]);
  });
});

describe('a single request', () => {
  test('stays in hand where the rate is low, and is said to the ledger at once', async () => {
    const b = bench([[1, 5]], { rate: 1 });
    const held = b.submit(1, 5, true);
    await b.run(3_900);
    expect(held.end).toBeUndefined();
    await b.run(500);
    expect(held.end).toEqual({ accepted: 5 });
    expect([b.calls.work, b.calls.atOnce]).toEqual([1, 1]);
    b.submit(2, 1, true);
    b.submit(3, 1);
    expect([b.calls.work, b.calls.atOnce]).toEqual([3, 2]);
  });

  test('waits for the next claim where send times come fast', async () => {
    const b = bench([[1, 3]], { rate: 6 });
    b.submit(1, 3);
    await b.tick();
    b.submit(2, 1, true);
    expect([b.calls.work, b.calls.atOnce]).toEqual([2, 0]);
  });

  test('goes back after two seconds where the next send time is far', async () => {
    const b = bench([[1, 1]], { rate: 1 });
    b.onClaim = (answer) => ({ ...answer, claimed: [], nextSlotMs: answer.databaseNowMs + 60_000 });
    const held = b.submit(1, 1, true);
    await b.run(3_100);
    expect(held.end).toBeDefined();
  });
});

describe('a claim that missed its time', () => {
  /** A batch whose first claim is frozen past its send times. */
  async function frozen(ms: number, more = {}) {
    const b = bench([[1, 3]], more);
    const held = b.submit(1);
    await b.tick();
    b.clock.freeze(ms);
    await b.clock.advance(0);
    expect(b.posts).toEqual([]);
    return { b, held };
  }

  test('gets another one with the next claim, and is sent then', async () => {
    const { b, held } = await frozen(1_000);
    await b.tick();
    expect(b.asked[1]?.again).toHaveLength(3);
    await b.run(500);
    expect(b.posts).toHaveLength(3);
    expect(held.end).toEqual({ accepted: 3 });
  });

  test('is kept for the next claim where one fails', async () => {
    const { b, held } = await frozen(1_000);
    b.onClaim = () => Promise.reject(new InfrastructureError('database', 'away'));
    await b.tick();
    b.onClaim = undefined;
    await b.run(1_500);
    expect(b.asked.at(2)?.again).toHaveLength(3);
    expect(held.end).toEqual({ accepted: 3 });
  });

  test('is kept where the next claim has no room for it, and goes with the one after', async () => {
    const { b, held } = await frozen(1_000);
    b.onClaim = (answer) => ({ ...answer, again: [] });
    await b.tick();
    await b.clock.advance(0);
    expect(b.posts).toEqual([]);
    b.onClaim = undefined;
    await b.run(1_000);
    expect(b.asked[2]?.again).toHaveLength(3);
    expect(held.end).toEqual({ accepted: 3 });
  });

  test('goes back where the ledger says that it is lost', async () => {
    const { b, held } = await frozen(1_000);
    b.onClaim = (answer, ask) => ({ ...answer, again: [], lost: ask.again ?? [] });
    await b.run(500);
    expect(b.posts).toEqual([]);
    expect(b.recorded.map(({ outcome }) => outcome)).toEqual(['unsent', 'unsent', 'unsent']);
    expect(held.end).toEqual({ 'given back': 3 });
  });

  test('goes back where its sender was closed meanwhile: nobody holds it', async () => {
    const { b, held } = await frozen(1_000);
    b.onClaim = (answer) => ({ ...answer, claimed: [], again: [], done: [], closed: true });
    await b.run(500);
    expect(b.posts).toEqual([]);
    expect(b.states()).toEqual(['pending', 'pending', 'pending']);
    expect(held.end).toEqual({ 'given back': 3 });
  });

  test('goes back, and asks for no other, once its lease would not outlast the POST', async () => {
    // 45 s of lease, of which the time-out and the record take 40.
    const { b, held } = await frozen(5_001);
    await b.run(500);
    expect(b.asked.flatMap(({ again }) => again)).toEqual([]);
    expect(held.end).toEqual({ 'given back': 3 });
    expect(b.posts).toEqual([]);
  });

  test('within its lease but past its `not_after` is not sent either', async () => {
    const b = bench([[1, 3]], { more: { expiresMs: 300 } });
    const held = b.submit(1);
    await b.tick();
    b.clock.freeze(301);
    await b.run(500);
    expect(b.posts).toEqual([]);
    expect(held.end).toEqual({ 'given back': 3 });
  });
});

describe('right before the first byte', () => {
  test.each<[string, number, object, (b: ReturnType<typeof bench>) => void]>([
    ['the row’s `not_after` is over', 301, { expiresMs: 300 }, () => undefined],
    ['the campaign was paused', 1, {}, (b) => b.dispatcher.withhold('c1')],
    ['its lease would not outlast the POST', 5_001, {}, () => undefined],
    ['the machine was suspended for as long', 1, {}, (b) => b.clock.suspend(5_001)],
  ])('nothing is written where %s', async (_, waits, more, happens) => {
    const b = bench([[1, 1]], { more });
    const held = b.submit(1);
    b.meta = [
      async (mayWrite) => {
        await b.clock.sleep(waits);
        happens(b);
        return mayWrite()
          ? { kind: 'accepted', messageStatus: 'accepted' }
          : { kind: 'unsent', detail: 'withheld' };
      },
    ];
    await b.tick();
    await b.clock.advance(5_100);
    expect(b.posts).toEqual([]);
    expect(held.end).toEqual({ 'given back': 1 });
    expect(b.recorded.map(({ outcome }) => outcome)).toEqual(['unsent']);
  });

  // By the pauses of `UNSENT_RETRIES` the second try comes within 0.2 s, the third within 0.8 s.
  test.each([
    [200, 'not too late for its send time', 0],
    [800, 'too late: the claim takes another send time', 1],
  ])(
    'a connection that stands after %i ms is %s, and one POST is written',
    async (late, _, again) => {
      const b = bench([[1, 1]]);
      let tries = 0;
      const connect = (ms: number) => async (mayWrite: () => boolean) => {
        await b.clock.sleep(ms);
        if (!mayWrite()) return { kind: 'unsent' as const, detail: 'withheld' };
        tries += 1;
        return { kind: 'accepted' as const, messageStatus: 'accepted' };
      };
      b.meta = [connect(late), connect(0)];
      const held = b.submit(1);
      await b.run(2_000);
      expect(b.recorded.map(({ outcome }) => outcome)).toEqual(['accepted']);
      expect([tries, b.asked.flatMap((ask) => ask.again).length]).toEqual([1, again]);
      expect(held.end).toEqual({ accepted: 1 });
    },
  );

  test('a machine that was suspended since the claim writes nothing of it', async () => {
    const b = bench([[1, 3]]);
    b.submit(1);
    await b.tick();
    b.clock.suspend(10_000);
    await b.run(500);
    expect(b.posts).toEqual([]);
    expect(b.states()).toEqual(['pending', 'pending', 'pending']);
  });

  // 45 s of lease, of which the time-out and the record take 40.
  test.each([
    ['a frozen process', 'freeze', 5_001, { 'given back': 3 }],
    ['a suspended machine', 'suspend', 5_001, { 'given back': 3 }],
    ['a process that was frozen for less', 'freeze', 4_900, { accepted: 3 }],
  ] as const)(
    'the lease of a claim whose answer waits for %s counts from before it was asked for',
    async (_, stops, ms, end) => {
      const b = bench([[1, 3]]);
      b.onClaim = (answer) => {
        b.onClaim = undefined;
        b.clock[stops](ms);
        return answer;
      };
      const held = b.submit(1);
      await b.tick();
      await b.run(1_000);
      expect(held.end).toEqual(end);
    },
  );
});

describe('the second that is counted', () => {
  test('has no place taken by a claim of which nothing was written: the next one goes at its time', async () => {
    const b = bench([[1, 2]], { rate: 10 });
    b.meta = [{ kind: 'unsent', detail: 'connect ECONNREFUSED' }];
    const began = b.clock.now();
    b.submit(1);
    await b.tick();
    await b.clock.advance(300);
    expect(b.recorded.map(({ outcome }) => outcome)).toEqual(['unsent', 'accepted']);
    expect(b.posts.map(({ at }) => at - began)).toEqual([expect.closeTo(104.8, 1)]);
  });
});

describe('what a refusal stops', () => {
  test('a time that Meta names holds all that is claimed already', async () => {
    const b = bench([[1, 20]]);
    b.meta = [refused(130429, { retryAfterMs: 60_000 })];
    b.submit(1);
    await b.run(180);
    expect(b.slowed).toMatchObject([{ waitMs: 60_000 }]);
    const before = b.posts.length;
    b.onClaim = (answer) => ({ ...answer, claimed: [], again: [] });
    await b.run(500);
    expect(b.posts).toHaveLength(before);
  });

  test('a closed template holds its own, and closes before the next claim is asked for', async () => {
    const b = bench([[1, 40]]);
    b.meta = [refused(132015)];
    b.onClaim = (answer) => (b.closed.length > 0 ? { ...answer, claimed: [] } : answer);
    const held = b.submit(1);
    await b.run(150);
    expect(b.closed).toMatchObject([{ template: { name: 't', language: 'en' } }]);
    const before = b.posts.length;
    await b.run(1_000);
    expect(b.posts).toHaveLength(before);
    expect(b.recorded.some(({ outcome }) => outcome === 'unsent')).toBe(true);
    expect(held.end).toEqual({ accepted: before - 1, 'given back': 20 - before, pending: 1 });
  });
});

describe('a claim whose answer was never read', () => {
  test('is named to the ledger, and nothing is claimed until it knows', async () => {
    const b = bench([[1, 3]]);
    b.submit(1);
    b.onClaim = () => Promise.reject(new InfrastructureError('database', 'no answer'));
    await b.tick();
    await b.clock.advance(0);
    expect(b.released).toEqual([b.asked[0]?.claimId]);
    await b.tick();
    expect(b.asked[1]?.claimId).not.toBe(b.asked[0]?.claimId);
  });
});

describe('a stop', () => {
  test('gives back what is not sent, waits for what is, and takes nothing more', async () => {
    const b = bench([[1, 30]]);
    const held = b.submit(1);
    await b.tick();
    await b.clock.advance(30);
    const sent = b.posts.length;
    expect(sent).toBeGreaterThan(0);
    const stopping = b.dispatcher.stop();
    const settling = b.dispatcher.settled();
    await b.clock.advance(1_000);
    await stopping;
    expect(await settling).toEqual({ entries: [], claimIds: [] });
    expect(b.posts).toHaveLength(sent);
    expect(held.end).toEqual({ accepted: sent, 'given back': 30 - sent });
    const later = b.submit(2, 1);
    await b.clock.advance(0);
    expect(later.end).toEqual({ 'given back': 0 });
  });

  test('sends nothing of a claim that is answered after it', async () => {
    const b = bench([[1, 3]]);
    b.submit(1);
    b.onClaim = async (answer) => {
      await b.clock.sleep(50);
      return answer;
    };
    const ticking = b.tick();
    await b.clock.advance(10);
    void b.dispatcher.stop();
    await b.clock.advance(1_000);
    await ticking;
    expect(b.posts).toEqual([]);
    expect(b.states()).toEqual(['pending', 'pending', 'pending']);
  });
});

describe('campaigns in hand', () => {
  test('take turns by what each of them had, from one claim to the next', async () => {
    const b = bench([
      [1, 30],
      [2, 5],
    ]);
    for (const row of b.rows.values())
      if (row.batch === 2) Object.assign(row, { more: { campaignId: 'c2', weight: 2 } });
    b.submit(1);
    await b.tick();
    b.submit(2);
    await b.tick();
    // Of the second one nothing is known before its first claim, and it came when the first had had 20.
    expect(b.asked.at(-1)?.batches).toEqual([
      { batch: 1, served: 0 },
      { batch: 2, served: 0 },
    ]);
  });
});
