/** Meta is asked about many people: as fast as allowed, more slowly where it says so, and not on and on in vain. */
import { describe, expect, test } from '@jest/globals';
import type { CallPermissionInfo, GraphFailure } from '../../src/core/graph.ts';
import type { Answer, BookEntry } from '../../src/core/ports/index.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import { checkBook, type ToCheck } from '../../src/replies/check-book.ts';

type Reply = Result<CallPermissionInfo, GraphFailure>;

const refused = (code: number): Reply =>
  err({ kind: 'refused', error: { code, message: 'words' } });
const AWAY: Reply = err({ kind: 'unreachable', detail: 'no route' });

/** A book in memory, and a clock that goes on when somebody sleeps. */
function bench(reply: (person: string, now: number) => Reply, perSecond = 80) {
  let now = 0;
  const asked: { readonly person: string; readonly at: number }[] = [];
  const booked: Answer[] = [];
  const states = new Map<string, string>();
  const target = {
    clock: {
      now: () => now,
      wall: () => 1_800_000_000_000 + now,
      sleep: async (ms: number) => {
        now += ms;
      },
    },
    perSecond,
    book: {
      async *entries({ to }: { readonly to?: string } = {}) {
        const state = states.get(to ?? '');
        if (state !== undefined) yield { senderId: '1', state, until: null } as BookEntry;
      },
    },
    replies: {
      async bookAnswers(answers: readonly Answer[]) {
        booked.push(...answers);
        for (const { person, status } of answers) states.set(person, status);
      },
    },
    async line(senderId: string) {
      if (senderId !== '1') return undefined;
      return {
        async callPermission(person: string) {
          asked.push({ person, at: now });
          return reply(person, now);
        },
      };
    },
  };
  return { target, asked, booked, states };
}

async function* people(n: number, senderId = '1'): AsyncGenerator<ToCheck> {
  for (let i = 0; i < n; i += 1) yield { senderId, person: String(100 + i) };
}

/** The most questions in any second. */
function mostASecond(asked: readonly { readonly at: number }[]): number {
  return Math.max(
    ...asked.map(({ at }) => asked.filter((one) => one.at >= at && one.at < at + 1_000).length),
  );
}

describe('the book is checked', () => {
  test('about each person once, at no more than the rate, and what Meta says is booked', async () => {
    const { target, asked, booked, states } = bench((person) =>
      ok({ status: person === '100' ? 'none' : 'permanent' }),
    );
    states.set('100', 'permanent').set('101', 'permanent');
    const end = await checkBook(target, people(300));
    expect(end).toEqual({ asked: 300, changed: 299, failed: 0, reasons: [] });
    expect(new Set(asked.map((one) => one.person)).size).toBe(300);
    expect(mostASecond(asked)).toBeLessThanOrEqual(81);
    expect(booked.every((word) => word.source === 'query')).toBe(true);
  });

  test('as of the second in which it was asked, however late the answer comes', async () => {
    const { target, asked, booked } = bench(() => ok({ status: 'permanent' }));
    const slow = {
      ...target,
      line: async (senderId: string) => {
        const line = await target.line(senderId);
        if (line === undefined) return undefined;
        return {
          async callPermission(person: string) {
            const answer = await line.callPermission(person);
            await target.clock.sleep(4_000);
            return answer;
          },
        };
      },
    };
    await checkBook(slow, people(1));
    const second = Math.floor((1_800_000_000_000 + (asked[0]?.at ?? 0)) / 1_000) * 1_000;
    expect(booked.map(({ at }) => at.getTime())).toEqual([second]);
  });

  test.each([613, 4])(
    'more slowly after %d, and everybody is asked again who was refused',
    async (code) => {
      const times: number[] = [];
      const { target, asked, booked } = bench((_, now) => {
        if (times.filter((at) => at > now - 1_000).length >= 20) return refused(code);
        times.push(now);
        return ok({ status: 'temporary' });
      });
      const end = await checkBook(target, people(200));
      expect(end).toMatchObject({ asked: 200, changed: 200, failed: 0 });
      expect(new Set(booked.map((word) => word.person)).size).toBe(200);
      expect(asked.length).toBeLessThan(400);
    },
  );

  test('with what failed, by reason: a word that nobody knows, a refusal, a sender without settings', async () => {
    const { target } = bench((person) => {
      if (person === '100') return ok({ status: 'pending' });
      return person === '101' ? refused(100) : ok({ status: 'none' });
    });
    async function* mixed() {
      yield* people(3);
      yield* people(2, '2');
    }
    expect(await checkBook(target, mixed())).toEqual({
      ...{ asked: 3, changed: 0, failed: 4 },
      reasons: [
        { why: 'sender 2 is not in the settings', n: 2 },
        { why: 'Meta says "pending"', n: 1 },
        { why: 'Meta refused with 100: words', n: 1 },
      ],
    });
  });

  test('no further than a refused token, or a Meta that is away', async () => {
    const dead = bench(() => refused(190));
    expect(await checkBook(dead.target, people(500))).toMatchObject({
      gaveUp: { kind: 'refused', error: { code: 190 } },
    });
    expect(dead.asked.length).toBeLessThan(50);
    const away = bench(() => AWAY);
    expect(await checkBook(away.target, people(500))).toMatchObject({
      gaveUp: { kind: 'unreachable' },
    });
    expect(away.asked.length).toBeLessThan(60);
    const one = bench(() => AWAY);
    expect(await checkBook(one.target, people(1))).toMatchObject({
      gaveUp: { kind: 'unreachable' },
    });
    const some = bench((person) => (person === '101' ? AWAY : ok({ status: 'none' })));
    expect(await checkBook(some.target, people(5))).not.toHaveProperty('gaveUp');
  });

  test('until it is stopped; what Meta said is booked', async () => {
    const stop = new AbortController();
    const { target, booked } = bench((person) => {
      if (person === '105') stop.abort();
      return ok({ status: 'permanent' });
    });
    const end = await checkBook({ ...target, signal: stop.signal }, people(500));
    expect(end.asked).toBe(booked.length);
    expect(end.asked).toBeLessThan(50);
  });
});
