/** Who is told what, and when: one event of a person at a time, again where it was not taken, and given up after a day. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { accepted, useLedger } from '../ledger/support.ts';
import { DAY_MS, eventsBench, typesOf } from './support.ts';

const bench = useLedger();
const { store, relay, subscribe, take, drain } = eventsBench(bench);

const status = (
  senderId: string,
  wamid: string,
  is: 'sent' | 'delivered' | 'read' | 'failed',
  more = {},
) =>
  bench.ledger.evidence.applyStatuses([{ senderId, wamid, status: is, at: new Date(), ...more }]);

beforeEach(relay);

describe('who is told what', () => {
  test('one event of a person is under way, the next waits; other people go on', async () => {
    const id = await subscribe(['request.accepted', 'request.delivered']);
    const sender = await bench.sender();
    await bench.campaign(sender, 2);
    const [one, two] = await bench.claim(sender);
    if (one === undefined || two === undefined) throw new Error('nothing was claimed');
    await bench.ledger.sending.record([accepted(one)]);
    await status(sender, accepted(one).wamid ?? '', 'delivered');
    await bench.ledger.sending.record([accepted(two)]);
    const first = await take(id);
    expect(first.map(({ event }) => event?.data.to)).toEqual([one.to, two.to]);
    expect(typesOf(first)).toEqual(['request.accepted', 'request.accepted']);
    const pos = first.map((each) => each.pos);
    const finish = (ends: readonly { pos: string; end: 'ok' | 'later'; delayMs?: number }[]) =>
      store().finish({ subscription: id, claim: 'claim', ends, giveUpMs: DAY_MS });
    await finish([
      { pos: pos[0] ?? '', end: 'later', delayMs: 3_600_000 },
      { pos: pos[1] ?? '', end: 'ok' },
    ]);
    expect(await take(id)).toEqual([]);
    await bench.advance(3_600_001);
    const again = await take(id);
    expect(again.map((each) => [each.pos, each.tries])).toEqual([[pos[0], 2]]);
    await finish([{ pos: pos[0] ?? '', end: 'ok' }]);
    expect(typesOf(await take(id))).toEqual(['request.delivered']);
  });

  test('what a dead process held is taken again, and its late word counts no more', async () => {
    const id = await subscribe(['sender.paused']);
    const sender = await bench.sender();
    await bench.rows('update senders set closed_at = now() where id = $1', [sender]);
    const [held] = await take(id, { claim: 'dead', leaseMs: 1_000 });
    expect(await take(id, { claim: 'other' })).toEqual([]);
    await bench.advance(1_001);
    const [again] = await take(id, { claim: 'other' });
    expect(again?.event?.id).toBe(held?.event?.id);
    const ends = [{ pos: held?.pos ?? '', end: 'ok' as const }];
    await store().finish({ subscription: id, claim: 'dead', ends });
    expect((await store().standing()).find((one) => one.id === id)?.pending).toBe(1);
    await store().finish({ subscription: id, claim: 'other', ends });
    expect((await store().standing()).find((one) => one.id === id)?.pending).toBe(0);
  });

  test('after a day one is given up and the next of the person has its turn; a replay tells it again', async () => {
    const id = await subscribe(['campaign.paused', 'campaign.started']);
    const sender = await bench.sender();
    await bench.campaign(sender, 1);
    const [first] = await take(id);
    const since = new Date(first?.event?.occurredAt ?? '');
    const [campaign] = await bench.rows<{ id: string }>(
      'select id from campaigns where sender_id = $1',
      [sender],
    );
    await bench.ledger.campaigns.transition({
      ...{ id: campaign?.id ?? '', from: ['running'], to: 'paused' },
    });
    await relay();
    await bench.advance(DAY_MS);
    const ends = [{ pos: first?.pos ?? '', end: 'later' as const, delayMs: 1, error: '500' }];
    await store().finish({ subscription: id, claim: 'claim', ends, giveUpMs: DAY_MS });
    const dead = await store().list({ state: 'dead', limit: 10 });
    expect(dead.map((event) => [event.id, event.lastError])).toEqual([[first?.event?.id, '500']]);
    expect(typesOf(await drain(id))).toEqual(['campaign.paused']);
    const event = first?.event?.id ?? '';
    expect(await store().replayDead({ event, subscription: 'another' })).toBe(0);
    expect(await store().replayDead({ event: 'evt_0_0' })).toBe(0);
    expect(await store().replayDead({ event })).toBe(1);
    expect((await drain(id)).map((one) => one.event?.id)).toEqual([event]);
    // It was told now: there is nobody with whom it is given up.
    expect(await store().replayDead({ event })).toBe(0);
    expect(await store().replay({ subscription: id, since, types: ['campaign.started'] })).toBe(1);
    expect((await drain(id)).map(({ event }) => event?.id)).toEqual([first?.event?.id]);
    // What was told is told again.
    expect(await store().replay({ subscription: id, since })).toBeGreaterThan(1);
    expect(typesOf(await drain(id)).slice(-2)).toEqual(['campaign.started', 'campaign.paused']);
    expect(await store().replay({ subscription: 'nobody', since })).toBeUndefined();
  });

  test('old days are dropped, with what waits of them', async () => {
    const id = await subscribe(['sender.paused']);
    const sender = await bench.sender();
    await bench.rows('update senders set closed_at = now() where id = $1', [sender]);
    await relay();
    await store().keepDays(7);
    expect(await store().list({ types: ['sender.paused'], limit: 1 })).toHaveLength(1);
    await bench.advance(8 * DAY_MS);
    await store().keepDays(7);
    expect(await store().list({ limit: 10 })).toEqual([]);
    expect(await take(id)).toEqual([]);
  });
});
