/** What of the rate a process has, told by claims: the moments are this process's own. */
import { describe, expect, test } from '@jest/globals';
import { type LastSecond, lastSecond } from '../../src/core/pace/last-second.ts';
import { Share, type ShareTold } from '../../src/sending/share.ts';

/** A share, and what it says the last second may hold: now, or a while ahead where it looks ahead. */
function bench() {
  const share = new Share();
  const tell = (
    now: number,
    perSecond: number | undefined,
    p: Partial<Omit<ShareTold, 'answer'>> & {
      readonly rested?: true;
      /** When it began, by the ledger's clock. */
      readonly begun?: number;
    } = {},
  ) => {
    const { rested, begun, ...more } = p;
    share.told(now, {
      answer: {
        rate: 100,
        ...(perSecond === undefined ? {} : { share: perSecond }),
        ...(rested ? { rested } : {}),
        ...(begun === undefined ? {} : { beginsMs: begun }),
      },
      ...{ askedAt: now, firstMs: now, beginsMs: undefined, sinceMs: undefined, falls: undefined },
      ...more,
    });
  };
  const holds = (now: number) => {
    let held = Number.NaN;
    const sends: LastSecond = {
      ...{ add() {}, drop() {}, roomAt: (nowMs) => nowMs },
      freeAt(nowMs, rate) {
        held = rate;
        return nowMs;
      },
      freeWhileFalling: (nowMs) => nowMs,
    };
    share.freeAt(now, sends);
    return Math.round(held);
  };
  const ahead = (now: number, atMs: number) => {
    let held: number | undefined;
    const sends: LastSecond = {
      ...{ add() {}, drop() {}, roomAt: (nowMs) => nowMs, freeAt: (nowMs) => nowMs },
      freeWhileFalling(nowMs, rateAt) {
        held = Math.round(rateAt(atMs));
        return nowMs;
      },
    };
    share.freeAt(now, sends);
    return held;
  };
  return { share, tell, holds, ahead };
}

/** Half of the second in which a share changes, ms. */
const HALF = 506;

describe('a share that falls', () => {
  test('does so from when the other one began, however late that is told', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000 });
    b.tell(400, 20, { sinceMs: 100, nextMs: 5_000 });
    expect(b.holds(100 + HALF)).toBe(60);
  });

  test('where it is not told, from its own first send time at the lower rate', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000 });
    b.tell(400, 20, { firstMs: 450, nextMs: 5_000 });
    expect(b.holds(450 + HALF)).toBe(60);
  });

  test('where it is not told, from 200 ms after its own last send time', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 100 });
    b.tell(400, 20, { firstMs: 900, nextMs: 5_000 });
    expect(b.holds(300 + HALF)).toBe(60);
  });

  test('looks ahead while it does: what is sent now is still in the second that holds less', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000 });
    b.tell(10, 20, { nextMs: 5_000 });
    expect(b.ahead(200, 10 + HALF)).toBe(60);
    expect(b.ahead(10 + 2 * HALF, 5_000)).toBeUndefined();
  });

  test('does so once, however often it is told', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000 });
    b.tell(0, 20, { nextMs: 5_000 });
    b.tell(HALF, 20, { nextMs: 5_000 });
    expect(b.holds(HALF)).toBe(60);
    expect(b.holds(1.5 * HALF)).toBe(40);
  });

  test('from when it was said ahead, though the claim of then has a later send time', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000, falls: { now: 20, atMs: 300 } });
    b.tell(250, 20, { firstMs: 400, nextMs: 5_000 });
    expect(b.holds(300 + HALF)).toBe(60);
  });

  test('is known ahead until the ledger does not say so any more', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000, falls: { now: 20, atMs: 300 } });
    expect(b.ahead(10, 300 + HALF)).toBe(60);
    b.tell(20, 100, { nextMs: 5_000 });
    expect(b.ahead(30, 300 + HALF)).toBeUndefined();
    expect(b.holds(300 + HALF)).toBe(100);
  });

  test('falls again while it falls', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000, falls: { now: 50, atMs: 0 } });
    b.tell(HALF, 50, { nextMs: 5_000, falls: { now: 25, atMs: HALF } });
    expect(b.holds(HALF)).toBe(75);
    expect(b.holds(2 * HALF)).toBe(50);
    expect(b.holds(3 * HALF)).toBe(25);
  });
});

