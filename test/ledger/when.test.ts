import { describe, expect, test } from '@jest/globals';
import { accepted, feedRows, newNumber, rejected, useLedger } from './support.ts';

const bench = useLedger();
const HOUR = 3_600_000;

const numbers = (n: number) => Array.from({ length: n }, newNumber);

async function quietUntil(zones: string[], from: string, to: string, at: string) {
  const [row] = await bench.rows<{ ends: Date | number | null }>(
    'select quiet_until($1, $2, $3, $4) as ends',
    [zones, from, to, at],
  );
  return row?.ends instanceof Date ? row.ends.toISOString() : row?.ends;
}

describe('quiet hours', () => {
  test.each([
    ['in the evening', 'Europe/Berlin', '2026-01-10T21:30:00Z', '2026-01-11T07:00:00.000Z'],
    ['in the morning', 'Europe/Berlin', '2026-01-10T06:59:00Z', '2026-01-10T07:00:00.000Z'],
    ['at their first minute', 'Europe/Berlin', '2026-01-10T20:00:00Z', '2026-01-11T07:00:00.000Z'],
    ['at their end', 'Europe/Berlin', '2026-01-10T07:00:00Z', null],
    ['by day', 'Europe/Berlin', '2026-01-10T12:00:00Z', null],
    ['by half an hour', 'Asia/Calcutta', '2026-01-10T16:00:00Z', '2026-01-11T02:30:00.000Z'],
    [
      'over the change to summer time',
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-03-29T06:00:00.000Z',
    ],
    ['over the change back', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T07:00:00.000Z'],
  ])('%s in one zone', async (_, zone, at, ends) => {
    expect(await quietUntil([zone], '21:00', '08:00', at)).toBe(ends);
  });

  test('by day, from noon to two', async () => {
    const at = '2026-01-10T12:30:00Z';
    expect(await quietUntil(['Etc/UTC'], '12:00', '14:00', at)).toBe('2026-01-10T14:00:00.000Z');
    expect(await quietUntil(['Etc/UTC'], '12:00', '14:00', '2026-01-10T14:00:00Z')).toBeNull();
  });

  test('of all zones where a number can lie in several', async () => {
    // 21:00 in New York is 18:00 in Los Angeles; 08:00 there is 11:00 in New York.
    const zones = ['America/New_York', 'America/Los_Angeles'];
    expect(await quietUntil(zones, '21:00', '08:00', '2026-01-11T02:30:00Z')).toBe(
      '2026-01-11T16:00:00.000Z',
    );
  });

  test('that leave no hour at all are told as such', async () => {
    const zones = ['Pacific/Auckland', 'Europe/London', 'America/Los_Angeles'];
    expect(await quietUntil(zones, '20:00', '10:00', '2026-01-11T02:30:00Z')).toBe(Infinity);
  });

  test('nobody is claimed in them, and everybody after them', async () => {
    const senderId = await bench.sender();
    const [{ clock } = { clock: '' }] = await bench.rows<{ clock: string }>(
      "select to_char(now_() at time zone 'Etc/UTC', 'HH24:MI') as clock",
    );
    const [hour = 0, minute = 0] = clock.split(':').map(Number);
    const at = (h: number) =>
      `${String((hour + h + 24) % 24).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    const campaign = await bench.campaign(senderId, numbers(3), {
      quietHours: { from: at(-1), to: at(2) },
      recipient: { zones: ['Etc/UTC'] },
    });
    expect(await bench.claim(senderId)).toEqual([]);
    const waits = await bench.rows(
      "select distinct state, reason, due_at between now_() + interval '118 min' and now_() + interval '121 min' as at_end from requests where campaign_id = $1",
      [campaign],
    );
    expect(waits).toEqual([{ state: 'pending', reason: 'quiet-hours', at_end: true }]);
    await bench.advance(2 * HOUR + 60_000);
    expect(await bench.claim(senderId)).toHaveLength(3);
  });
});

describe('start and end of a campaign', () => {
  test('nobody before its start, nobody after its end, a line’s own times within them', async () => {
    const senderId = await bench.sender();
    const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
    const campaign = await bench.campaign(senderId, numbers(2), {
      startAt: new Date(now.getTime() + HOUR),
      expireAt: new Date(now.getTime() + 3 * HOUR),
    });
    expect(await bench.claim(senderId)).toEqual([]);
    await bench.advance(HOUR + 1_000);
    expect(await bench.claim(senderId)).toHaveLength(2);
    expect(await bench.states(campaign)).toEqual(['sending', 'sending']);
  });

  test('who was not asked in time is expired, also after an outage of a day', async () => {
    const senderId = await bench.sender();
    const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
    const campaign = await bench.campaign(senderId, numbers(2), {
      expireAt: new Date(now.getTime() + HOUR),
    });
    await bench.advance(25 * HOUR);
    expect(await bench.ledger.sending.expire()).toBe(2);
    expect(await bench.claim(senderId)).toEqual([]);
    expect(await bench.states(campaign)).toEqual(['expired', 'expired']);
  });

  test('a claim says how long it may still be sent', async () => {
    const senderId = await bench.sender();
    const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
    await bench.campaign(senderId, numbers(1), { expireAt: new Date(now.getTime() + 2_000) });
    const [claim] = await bench.claim(senderId);
    expect(claim?.expiresMs).toBeGreaterThan(0);
    expect(claim?.expiresMs).toBeLessThanOrEqual(2_000);
  });
});

describe('the daily budget', () => {
  const keep = (senderId: string, limit: number | null, portfolio = `p${senderId}`) =>
    bench.ledger.senders.budget({ senderId, portfolio, limit });

  async function all(senderId: string) {
    const claimed = [];
    for (;;) {
      const more = await bench.claim(senderId);
      if (more.length === 0) return claimed;
      claimed.push(...more);
    }
  }

  test('bounds people in a moving 24 hours, exactly', async () => {
    const senderId = await bench.sender(1_000);
    await keep(senderId, 10);
    await bench.campaign(senderId, numbers(15));
    const first = await all(senderId);
    expect(first).toHaveLength(10);
    await bench.ledger.sending.record(first.map(accepted));
    await keep(senderId, 10);
    expect(await all(senderId)).toHaveLength(0);
    await bench.advance(24 * HOUR + 1_000);
    await keep(senderId, 10);
    expect(await all(senderId)).toHaveLength(5);
  });

  test('is shared by the senders of a portfolio', async () => {
    const [a, b] = [await bench.sender(1_000), await bench.sender(1_000)];
    const portfolio = `shared-${a}`;
    await keep(a, 10, portfolio);
    await keep(b, 10, portfolio);
    await bench.campaign(a, numbers(7));
    await bench.campaign(b, numbers(7));
    expect((await all(a)).length + (await all(b)).length).toBe(10);
  });

  test('is not lifted by somebody who does not know all limits, while a lower one holds', async () => {
    const senderId = await bench.sender(1_000);
    const portfolio = `p${senderId}`;
    const said = (limit: number | null, keepLower: boolean) =>
      bench.ledger.senders.budget({ senderId, portfolio, limit, keepLower });
    const held = async () =>
      (await bench.ledger.senders.list()).find((s) => s.senderId === senderId)?.budget?.limit;
    await said(2_000, true);
    expect(await held()).toBe(2_000);
    await said(1_000, true);
    await said(2_000, true);
    await said(null, true);
    expect(await held()).toBe(1_000);
    await bench.rows(
      `update portfolios set counted_at = counted_at - interval '6 minutes' where id = '${portfolio}'`,
    );
    await said(2_000, true);
    expect(await held()).toBe(2_000);
    await said(3_000, false);
    expect(await held()).toBe(3_000);
  });

  test('a refusal gives the place back, an unknown outcome keeps it', async () => {
    const senderId = await bench.sender(1_000);
    await keep(senderId, 2);
    await bench.campaign(senderId, numbers(4));
    const [one, two] = await all(senderId);
    if (one === undefined || two === undefined) throw new Error('two were to be claimed');
    await bench.ledger.sending.record([rejected(one)]);
    await keep(senderId, 2);
    expect(await all(senderId)).toHaveLength(1);
  });

  test('says when the next place frees, and nothing while there is room', async () => {
    const senderId = await bench.sender(1_000);
    const budget = async () =>
      (await bench.ledger.senders.list()).find((s) => s.senderId === senderId)?.budget;
    await keep(senderId, 1);
    expect(await budget()).toMatchObject({ limit: 1, remaining: 1, freesAt: null });
    await bench.campaign(senderId, numbers(2));
    await all(senderId);
    await keep(senderId, 1);
    const [{ now } = { now: new Date() }] = await bench.rows<{ now: Date }>('select now_() as now');
    const hours = ((await budget())?.freesAt?.getTime() ?? 0) - now.getTime();
    expect(hours / HOUR).toBeCloseTo(24, 1);
  });
});

describe('several campaigns on one sender', () => {
  test('share it by weight', async () => {
    const senderId = await bench.sender();
    const light = await bench.campaign(senderId, numbers(60));
    const heavy = await bench.campaign(senderId, numbers(60), { weight: 3 });
    await feedRows(bench, { senderId, limit: 40 });
    const queued = async (id: string) =>
      (await bench.states(id)).filter((state) => state === 'queued').length;
    expect([await queued(light), await queued(heavy)]).toEqual([10, 30]);
  });

  test('single requests go before all of them, also when only they are asked for', async () => {
    const senderId = await bench.sender();
    const bulk = await bench.campaign(senderId, numbers(20));
    const single = await bench.campaign(senderId, numbers(1), { single: true });
    const jobs = await bench.ledger.sending.feed({
      ...{ senderId, limit: 10, batchSize: 250, singlesOnly: true },
    });
    expect(jobs).toMatchObject([{ single: true, size: 1 }]);
    expect(await bench.states(single)).toEqual(['queued']);
    expect(new Set(await bench.states(bulk))).toEqual(new Set(['pending']));
  });
});
