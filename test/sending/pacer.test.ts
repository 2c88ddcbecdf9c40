/** The pacer as tables: what is let go when, and what is not. No test waits. */
import { describe, expect, test } from '@jest/globals';
import { LATE_COUNTED_MS, LATE_MS } from '../../src/core/pace/pacing.ts';
import { bench, DATABASE_MS, type Named, steady } from './pacer-bench.ts';

describe('a claim in line', () => {
  test('goes at its send time, earliest first, however it came in', () => {
    const b = steady(80);
    const at = b.time.now;
    for (const [name, inMs] of [
      ['c', 60],
      ['a', 0],
      ['b', 30],
    ] as const)
      b.enter(name, { slot: at + inMs });
    expect(b.steps()).toEqual(['go a', 'wait 30']);
    b.time.now += 30;
    expect(b.steps()).toEqual(['go b', 'wait 30']);
    b.time.now += 30;
    expect(b.steps()).toEqual(['go c']);
    expect(b.pacer.next()).toBeUndefined();
  });

  test.each<[string, boolean, number, string]>([
    ['in turns, as late as it may be', false, LATE_MS, 'go'],
    ['in turns, later', false, LATE_MS + 1, 'missed'],
    ['of a share, as late as it may be', true, LATE_COUNTED_MS, 'go'],
    ['of a share, later', true, LATE_COUNTED_MS + 1, 'missed'],
  ])('%s', (_, share, lateMs, kind) => {
    const b = steady(80);
    b.answer(80, { share });
    b.enter('a', { slot: b.time.now - lateMs });
    expect(b.steps()).toEqual([`${kind} a`]);
  });

  test('is not sent after a suspension, of which only the wall clock tells', () => {
    const b = steady(80);
    b.enter('a');
    b.time.suspended += LATE_COUNTED_MS + 1;
    expect(b.steps()).toEqual(['missed a']);
    // What is asked for after the suspension is not late.
    b.enter('b');
    expect(b.steps()).toEqual(['go b']);
  });

  test.each([
    ['up to then', 0, 'go a'],
    ['not after it', 1, 'withheld a'],
  ])('is written while its lease outlasts the POST: %s', (_, afterMs, step) => {
    const b = steady(80);
    b.enter('a', { lastMs: b.time.now + 100, slot: b.time.now + 100 });
    b.time.now += 100 + afterMs;
    expect(b.steps()).toEqual([step]);
  });

  test('that is withheld goes back, the others go', () => {
    const b = steady(80);
    b.enter('a').withheld = true;
    b.enter('b');
    expect(b.steps()).toEqual(['withheld a', 'go b']);
    const later = b.enter('c', { slot: b.time.now + 1_000 });
    later.withheld = true;
    expect(b.steps()).toEqual(['withheld c']);
    expect(later.countedAt).toBeUndefined();
  });
});

test('no time of the database can be told before a claim was answered', () => {
  expect(() => bench().pacer.local(DATABASE_MS)).toThrow('no claim has been answered yet');
});

describe('the last look before the first byte', () => {
  test.each<[string, (b: ReturnType<typeof bench>, one: Named) => void, boolean]>([
    ['nothing has changed', () => undefined, true],
    ['it was withheld', (_, one) => Object.assign(one, { withheld: true }), false],
    [
      'its lease is too short by now',
      (b) => Object.assign(b.time, { now: b.time.now + 101 }),
      false,
    ],
    ['the machine was suspended', (b) => Object.assign(b.time, { suspended: 101 }), false],
  ])('%s', (_, happens, isWritten) => {
    const b = steady(80);
    const one = b.enter('a', { lastMs: b.time.now + 100 });
    expect(b.steps()).toEqual(['go a']);
    happens(b, one);
    expect(b.pacer.confirm(one)).toBe(isWritten);
    expect(b.pacer.takeCounts().posts).toBe(isWritten ? 1 : 0);
  });

  test('counts it again where its connection took its time, at the time it is written', () => {
    const b = steady(1);
    const one = b.enter('a');
    expect(b.steps()).toEqual(['go a']);
    b.time.now += 10;
    expect(b.pacer.confirm(one)).toBe(true);
    expect(one.countedAt).toBe(b.time.now);
  });

  test('holds it where another has its place in the second by then', () => {
    const b = steady(1);
    const one = b.enter('a', { lastMs: Infinity });
    expect(b.steps()).toEqual(['go a']);
    b.pacer.uncount(one);
    b.enter('b');
    expect(b.steps()).toEqual(['go b']);
    expect(b.pacer.confirm(one)).toBe(false);
  });
});