describe('a share that grows', () => {
  test('does so from its first send time at the higher rate, and from when it is told', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 5_000 });
    b.tell(10, 200, { firstMs: 400, nextMs: 5_000 });
    expect([20, 400, 400 + HALF].map(b.holds)).toEqual([100, 100, 150]);
    const late = bench();
    late.tell(0, 100, { rested: true, nextMs: 5_000 });
    late.tell(400, 200, { firstMs: 10, nextMs: 5_000 });
    expect(late.holds(400 + HALF)).toBe(150);
  });

  test('does so no earlier where another one may have begun meanwhile', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 100 });
    b.tell(400, 200, { firstMs: 900, nextMs: 5_000 });
    expect([900, 900 + HALF].map(b.holds)).toEqual([100, 150]);
  });

  test('of who begins does so from then, and holds nothing before', () => {
    const b = bench();
    b.tell(0, 100, { beginsMs: 400, firstMs: 10 });
    expect(b.share.freeAt(399, lastSecond())).toBe(400);
    expect([400, 400 + HALF, 400 + 2 * HALF].map(b.holds)).toEqual([0, 50, 100]);
  });

  test('of who is told of it late does so from when it is told', () => {
    const b = bench();
    b.tell(500, 100, { beginsMs: 400 });
    expect(b.holds(500 + HALF)).toBe(50);
  });

  test('begins anew where the ledger says that it began anew, and only then', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, begun: 1 });
    for (const [now, begun] of [
      [10, 1],
      [20, undefined],
    ] as const) {
      b.tell(now, 100, begun === undefined ? {} : { begun });
      expect(b.holds(now)).toBe(100);
    }
    b.tell(500, 100, { begun: 2, beginsMs: 600 });
    expect(b.holds(600 + HALF)).toBe(50);
  });
});

describe('what a share is counted at', () => {
  test('is settled once the last second may hold all of it, and not while processes take turns', () => {
    const b = bench();
    expect(b.share.perSecond).toBeUndefined();
    b.tell(0, 100);
    expect([b.share.perSecond, b.share.countedAt]).toEqual([100, 100]);
    expect([HALF, 2 * HALF].map((now) => b.share.settled(now))).toEqual([undefined, 100]);
    b.tell(2 * HALF, undefined);
    expect([b.share.perSecond, b.share.countedAt]).toEqual([undefined, 100]);
    expect(b.share.settled(9_000)).toBeUndefined();
  });

  test('is looked at every 10 ms while it grows, else when a send leaves the second', () => {
    const b = bench();
    b.tell(0, 1, { rested: true, nextMs: 9_000 });
    const sends = lastSecond();
    sends.add(0, 1);
    expect(b.share.freeAt(100, sends)).toBe(1_012);
    b.tell(100, 2, { nextMs: 9_000 });
    expect(b.share.freeAt(110, sends)).toBe(120);
    expect(b.share.freeAt(1_110, sends)).toBe(1_110);
  });
});

describe('who has not heard of the ledger', () => {
  test('gives way from 200 ms after its last send time', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 100 });
    expect(b.ahead(300, 300 + HALF)).toBeUndefined();
    expect(b.ahead(301, 300 + HALF)).toBe(50);
  });

  test('not before its last claim was asked for: until then nobody had begun', () => {
    const b = bench();
    b.tell(0, 100, { rested: true, nextMs: 100 });
    b.tell(600, 100, { askedAt: 500 });
    expect(b.ahead(600, 500 + HALF)).toBe(50);
  });

  test('not while all take turns: the ledger bounds those', () => {
    const b = bench();
    b.tell(0, undefined, { nextMs: 100 });
    expect(b.ahead(900, 900)).toBeUndefined();
  });
});
