/** A share of the rate: how it begins, what has a place in its last second, how far back it reaches. */
import { describe, expect, test } from '@jest/globals';
import { CATCH_UP_MS, IN_LINE_MS } from '../../src/core/pace/pacing.ts';
import { bench, steady } from './pacer-bench.ts';

describe('a send whose connection took its time', () => {
  /** Share 2/s: `b` went, then `a`; then the share is halved, and the last second is full without `a`. */
  function halved() {
    const b = steady(2);
    b.enter('b');
    expect(b.steps()).toEqual(['go b']);
    b.time.now += 320;
    const one = b.enter('a');
    expect(b.steps()).toEqual(['go a']);
    b.time.now += 1;
    b.answer(1);
    return { b, one };
  }

  test.each([
    [4, true],
    [5, false],
  ])('has its place for 5 ms, also where a second is full by then: %p ms more', (ms, isWritten) => {
    const { b, one } = halved();
    b.time.now += ms;
    expect(b.pacer.confirm(one)).toBe(isWritten);
  });

  test('that was not counted is not written', () => {
    const b = steady(80);
    expect(b.pacer.confirm(b.turn('a'))).toBe(false);
  });
});

describe('how a share begins', () => {
  const GROWS = ['go 0', 'wait 10'];
  // At once what 20 ms hold at half as fast again as 10/s.
  const FULL = ['go 0', 'wait 47'];
  const enter = (b: ReturnType<typeof bench>) => {
    for (const name of ['0', '1', '2']) b.enter(name);
    return b.steps();
  };

  test('of who just joined it grows, looked at every 10 ms', () => {
    const b = bench();
    b.answer(10);
    expect(b.pacer.share).toBe(10);
    expect(enter(b)).toEqual(GROWS);
  });

  test('of who just joined it grows from the first send time', () => {
    const b = bench();
    b.answer(40, { firstMs: b.time.now + 500 });
    b.time.now += 500;
    expect(enter(b)).toEqual(GROWS);
  });

  test('who takes turns is bound by the ledger alone, from the first claim on', () => {
    const b = bench();
    b.answer(10, { share: false });
    expect(b.pacer.share).toBeUndefined();
    expect(enter(b)).toEqual(FULL);
  });

  test.each([
    [1_000, FULL],
    [1_001, GROWS],
  ])('of who was away for more than a second it grows anew: %p ms', (ms, steps) => {
    const b = steady(10);
    b.time.now += ms;
    b.answer(10);
    expect(enter(b)).toEqual(steps);
  });

  test('it is the process’s own part, whatever the rate of all', () => {
    const b = bench();
    for (let i = 0; i < 4; i += 1) {
      b.answer(10, { rate: 80 });
      b.time.now += 400;
    }
    b.answer(10, { rate: 80 });
    expect(enter(b)).toEqual(FULL);
  });
});