describe('the last second', () => {
  test('holds no more than the share, and lets the next one go when the first has left it', () => {
    const b = steady(2);
    for (const name of ['a', 'b', 'c']) b.enter(name);
    const went: string[] = [];
    let waited = 0;
    while (went.length < 3) {
      const next = b.pacer.next();
      if (next?.kind !== 'wait') went.push(String(next?.turn.name));
      else {
        waited += next.untilMs - b.time.now;
        b.time.now = next.untilMs;
        // As late as it may be, and not missed: a full second does not make it so.
        for (const one of [next]) expect(one.untilMs).toBeGreaterThan(0);
      }
      if (waited > LATE_COUNTED_MS) break;
    }
    // One at once, the second as fast as catching up allows; the third one's second is full.
    expect(went).toEqual(['a', 'b']);
  });

  test('has room again for what was counted and not written', () => {
    const b = steady(1);
    const one = b.enter('a');
    expect(b.steps()).toEqual(['go a']);
    b.enter('b');
    expect(b.steps()).toEqual(['wait 1012']);
    b.pacer.uncount(one);
    b.time.now += 50;
    expect(b.steps()).toEqual(['go b']);
  });

  test('of a process that just joined counts its share in proportion', () => {
    const b = bench();
    b.answer(40);
    for (let i = 0; i < 40; i += 1) b.enter(String(i));
    b.time.now += 150;
    let went = 0;
    for (let next = b.pacer.next(); next?.kind === 'go'; next = b.pacer.next()) went += 1;
    // 0.15 s of 40/s is 6, however many are due.
    expect(went).toBeLessThanOrEqual(6);
    expect(went).toBeGreaterThan(0);
  });

  test.each<[string, number, boolean]>([
    ['at once', 210, false],
    ['late', 810, false],
    ['late, after a claim that gave it nothing', 810, true],
  ])('gives way from when another one joined, told %s', (_, tell, between) => {
    const b = bench();
    b.answer(100, { nextMs: b.time.now + 10 });
    const at = b.time.now;
    let count = 0;
    for (let ms = 0; ms < 1_700; ms += 1) {
      b.time.now = at + ms;
      if (between && ms === 400) b.answer(100, { firstMs: at + 400 });
      if (ms >= tell && (ms - tell) % 100 === 0) b.answer(25, { nextMs: b.time.now + 10 });
      if (ms < 810) continue;
      b.enter('x');
      for (const step of b.steps()) if (step === 'go x') count += 1;
    }
    expect(count).toBe(25);
  });

  test('grows from when it is told, and not before', () => {
    const b = steady(10);
    for (let i = 0; i < 10; i += 1) {
      if (i > 0) b.time.now += 90;
      b.answer(10, { nextMs: b.time.now + 10 });
      b.enter(String(i));
      b.steps();
    }
    b.answer(20);
    b.time.now += 50;
    b.enter('more');
    expect(b.steps()).toEqual(['wait 10']);
  });
});

describe('a claim that missed its time', () => {
  test('waits for another, and is given out once', () => {
    const b = steady(80);
    const one = b.turn('a');
    b.pacer.miss(one);
    expect(b.pacer.missed).toBe(1);
    expect(b.pacer.takeMissed()).toEqual({ again: [one], tooOld: [] });
    expect([b.pacer.missed, b.pacer.takeMissed().again.length]).toEqual([0, 0]);
  });

  test.each<[string, (b: ReturnType<typeof bench>, one: Named) => void]>([
    ['it was withheld', (_, one) => Object.assign(one, { withheld: true })],
    ['its lease is too short', (b) => Object.assign(b.time, { now: b.time.now + 5_000 })],
    ['the machine was suspended for as long', (b) => Object.assign(b.time, { suspended: 5_000 })],
  ])('gets none where %s', (_, happens) => {
    const b = steady(80);
    const one = b.turn('a');
    b.pacer.miss(one);
    happens(b, one);
    expect(b.pacer.takeMissed()).toEqual({ again: [], tooOld: [one] });
  });
});

describe('the clock of the database', () => {
  test('is kept as bounds: a quick claim narrows what a slow one left open', () => {
    const b = bench();
    const ask = (tookMs: number) => {
      const askedAt = b.time.now;
      b.time.now += tookMs;
      const databaseNowMs = askedAt + DATABASE_MS;
      const answer = { claimed: [], left: [], done: [], again: [], lost: [], closed: false };
      b.pacer.answered(askedAt, { ...answer, rate: 80, databaseNowMs, nextSlotMs: databaseNowMs });
    };
    ask(100);
    expect(b.pacer.local(DATABASE_MS)).toBeCloseTo(50, 0);
    ask(2);
    expect(b.pacer.local(DATABASE_MS)).toBeCloseTo(1, 0);
  });

  test('slow claims are asked for further ahead', () => {
    const b = bench();
    const askedAt = b.time.now;
    expect(b.pacer.horizonMs).toBe(200);
    b.time.now += 130;
    b.pacer.took(askedAt);
    expect(b.pacer.horizonMs).toBe(360);
    expect(b.pacer.takeCounts()).toMatchObject({ claims: 1, claimMostMs: 130 });
  });
});
