/** What changes in the ledger is an event in the same transaction, while somebody subscribes to it, and not else. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { eventSchema } from '../../src/core/events/event.ts';
import { accepted, newNumber, rejected, uncertain, useLedger } from '../ledger/support.ts';
import { DAY_MS, eventsBench, typesOf } from './support.ts';

const bench = useLedger();
const { store, relay, subscribe, drain } = eventsBench(bench);

const status = (
  senderId: string,
  wamid: string,
  is: 'sent' | 'delivered' | 'read' | 'failed',
  more = {},
) =>
  bench.ledger.evidence.applyStatuses([{ senderId, wamid, status: is, at: new Date(), ...more }]);

const answer = (
  senderId: string,
  person: string,
  is: 'temporary' | 'permanent' | 'declined' | 'revoked',
  more = {},
) =>
  bench.ledger.replies.bookAnswers([
    {
      ...{ senderId, person, status: is, at: new Date(), source: 'answer' },
      key: `wamid.answer.${person}.${is}`,
      ...more,
    },
  ]);

const written = async () => (await bench.rows('select * from new_events')).length;

beforeEach(relay);

test('a subscription that is seen takes effect, by whatever statement it came or ended', async () => {
  const wanted = async () => {
    const [row] = await bench.rows<{ types: readonly string[] }>('select types from event_wants');
    return row?.types;
  };
  const id = await subscribe();
  await store().unsubscribe(id);
  expect(await wanted()).toEqual([]);
  const add = (name: string, type: string) =>
    bench.rows(`insert into event_subscriptions (id, kind, types) values ($1, 'queue', $2)`, [
      name,
      [type],
    ]);
  // Two at once: neither forgets the other.
  await Promise.all([add('one', 'permission.granted'), add('two', 'sender.paused')]);
  expect(await wanted()).toEqual(['permission.granted', 'sender.paused']);
  await bench.rows(`update event_subscriptions set removed_at = now() where id in ('one', 'two')`);
  expect(await wanted()).toEqual([]);
});

describe('while nobody subscribes', () => {
  test('nothing is written', async () => {
    const sender = await bench.sender();
    await bench.campaign(sender, 2);
    await bench.ledger.sending.record((await bench.claim(sender)).map(accepted));
    expect(await written()).toBe(0);
  });

  test('nor of types that nobody subscribed to', async () => {
    const id = await subscribe(['request.rejected']);
    const sender = await bench.sender();
    await bench.campaign(sender, 2);
    const [one, two] = await bench.claim(sender);
    if (one === undefined || two === undefined) throw new Error('nothing was claimed');
    await bench.ledger.sending.record([accepted(one), rejected(two)]);
    expect(await written()).toBe(1);
    expect(typesOf(await drain(id))).toEqual(['request.rejected']);
  });

  test('nor once the last one has ended', async () => {
    await store().unsubscribe(await subscribe());
    const sender = await bench.sender();
    await bench.campaign(sender, 1);
    await bench.ledger.sending.record((await bench.claim(sender)).map(accepted));
    expect(await written()).toBe(0);
  });

  test('nor once one that ends by itself has ended', async () => {
    await subscribe(['sender.paused']);
    await store().subscribe({ id: 'stream', kind: 'stream', untilMs: -1 });
    const sender = await bench.sender();
    await bench.campaign(sender, 1);
    await bench.ledger.sending.record((await bench.claim(sender)).map(accepted));
    expect(await written()).toBe(0);
  });
});

describe('a subscription is told', () => {
  test('of a request all the way, in order, each event as its schema says', async () => {
    const id = await subscribe();
    const sender = await bench.sender();
    const to = newNumber();
    const campaign = await bench.campaign(sender, [to], { recipient: { reference: 'crm-1' } });
    const [claim] = await bench.claim(sender);
    if (claim === undefined) throw new Error('nothing was claimed');
    const entry = accepted(claim);
    await bench.ledger.sending.record([entry]);
    await status(sender, entry.wamid ?? '', 'sent');
    await status(sender, entry.wamid ?? '', 'delivered', { userId: 'US.13491208655302' });
    await status(sender, entry.wamid ?? '', 'read');
    await answer(sender, to.slice(1), 'temporary', { context: entry.wamid });
    const told = await drain(id);
    expect(typesOf(told)).toEqual([
      'campaign.started',
      'request.accepted',
      'request.delivered',
      'request.read',
      'permission.granted',
    ]);
    for (const { event } of told) {
      const { pos: _pos, ...body } = event ?? { pos: '' };
      expect(eventSchema.parse(body)).toEqual(body);
    }
    const whose = {
      ...{ to, reference: 'crm-1', campaignId: campaign, requestId: null, row: 1 },
      senderId: sender,
    };
    expect(told.map(({ event }) => event?.data).slice(1)).toMatchObject([
      { ...whose, wamid: entry.wamid, state: 'accepted', code: null, userId: null },
      { ...whose, userId: 'US.13491208655302' },
      whose,
      { ...whose, state: 'temporary', reason: 'answer', userId: 'US.13491208655302' },
    ]);
  });

  test('of refusals and of what is not known, with the code and the words of Meta', async () => {
    const id = await subscribe(['request.rejected', 'request.uncertain', 'request.failed']);
    const sender = await bench.sender();
    await bench.campaign(sender, 3);
    const [one, two, three] = await bench.claim(sender);
    if (one === undefined || two === undefined || three === undefined) throw new Error('no claim');
    await bench.ledger.sending.record([rejected(one), uncertain(two), accepted(three)]);
    await status(sender, accepted(three).wamid ?? '', 'failed', {
      error: { code: 131026, message: 'Message undeliverable' },
    });
    const told = await drain(id);
    expect(typesOf(told)).toEqual(['request.rejected', 'request.uncertain', 'request.failed']);
    expect(told[0]?.event?.data).toMatchObject({ state: 'rejected', code: 131026 });
    expect(told[1]?.event?.data).toMatchObject({ state: 'uncertain', reason: 'timeout' });
    expect(told[2]?.event?.data).toMatchObject({ state: 'accepted', code: 131026 });
  });

  test('of those who are not asked after all', async () => {
    const id = await subscribe(['request.settled', 'campaign.cancelled']);
    const sender = await bench.sender();
    const campaign = await bench.campaign(sender, 2);
    await bench.ledger.campaigns.transition({ id: campaign, from: ['running'], to: 'cancelled' });
    const told = await drain(id);
    expect(typesOf(told).toSorted()).toEqual([
      'campaign.cancelled',
      'request.settled',
      'request.settled',
    ]);
    const settled = told.filter(({ event }) => event?.type === 'request.settled');
    expect(settled[0]?.event?.data).toMatchObject({ state: 'cancelled', campaignId: campaign });
  });

  test('of a single request by its own id, and of no campaign', async () => {
    const id = await subscribe();
    const sender = await bench.sender();
    const campaign = await bench.campaign(sender, 1, { single: true });
    await bench.ledger.sending.record((await bench.claim(sender)).map(accepted));
    const told = await drain(id);
    expect(typesOf(told)).toEqual(['request.accepted']);
    expect(told[0]?.event?.data).toMatchObject({
      ...{ requestId: campaign, campaignId: null, row: null },
    });
  });

  test('of words of people whom we did not ask', async () => {
    const id = await subscribe(['permission.declined', 'permission.revoked']);
    const sender = await bench.sender();
    await answer(sender, '16505557001', 'declined');
    await answer(sender, 'US.77777777777', 'revoked', { source: 'person' });
    expect((await drain(id)).map(({ event }) => event)).toMatchObject([
      {
        type: 'permission.declined',
        data: { to: '+16505557001', userId: null, campaignId: null, state: 'declined' },
      },
      { type: 'permission.revoked', data: { to: null, userId: 'US.77777777777' } },
    ]);
  });

  test('of the same word once, whatever becomes of the name', async () => {
    const id = await subscribe(['permission.granted']);
    const sender = await bench.sender();
    const person = newNumber().slice(1);
    const word = { at: new Date() };
    await answer(sender, person, 'permanent', word);
    await answer(sender, person, 'permanent', word);
    // The word of a user id goes to the number that it is found to be of.
    const [userId, number] = ['US.8888888888', newNumber().slice(1)];
    await answer(sender, userId, 'permanent', word);
    await bench.ledger.replies.learnNames([{ a: userId, b: number, at: new Date(Date.now() + 1) }]);
    const [booked] = await bench.rows('select status from permissions where person = $1', [number]);
    expect(booked).toEqual({ status: 'permanent' });
    expect(typesOf(await drain(id))).toEqual(['permission.granted', 'permission.granted']);
  });

  test('of a word by somebody who came to a number, and of none that goes along with who left it', async () => {
    const id = await subscribe();
    const sender = await bench.sender();
    const [number, other] = [newNumber().slice(1), newNumber().slice(1)];
    const at = (second: number) => new Date(Date.now() - 3_600_000 + second * 1_000);
    const expiresAt = new Date(Date.now() + DAY_MS / 2);
    await answer(sender, number, 'temporary', { at: at(1), expiresAt });
    await store().tellExpiring(100);
    expect(typesOf(await drain(id))).toEqual(['permission.granted', 'permission.expiring']);
    const left = { before: [number], after: [other], at: at(2) };
    await bench.ledger.replies.changeNames([{ key: 'left', what: 'number', ...left }]);
    await store().tellExpiring(100);
    expect(await drain(id)).toEqual([]);
    const [moved] = await bench.rows(
      'select status, expiring_told from permissions where person = $1',
      [other],
    );
    expect(moved).toEqual({ status: 'temporary', expiring_told: expiresAt });
    // The first that is heard of who has the number now, and what they say afterwards.
    await answer(sender, number, 'declined', { at: at(3) });
    await answer(sender, number, 'permanent', { at: at(4) });
    const told = await drain(id);
    expect(typesOf(told)).toEqual(['permission.declined', 'permission.granted']);
    expect(told.map(({ event }) => event?.data)).toMatchObject([
      { to: `+${number}` },
      { to: `+${number}` },
    ]);
  });

  test('once that a permission ends within a day, and again of another end', async () => {
    const id = await subscribe(['permission.expiring']);
    const sender = await bench.sender();
    const person = newNumber().slice(1);
    const ends = (days: number) => new Date(Date.now() + days * DAY_MS);
    await answer(sender, person, 'temporary', { expiresAt: ends(2) });
    await store().tellExpiring(100);
    expect(await drain(id)).toEqual([]);
    await bench.advance(DAY_MS + 60_000);
    await store().tellExpiring(100);
    await store().tellExpiring(100);
    const told = await drain(id);
    expect(typesOf(told)).toEqual(['permission.expiring']);
    expect(told[0]?.event?.data).toMatchObject({ to: `+${person}`, until: expect.any(String) });
    await answer(sender, person, 'temporary', {
      ...{ key: 'wamid.renewed', at: ends(1), expiresAt: ends(1.5) },
    });
    await store().tellExpiring(100);
    expect(typesOf(await drain(id))).toEqual(['permission.expiring']);
  });

  test('of campaigns, templates and senders', async () => {
    const id = await subscribe();
    const sender = await bench.sender();
    const campaign = await bench.campaign(sender, 1);
    const reason = { by: 'person', message: 'lunch' } as const;
    const { campaigns, replies, sending } = bench.ledger;
    await campaigns.transition({ id: campaign, from: ['running'], to: 'paused', reason });
    await campaigns.transition({ id: campaign, from: ['paused'], to: 'running' });
    await sending.record((await bench.claim(sender)).map(accepted));
    await bench.rows('select complete_campaigns()');
    await bench.rows(
      `update senders set closed_at = now(), closed_reason = '{"code": 190, "message": "token"}' where id = $1`,
      [sender],
    );
    await bench.rows('update senders set closed_at = null, closed_reason = null where id = $1', [
      sender,
    ]);
    const news = {
      ...{ templateId: '1', account: 'waba', name: 't', language: 'en', what: 'status' },
      ...{ detail: null, effectiveAt: null, at: new Date() },
    };
    await replies.bookTemplateNews({ ...news, value: 'PAUSED' });
    const told = await drain(id);
    // Those of earlier tests complete, too.
    const mine = told
      .filter(({ event }) => (event?.data.campaignId ?? campaign) === campaign)
      .toSorted((one, other) => Number(one.pos) - Number(other.pos));
    expect(typesOf(mine).filter((type) => type !== 'request.accepted')).toEqual([
      'campaign.started',
      'campaign.paused',
      'campaign.started',
      'campaign.completed',
      'sender.paused',
      'sender.resumed',
      'template.changed',
    ]);
    for (const { event } of told) {
      const { pos: _pos, ...body } = event ?? { pos: '' };
      expect(eventSchema.parse(body)).toEqual(body);
    }
    expect(told.find(({ event }) => event?.type === 'campaign.paused')?.event?.data).toMatchObject({
      ...{ campaignId: campaign, was: 'running', reason },
    });
  });
});

describe('the same transaction', () => {
  test('a change that is undone tells nobody', async () => {
    const id = await subscribe();
    const sender = await bench.sender();
    const campaign = await bench.campaign(sender, 1);
    await drain(id);
    const client = await bench.database.pool.connect();
    await client.query('begin');
    await client.query(
      `update requests set state = 'skipped', reason = 'x' where campaign_id = $1`,
      [campaign],
    );
    expect((await client.query('select * from new_events')).rowCount).toBe(1);
    await client.query('rollback');
    client.release();
    expect(await drain(id)).toEqual([]);
  });

  test('what a later commit shows first stands after what was before it', async () => {
    const id = await subscribe(['campaign.paused', 'campaign.started', 'sender.paused']);
    const sender = await bench.sender();
    const campaign = await bench.campaign(sender, 1);
    await drain(id);
    const early = await bench.database.pool.connect();
    // It draws its number first and commits last.
    await early.query('begin');
    await early.query(`update senders set closed_at = now() where id = $1`, [sender]);
    const move = (from: 'running' | 'paused', to: 'running' | 'paused') =>
      bench.ledger.campaigns.transition({ id: campaign, from: [from], to });
    await move('running', 'paused');
    expect(typesOf(await drain(id))).toEqual(['campaign.paused']);
    const before = await store().lastPos();
    await early.query('commit');
    early.release();
    await move('paused', 'running');
    // Behind the place that was told of already, nothing is left out.
    expect(typesOf(await drain(id))).toEqual(['sender.paused', 'campaign.started']);
    expect((await store().after(before, 10)).map(({ type }) => type)).toEqual([
      'sender.paused',
      'campaign.started',
    ]);
  });

  test('movers at once give each event one place', async () => {
    const id = await subscribe(['request.accepted']);
    const sender = await bench.sender(1_000);
    await bench.campaign(sender, 300);
    const before = BigInt(await store().lastPos());
    const claims = await bench.claim(sender);
    const records = claims.map((claim) => bench.ledger.sending.record([accepted(claim)]));
    let over = false;
    const movers = Array.from({ length: 3 }, async () => {
      while (!over) await store().relay(7);
    });
    await Promise.all(records);
    over = true;
    await Promise.all(movers);
    const told = await drain(id);
    expect(new Set(told.map(({ event }) => event?.data.row)).size).toBe(claims.length);
    expect(new Set(told.map(({ pos }) => pos)).size).toBe(claims.length);
    expect(BigInt(await store().lastPos()) - before).toBe(BigInt(claims.length));
  });
});