describe('how a share is handed over', () => {
  /** Sends within each of so many ms, where one more is always due; the ledger answers all the time. */
  function sends(
    b: ReturnType<typeof bench>,
    forMs: number,
    answer: (ms: number) => void = () => {},
  ): readonly number[] {
    const from = b.time.now;
    const sent: number[] = [];
    for (let ms = 0; ms < forMs; ms += 1) {
      b.time.now = from + ms;
      if (ms % 50 === 0) answer(ms);
      b.enter('x');
      sent.push(b.steps().filter((step) => step === 'go x').length);
    }
    return sent;
  }
  const sum = (sent: readonly number[]) => sent.reduce((a, n) => a + n, 0);

  test('who begins where nobody has sent in the last second has all of it at once', () => {
    const b = bench();
    const at = b.time.now;
    const sent = sends(b, 200, () =>
      b.answer(100, { nextMs: b.time.now + 60, told: { rested: true } }),
    );
    expect(b.time.now - at).toBe(199);
    // Half as fast again as 100/s.
    expect(sum(sent)).toBeGreaterThanOrEqual(30);
    const other = bench();
    const grown = sends(other, 200, () => other.answer(100, { nextMs: other.time.now + 60 }));
    expect(sum(grown)).toBeLessThanOrEqual(20);
  });

  test('a share falls when it was said to, whether or not another claim is answered by then', () => {
    const b = steady(100);
    const falls = { atMs: b.time.now + 300, to: 20 };
    const sent = sends(b, 1_320, (ms) => {
      if (ms < 300) b.answer(100, { nextMs: b.time.now + 900, told: { falls } });
    });
    expect(sum(sent.slice(-1_000))).toBeLessThanOrEqual(20);
    expect(sum(sent.slice(0, 300))).toBeGreaterThan(40);
  });

  test('what is sent before leaves room for what the last second may hold after: also after a stall', () => {
    const b = steady(100);
    const falls = { atMs: b.time.now + 700, to: 20 };
    const from = b.time.now;
    // Nothing for 600 ms, then all of it.
    b.time.now += 600;
    const sent = sends(b, 1_200, () =>
      b.answer(b.time.now - from < 700 ? 100 : 20, {
        nextMs: b.time.now + 60,
        ...(b.time.now - from < 700 ? { told: { falls } } : {}),
      }),
    );
    for (let ms = 0; ms < 1_100; ms += 50) {
      const at = 600 + ms - 700;
      const may = at < 0 ? 100 : 100 - (80 * Math.min(at, 1_012)) / 1_012;
      expect(sum(sent.slice(Math.max(0, ms - 1_000), ms))).toBeLessThanOrEqual(may + 1);
    }
  });

  test('who gives way does so at the first moment that may be meant, who begins at the last', () => {
    const late = bench();
    // Its clock and the database's are known to 200 ms.
    late.answer(100, {
      askedMs: late.time.now - 200,
      nextMs: late.time.now + 50,
      told: { beginsMs: late.time.now + 50 },
    });
    late.enter('x');
    expect(late.steps()).toEqual(['wait 150']);

    const b = bench();
    b.answer(100, {
      askedMs: b.time.now - 200,
      nextMs: b.time.now + 5_000,
      told: { rested: true, falls: { atMs: b.time.now + 300, to: 1 } },
    });
    // 21 until then and when the first of them have left; 41 if it fell at the last moment.
    expect(sum(sends(b, 1_250))).toBeLessThanOrEqual(30);

    const told = bench();
    const from = told.time.now;
    told.answer(100, { askedMs: from - 200, nextMs: from + 1_500, told: { rested: true } });
    expect(sum(sends(told, 240))).toBeGreaterThanOrEqual(34);
    told.time.now = from + 800;
    told.answer(20, { askedMs: from + 600, nextMs: from + 1_500, told: { sinceMs: from } });
    told.enter('x');
    // 0.9 of a second after the first moment 29 may be in the last one, 0.7 after the last 45.
    expect(told.steps()).not.toContain('go x');
  });

  test('who was held up so long that the others had its share begins anew, and once', () => {
    const b = bench();
    const begins = b.time.now;
    for (let i = 0; i < 30; i += 1) {
      b.answer(100, { nextMs: b.time.now + 60, told: { beginsMs: begins } });
      b.time.now += 50;
    }
    const again = b.time.now;
    const sent = sends(b, 200, () =>
      b.answer(100, { nextMs: b.time.now + 60, told: { beginsMs: again } }),
    );
    expect(sum(sent)).toBeLessThanOrEqual(20);
    expect(sum(sent)).toBeGreaterThanOrEqual(15);
  });

  test('told late, it falls from when the other one began', () => {
    const b = steady(100);
    const from = b.time.now;
    b.answer(100, { nextMs: from + 1_500 });
    b.time.now = from + 800;
    b.answer(20, { nextMs: from + 1_500, told: { sinceMs: from } });
    // 0.8 of the second have passed: what is left of 80 too many is 16.
    expect(sum(sends(b, 212))).toBeLessThanOrEqual(36);
    expect(
      sum(sends(b, 1_012, () => b.answer(20, { nextMs: b.time.now + 60 }))),
    ).toBeLessThanOrEqual(21);
  });

  test('who has not heard of the ledger since 200 ms after its last send time gives way as if to others', () => {
    const silent = steady(100);
    silent.answer(100, { nextMs: silent.time.now + 10 });
    const from = silent.time.now;
    silent.time.now = from + 210;
    const sent = sum(sends(silent, 1_012));
    expect(sent).toBeLessThan(60);
    const heard = steady(100);
    heard.answer(100, { nextMs: heard.time.now + 10 });
    heard.time.now += 210;
    const all = sends(heard, 1_012, () => heard.answer(100, { nextMs: heard.time.now + 60 }));
    expect(sum(all)).toBeGreaterThan(95);
  });
});

describe('how far back send times are claimed', () => {
  /** A share of 10/s in force for long, with `sent` sends 100 ms apart, the last one now. */
  function sending(sent: number) {
    const b = steady(10);
    for (let i = 0; i < sent; i += 1) {
      if (i > 0) b.time.now += 100;
      b.enter(String(i));
      expect(b.steps()).toEqual([`go ${i}`]);
    }
    return b;
  }

  test('as far as may be, while the last second has room', () => {
    expect(sending(5).pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('as far as the last second has had room for what is in line and one more', () => {
    const b = sending(10);
    // The oldest leaves 112 ms from now, the next 212.
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 112, 6);
    b.enter('waits');
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 212, 6);
  });

  test('what is withheld, or waits for another send time, takes no room', () => {
    const b = sending(10);
    b.enter('paused').withheld = true;
    b.pacer.miss(b.turn('missed'));
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 112, 6);
  });

  test('as far as may be, while its share shrinks', () => {
    const b = sending(10);
    b.answer(5);
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('as far as may be, while it takes turns, however full the last second is', () => {
    const b = sending(10);
    b.answer(10, { share: false });
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });

  test('by a share in full at once, for who took turns before', () => {
    const b = sending(10);
    b.answer(10, { share: false });
    b.answer(5);
    // The sixth of ten leaves 512 ms later than the first.
    expect(b.pacer.reachBackMs()).toBeCloseTo(IN_LINE_MS - 612, 6);
  });

  test('as far as may be, while its share grows or it takes turns', () => {
    const b = sending(10);
    b.answer(20);
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
    b.answer(20, { share: false });
    expect(b.pacer.reachBackMs()).toBe(CATCH_UP_MS);
  });
});
