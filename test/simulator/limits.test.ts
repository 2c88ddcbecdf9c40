import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mayAsk, PairBook } from '../../src/simulator/pair-book.ts';
import { RateMeter } from '../../src/simulator/rate-meter.ts';
import { SlidingWindow } from '../../src/simulator/sliding-window.ts';
import { send, start } from './support.ts';

const ANN = '+16505551234';
const DAY = 86_400_000;
const person = (i: number): string => `+4915110${String(i).padStart(6, '0')}`;

describe('the sliding second', () => {
  it('agrees with a naive count over any arrivals', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (gaps) => {
        const window = new SlidingWindow(1000);
        const times: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          times.push(now);
          expect(window.add(now)).toBe(times.filter((t) => t > now - 1000 && t <= now).length);
        }
      }),
    );
  });

  it('frees a place exactly a second after it was taken', () => {
    const window = new SlidingWindow(1000);
    expect(window.tryAdd(10, 2)).toBe(true);
    expect(window.tryAdd(500, 2)).toBe(true);
    expect(window.tryAdd(1009.9, 2)).toBe(false);
    expect(window.tryAdd(1010, 2)).toBe(true);
    expect(window.tryAdd(1499, 2)).toBe(false);
  });

  it('stays small over a million arrivals', () => {
    const window = new SlidingWindow(1000);
    for (let i = 0; i < 1_000_000; i += 1) window.add(i);
    expect(window.count(999_999)).toBe(1000);
  });

  it('is remembered at its worst, and by whole seconds', () => {
    const meter = new RateMeter();
    for (const at of [0, 900, 950, 1000, 1800, 5000]) meter.arrive(at);
    expect(meter.figures()).toEqual({
      arrivals: 6,
      worstSecond: 4,
      firstMs: 0,
      lastMs: 5000,
      perSecond: [
        { second: 0, arrivals: 3 },
        { second: 1, arrivals: 2 },
        { second: 5, arrivals: 1 },
      ],
    });
  });
});

describe('messages per second', () => {
  it('above the rate is 130429 with HTTP 400, and the arrivals are all counted', async () => {
    const simulator = await start({ messagesPerSecond: 1 });
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, i) => send(simulator, person(i))),
    );
    const throttled = replies.filter((reply) => reply.code === 130429);
    expect(throttled.length).toBeGreaterThan(0);
    expect(throttled.every((reply) => reply.status === 400)).toBe(true);
    const stats = simulator.stats();
    expect(stats.codes[130429]).toBe(throttled.length);
    expect(stats.accepted).toBe(30 - throttled.length);
    expect(stats.rate[simulator.phoneNumberId]?.arrivals).toBe(30);
  });

  it('is counted for each sender by itself and can be changed', async () => {
    const simulator = await start({
      senders: [
        { messagesPerSecond: 1 },
        { phoneNumberId: '2', displayPhoneNumber: '+4930901821', messagesPerSecond: 10_000 },
      ],
    });
    simulator.apply({ set: 'rate', messagesPerSecond: 5_000 });
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send(simulator, person(i))),
    );
    expect(replies.every((reply) => reply.status === 200)).toBe(true);
    expect(simulator.stats().rate['2']?.arrivals).toBe(0);
  });

  it('shows its use in x-business-use-case-usage when told to', async () => {
    const simulator = await start({ usageHeader: 'off' });
    expect((await send(simulator, ANN)).headers.has('x-business-use-case-usage')).toBe(false);
    simulator.apply({ set: 'usage', usage: { percent: 95, regainMinutes: 3 } });
    const header = (await send(simulator, ANN)).headers.get('x-business-use-case-usage') ?? '';
    expect(JSON.parse(header)[simulator.businessAccountId]).toEqual([
      expect.objectContaining({
        type: 'whatsapp',
        call_count: 95,
        estimated_time_to_regain_access: 3,
      }),
    ]);
  });
});

describe('the pair limit', () => {
  it('lets one through in 24 hours and two in 7 days, by the simulated calendar', async () => {
    const simulator = await start();
    const codes: (number | undefined)[] = [];
    const ask = async (): Promise<void> => {
      codes.push((await send(simulator, ANN)).code);
    };
    await ask();
    await ask();
    simulator.advanceClock(DAY);
    await ask();
    simulator.advanceClock(DAY);
    await ask();
    simulator.advanceClock(5 * DAY);
    await ask();
    expect(codes).toEqual([undefined, 138009, undefined, 138009, undefined]);
    expect(simulator.stats()).toMatchObject({
      persons: 1,
      people: { '16505551234': { posts: 5, accepted: 3 } },
      askedTwice: { overAllowance: 0, acceptedMoreThanOnce: 1, postedMoreThanOnce: 1 },
    });
  });

  it('hangs on the business number, is reset by a connected call, and differs for sandboxes', async () => {
    const simulator = await start({
      senders: [
        { tokens: ['A'] },
        {
          phoneNumberId: '2',
          displayPhoneNumber: '+4930901821',
          tokens: ['A'],
          pairLimit: { perDay: 25, perWeek: 100 },
        },
      ],
    });
    const other = { ...simulator, phoneNumberId: '2' };
    expect((await send(simulator, ANN)).status).toBe(200);
    expect((await send(other, ANN)).status).toBe(200);
    expect((await send(other, ANN)).status).toBe(200);
    expect((await send(simulator, ANN)).code).toBe(138009);
    simulator.apply({ set: 'connected-call', number: ANN });
    expect((await send(simulator, ANN)).status).toBe(200);
  });

  it('counts what somebody else asked before', async () => {
    const simulator = await start({ people: [{ number: ANN, askedAgoMs: [DAY / 2] }] });
    expect((await send(simulator, ANN)).code).toBe(138009);
    expect(simulator.stats().people?.['16505551234']).toEqual({ posts: 1, accepted: 0 });
  });

  it('not enforced, is still judged in the figures', async () => {
    const simulator = await start({ pairLimit: { enforce: false } });
    await send(simulator, ANN);
    expect((await send(simulator, ANN)).status).toBe(200);
    expect(simulator.stats().askedTwice).toEqual({
      overAllowance: 1,
      acceptedMoreThanOnce: 1,
      postedMoreThanOnce: 1,
      persons: ['16505551234'],
    });
  });

  it('never holds more than allowed in any window, whatever the times', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 2 * DAY }), { maxLength: 40 });
    fc.assert(
      fc.property(gaps, (list) => {
        const book = new PairBook();
        const asked: number[] = [];
        let now = 1_000_000;
        for (const gap of list) {
          now += gap;
          const usages = book.usages('1', '2', { perDay: 1, perWeek: 2 }, now);
          if (!mayAsk(usages)) {
            const frees = Math.max(usages.day.freesAt ?? 0, usages.week.freesAt ?? 0);
            expect(mayAsk(book.usages('1', '2', { perDay: 1, perWeek: 2 }, frees))).toBe(true);
            continue;
          }
          book.ask('1', '2', now);
          asked.push(now);
        }
        for (const at of asked) {
          expect(asked.filter((t) => t > at - DAY && t <= at).length).toBeLessThanOrEqual(1);
          expect(asked.filter((t) => t > at - 7 * DAY && t <= at).length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});

it('messages to one person faster than the pair rate are 131056', async () => {
  const simulator = await start({
    pairRate: { messages: 1, perMs: 600_000 },
    pairLimit: { enforce: false },
  });
  expect((await send(simulator, ANN)).status).toBe(200);
  expect((await send(simulator, ANN)).code).toBe(131056);
  expect((await send(simulator, '+16505551235')).status).toBe(200);
});
