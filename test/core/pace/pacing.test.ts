import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countedRate, lastSecond } from '../../../src/core/pace/last-second.ts';
import {
  concurrencyFor,
  connectionsFor,
  HORIZON_MOST_MS,
  HORIZON_MS,
  horizonFor,
  isMissed,
  LATE_COUNTED_MS,
  LATE_MS,
  localRange,
  narrow,
  nextClaimAt,
  SHARE_LEAST,
  STEP_FACTOR,
  slowestOf,
  toLocal,
} from '../../../src/core/pace/pacing.ts';

/** The most times within any sliding second. */
function worstSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let worst = 0;
  for (const [i, at] of sorted.entries()) {
    while (at - (sorted[first] as number) >= 1_000) first += 1;
    worst = Math.max(worst, i - first + 1);
  }
  return worst;
}

describe('invariant 4: never above the rate', () => {
  test('steps of 1.02 / rate, each late by up to what is not missed, hold it in any second', () => {
    const late = fc.array(fc.double({ min: 0, max: LATE_MS, noNaN: true }), {
      minLength: 50,
      maxLength: 400,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), late, (rate, lateness) => {
        const step = (1_000 / rate) * STEP_FACTOR;
        const sends = lateness.map((ms, i) => i * step + ms);
        expect(worstSecond(sends)).toBeLessThanOrEqual(rate);
      }),
    );
  });

  test('they hold 0.97 of it and more', () => {
    expect(1 / STEP_FACTOR).toBeGreaterThan(0.97);
  });

  test('processes that count their shares keep to the rate together, however late each fires', () => {
    const pauses = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: SHARE_LEAST, max: 300 }),
        fc.array(pauses, { minLength: 1, maxLength: 4 }),
        (rate, processes) => {
          const sent = processes.flatMap((waits, i) => {
            const share =
              Math.floor(rate / processes.length) + (i < rate % processes.length ? 1 : 0);
            const sends = lastSecond();
            let now = 0;
            return waits.map((wait) => {
              now = sends.freeAt(now + wait, share);
              sends.add(now, share);
              return now;
            });
          });
          expect(worstSecond(sent)).toBeLessThanOrEqual(rate);
        },
      ),
    );
  });

  test('a process alone keeps to it by counting, however late it fires', () => {
    const pauses = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), pauses, (rate, waits) => {
        const sends = lastSecond();
        const sent: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now = sends.freeAt(now + wait, rate);
          sends.add(now, rate);
          sent.push(now);
        }
        expect(worstSecond(sent)).toBeLessThanOrEqual(rate);
      }),
    );
  });

  test('the last second counts whole messages, and one at least', () => {
    const sends = lastSecond();
    expect(sends.freeAt(0, 0.3)).toBe(0);
    sends.add(0, 0.3);
    expect(sends.freeAt(10, 0.3)).toBe(1_012);
    expect(sends.freeAt(10, 1.9)).toBe(1_012);
    expect(sends.freeAt(700, 2)).toBe(700);
    expect(sends.freeAt(1_500, 1)).toBe(1_500);
  });

  test('a send that did not happen counts no more', () => {
    const sends = lastSecond();
    for (const at of [0, 400]) sends.add(at, 2);
    expect(sends.freeAt(800, 2)).toBe(1_012);
    sends.drop(0, 2);
    expect(sends.freeAt(401, 2)).toBe(401);
    expect(sends.freeAt(800, 2)).toBe(800);
    sends.drop(0, 2);
    expect(sends.freeAt(800, 1)).toBe(1_412);
  });

  test.each([
    [80, 40, 0, 80],
    [80, 40, 506, 60],
    [80, 40, 1_012, 40],
    [80, 40, 9_000, 40],
    [40, 80, 0, 40],
    [0, 80, 202.4, 16],
    [40, 80, 1_012, 80],
  ])(
    'from %d to %d a second: after %d ms the last second may hold %d',
    (before, now, after, most) => {
      expect(countedRate({ before, now, atMs: 5_000 }, 5_000 + after)).toBeCloseTo(most, 6);
    },
  );

  test.each([
    [0, 1_012, 'nothing before it: when the oldest leaves'],
    [1, 1_212, 'one before it: when the next leaves'],
    [2, 1_412, 'two'],
    [3, 1_512, 'more than there were sends: not known, a second from now'],
  ])('with %d to go before it, there is room at %d ms (%s)', (before, at) => {
    const sends = lastSecond();
    for (const sent of [0, 200, 400]) sends.add(sent, 3);
    expect(sends.roomAt(500, 3, before)).toBe(at);
  });

  test('a last second that is not full has had room since the send it forgot', () => {
    const sends = lastSecond();
    expect(sends.roomAt(500, 3, 2)).toBe(Number.NEGATIVE_INFINITY);
    for (const sent of [0, 1_000, 1_100]) sends.add(sent, 3);
    expect(sends.roomAt(1_900, 3, 0)).toBe(1_012);
  });

  test('who catches up sends half as fast again, never a burst', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1_000 }), (rate) => {
        const sends = lastSecond();
        const sent: number[] = [];
        let now = 10_000;
        for (let i = 0; i < rate / 2; i += 1) {
          now = sends.freeAt(now, rate);
          sends.add(now, rate);
          sent.push(now);
        }
        const within = (ms: number) =>
          Math.max(...sent.map((at) => sent.filter((b) => b >= at && b < at + ms).length));
        expect(within(100)).toBeLessThanOrEqual(Math.ceil(0.18 * rate) + 1);
        expect(within(1)).toBeLessThanOrEqual(Math.ceil(rate / 30) + 1);
      }),
      { numRuns: 30 },
    );
  });

  test('the last second forgets what left it, in flat memory', () => {
    const sends = lastSecond();
    for (let i = 0; i < 20_000; i += 1) sends.add(i, 1_000);
    expect(sends.freeAt(20_010, 1_000)).toBe(20_012);
    expect(sends.freeAt(20_000, 500)).toBe(20_512);
  });
});

