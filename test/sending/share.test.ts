/** What of the rate a process has, told by claims: the moments are this process's own. */
import { describe, expect, test } from '@jest/globals';
import type { LastSecond } from '../../src/core/pace/last-second.ts';
import { Share, type ShareTold } from '../../src/sending/share.ts';

/** A share, and what it says the last second may hold: now, or a while ahead where it looks ahead. */
function bench() {
  const share = new Share();
  const tell = (
    now: number,
    perSecond: number | undefined,
    p: Partial<Omit<ShareTold, 'answer'>> & { readonly rested?: true } = {},
  ) => {
    const { rested, ...more } = p;
    share.told(now, {
      answer: {
        rate: 100,
        ...(perSecond === undefined ? {} : { share: perSecond }),
        ...(rested ? { rested } : {}),
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