describe('a send time', () => {
  test.each([
    [100, 100, false, false],
    [99, 100, false, false],
    [100 + LATE_MS, 100, false, false],
    [100 + LATE_MS + 0.1, 100, false, true],
    [100 + LATE_MS + 0.1, 100, true, false],
    [100 + LATE_COUNTED_MS, 100, true, false],
    [100 + LATE_COUNTED_MS + 0.1, 100, true, true],
    [90_000, 100, true, true],
  ])('at %d ms for %d ms, alone %s: missed %s', (now, slot, alone, missed) => {
    expect(isMissed(now, slot, alone)).toBe(missed);
  });
});

describe('the database’s clock on this process’s', () => {
  const DATABASE = 1_795_000_000_000;

  test('one exchange: half of its round trip is the error at most', () => {
    const bounds = narrow(undefined, 1_000, 1_020, DATABASE + 1_007);
    expect(Math.abs(toLocal(bounds, DATABASE + 1_007) - 1_010)).toBeLessThanOrEqual(10);
  });

  test('many exchanges never widen the error, whatever each took', () => {
    const trips = fc.array(fc.tuple(fc.nat(80), fc.nat(80)), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(trips, (exchanges) => {
        let bounds: ReturnType<typeof narrow> | undefined;
        let now = 0;
        let width = Number.POSITIVE_INFINITY;
        for (const [there, back] of exchanges) {
          const [sent, read, received] = [now, now + there, now + there + back];
          bounds = narrow(bounds, sent, received, DATABASE + read);
          // The true offset is always within them.
          expect(bounds.low).toBeLessThanOrEqual(DATABASE);
          expect(bounds.high).toBeGreaterThanOrEqual(DATABASE);
          expect(bounds.high - bounds.low).toBeLessThanOrEqual(Math.min(width, there + back) + 1);
          width = bounds.high - bounds.low;
          now = received + 10;
        }
      }),
    );
  });

  test('the first and the last moment that may be meant are a round trip apart, the middle is as likely', () => {
    const bounds = narrow(undefined, 1_000, 1_020, DATABASE + 1_007);
    expect(localRange(bounds, DATABASE + 1_007)).toEqual({ first: 1_000, last: 1_020 });
    expect(toLocal(bounds, DATABASE + 1_007)).toBe(1_010);
  });

  test('a clock that was set is taken as it is now', () => {
    const before = narrow(undefined, 0, 2, DATABASE);
    const after = narrow(before, 1_000, 1_002, DATABASE - 3_600_000);
    expect(toLocal(after, DATABASE - 3_600_000)).toBeCloseTo(1_001, 0);
  });
});

describe('when and how much to claim', () => {
  test.each([
    [1_000, 1_050, 200, 1_090],
    [1_000, 1_000, 200, 1_040],
    [2_000, 1_000, 200, 1_900],
    [2_000, 1_000, 400, 1_700],
  ])('next send time %d, now %d, %d ahead: at %d', (next, now, horizon, at) => {
    expect(nextClaimAt(next, now, horizon)).toBe(at);
  });

  test.each([
    [0, 200],
    [50, 200],
    [100, 300],
    [400, 900],
    [900, HORIZON_MOST_MS],
  ])('claims that took up to %d ms: %d ms ahead', (slowest, horizon) => {
    expect(horizonFor(slowest)).toBe(horizon);
  });

  test('a slow claim is remembered for a while, and a slower one at once', () => {
    let slowest = slowestOf(0, 400);
    for (let i = 0; i < 70; i += 1) slowest = slowestOf(slowest, 5);
    expect(slowest).toBeGreaterThan(150);
    for (let i = 0; i < 700; i += 1) slowest = slowestOf(slowest, 5);
    expect(slowest).toBe(5);
    expect(slowestOf(slowest, 90)).toBe(90);
  });

  test.each([
    [0.5, 50, 2],
    [2, 50, 4],
    [80, 200, 144],
    [250, 50, 394],
    [1_000, 1_000, 3_000],
    [5_000, 5_000, 4_000],
  ])('%d a second at %d ms of latency: %d rows held', (rate, latency, rows) => {
    expect(concurrencyFor(rate, latency)).toBe(rows);
  });

  test('connections are never fewer than ten', () => {
    expect([connectionsFor(1, 50), connectionsFor(80, 200)]).toEqual([10, 144]);
  });

  test('the rows held are enough for the rate at any latency up to the bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        (r, l) => {
          const rows = concurrencyFor(r, l);
          if (rows < 4_000) expect((rows / (HORIZON_MS + l)) * 1_000).toBeGreaterThanOrEqual(r);
        },
      ),
    );
  });
});
