import { describe, expect, it } from '@jest/globals';
import {
  type Simulator,
  type SimulatorProfileInput,
  userIdOf,
} from '../../../src/simulator/index.ts';
import { type Body, graph, send } from '../support.ts';
import { person, type Receiver, startTelling } from './receiver.ts';

const ANN = '+16505551234';
const WEEK_S = 604_800;

/** Lets one person do `answer` about a request. */
async function answered(
  answer: NonNullable<SimulatorProfileInput['people']>[number]['answer'],
  profile: SimulatorProfileInput = {},
): Promise<{ simulator: Simulator; receiver: Receiver; wamid: string; replies: Body[] }> {
  const told = await startTelling({
    permissions: { queriesPerSecond: 1000 },
    ...profile,
    people: [{ number: ANN, ...(answer === undefined ? {} : { answer }) }],
  });
  const { body } = await send(told.simulator, ANN);
  await told.simulator.untilWebhooksQuiet();
  return { ...told, wamid: body.messages[0].id, replies: told.receiver.items('messages') };
}

const permissionOf = async (simulator: Simulator, number = ANN): Promise<Body> => {
  const path = `/v24.0/${simulator.phoneNumberId}/call_permissions?user_wa_id=${number.slice(1)}`;
  return (await graph(simulator, 'GET', path)).body.permission;
};
const wordsOf = (reply: Body): Body => reply.interactive.call_permission_reply;

describe("Meta's seven answers", () => {
  it('accept for a while: an absolute end, which is that of call_permissions', async () => {
    const { simulator, receiver, wamid, replies } = await answered('accept');
    const [reply] = replies;
    expect(reply).toEqual({
      from: '16505551234',
      from_user_id: userIdOf('16505551234'),
      id: expect.stringMatching(/^wamid\./),
      timestamp: expect.stringMatching(/^\d{10}$/),
      context: { from: '4930901820', id: wamid },
      type: 'interactive',
      interactive: {
        type: 'call_permission_reply',
        call_permission_reply: {
          response: 'accept',
          is_permanent: false,
          expiration_timestamp: String(Number(reply.timestamp) + WEEK_S),
          response_source: 'user_action',
        },
      },
    });
    expect(receiver.changes('messages').at(-1)?.value.contacts).toHaveLength(1);
    const until = Number(wordsOf(reply).expiration_timestamp);
    expect(await permissionOf(simulator)).toEqual({ status: 'temporary', expiration_time: until });
    expect(simulator.people()).toEqual([
      {
        phoneNumberId: simulator.phoneNumberId,
        to: ANN,
        waId: '16505551234',
        userId: userIdOf('16505551234'),
        parentUserId: expect.stringMatching(/^US\.ENT\.1\d{16}$/),
        movedTo: null,
        asked: 1,
        wamid,
        callbackData: null,
        delivery: 'delivered',
        code: null,
        answer: {
          status: 'temporary',
          until: new Date(until * 1000).toISOString(),
          at: new Date(Number(reply.timestamp) * 1000).toISOString(),
        },
      },
    ]);
  });

  it('accept for good: no end, and no further request', async () => {
    const { simulator, wamid, replies } = await answered('acceptForGood');
    expect(replies[0].context.id).toBe(wamid);
    expect(wordsOf(replies[0])).toEqual({
      response: 'accept',
      is_permanent: true,
      response_source: 'user_action',
    });
    expect(await permissionOf(simulator)).toEqual({ status: 'permanent' });
    expect((await send(simulator, ANN)).code).toBe(138017);
  });

  it('decline: neither is_permanent nor an end', async () => {
    const { simulator, wamid, replies } = await answered('decline');
    expect(replies[0].context.id).toBe(wamid);
    expect(wordsOf(replies[0])).toEqual({ response: 'reject', response_source: 'user_action' });
    expect(await permissionOf(simulator)).toEqual({ status: 'no_permission' });
    expect(simulator.people()[0]?.answer.status).toBe('declined');
  });

  it('grant in the profile: for good and about no message', async () => {
    const { replies } = await answered('profileGrant');
    expect(replies[0]).not.toHaveProperty('context');
    expect(wordsOf(replies[0])).toMatchObject({ response: 'accept', is_permanent: true });
  });

  it('a call to us: automatic, and about that call', async () => {
    const { simulator, receiver, replies } = await answered('callBack');
    const [call] = receiver.items('calls');
    expect(call).toMatchObject({
      event: 'terminate',
      direction: 'USER_INITIATED',
      from: '16505551234',
    });
    expect(call).not.toHaveProperty('duration');
    expect(replies[0].context.id).toBe(call.id);
    expect(call.id).toMatch(/^wacid\./);
    expect(wordsOf(replies[0])).toMatchObject({
      response: 'accept',
      is_permanent: false,
      response_source: 'automatic',
    });
    expect((await permissionOf(simulator)).status).toBe('temporary');
  });

  it('a permission taken back by hand: about nothing', async () => {
    const { simulator, replies } = await answered('revoke');
    expect(replies.map((r) => [wordsOf(r).response, r.context === undefined])).toEqual([
      ['accept', false],
      ['reject', true],
    ]);
    expect(wordsOf(replies[1]).response_source).toBe('user_action');
    expect(Number(replies[1].timestamp)).toBeGreaterThan(Number(replies[0].timestamp));
    expect(await permissionOf(simulator)).toEqual({ status: 'no_permission' });
  });

  it('four calls that nobody answers: taken back by Meta, and a call in between starts anew', async () => {
    const { simulator, receiver } = await answered('accept');
    const call = (connected: boolean): void =>
      simulator.apply({ kind: 'call', to: ANN, connected });
    for (const connected of [false, false, false, true, false, false, false]) call(connected);
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('messages')).toHaveLength(1);
    expect((await permissionOf(simulator)).status).toBe('temporary');
    call(false);
    await simulator.untilWebhooksQuiet();
    const revoked = receiver.items('messages')[1];
    expect(revoked).not.toHaveProperty('context');
    expect(wordsOf(revoked)).toEqual({ response: 'reject', response_source: 'automatic' });
    expect((await permissionOf(simulator)).status).toBe('no_permission');
    expect(simulator.people()[0]?.answer.status).toBe('revoked');
  });
});

describe('answers', () => {
  it('of people who change their mind come in both orders, and the last one counts', async () => {
    const { simulator, receiver } = await startTelling({
      messagesPerSecond: 1000,
      answers: { changeMind: 1 },
    });
    for (let i = 0; i < 20; i += 1) await send(simulator, person(i));
    await simulator.untilWebhooksQuiet();
    const last = new Map<string, string>();
    const orders = new Map<string, string>();
    for (const m of receiver.items('messages')) {
      last.set(m.from, wordsOf(m).response);
      orders.set(m.from, `${orders.get(m.from) ?? ''} ${wordsOf(m).response}`);
    }
    expect(new Set(orders.values())).toEqual(new Set([' accept reject', ' reject accept']));
    for (const { waId, answer } of simulator.people()) {
      expect(answer.status).toBe(last.get(waId) === 'accept' ? 'temporary' : 'declined');
    }
  });

  it('come by their shares, and only to requests for calls', async () => {
    const { simulator, receiver } = await startTelling({
      messagesPerSecond: 1000,
      templates: [{ name: 't' }, { name: 'plain', components: [{ type: 'BODY', text: 'Hello' }] }],
      answers: { accept: 0.3, decline: 0.3 },
    });
    for (let i = 0; i < 100; i += 1) await send(simulator, person(i));
    const plain = { name: 'plain', language: { code: 'en' } };
    for (let i = 100; i < 120; i += 1) await send(simulator, person(i), { template: plain });
    await simulator.untilWebhooksQuiet();
    const said = receiver.items('messages').map((m) => wordsOf(m).response);
    expect(said.filter((w) => w === 'accept').length).toBeGreaterThan(15);
    expect(said.filter((w) => w === 'reject').length).toBeGreaterThan(15);
    expect(said.length).toBeLessThan(80);
    expect(
      simulator
        .people()
        .slice(100)
        .every((p) => p.answer.status === 'none'),
    ).toBe(true);
  });

  it('come hours later too, when the calendar says so', async () => {
    const { simulator, receiver } = await startTelling({
      answers: { accept: 1, afterMs: 5 * 3_600_000 },
    });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('messages')).toEqual([]);
    expect((await permissionOf(simulator)).status).toBe('no_permission');
    simulator.advanceClock(5 * 3_600_000);
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('messages')).toHaveLength(1);
  });

  it.each([
    ['number', 'number'],
    ['string', 'string'],
  ] as const)('say their end as a %s', async (expiry, type) => {
    const { replies } = await answered('accept', {
      webhooks: { expiry },
      answers: { expiresInMs: 1_382_400_000 },
    });
    const until = wordsOf(replies[0]).expiration_timestamp;
    expect(typeof until).toBe(type);
    expect(Number(until) - Number(replies[0].timestamp)).toBe(1_382_400);
  });

  it('may lack what older ones lack', async () => {
    const { replies } = await answered('accept', { webhooks: { bare: 1 } });
    expect(replies[0]).not.toHaveProperty('type');
    expect(wordsOf(replies[0])).not.toHaveProperty('is_permanent');
    expect(wordsOf(replies[0])).toHaveProperty('expiration_timestamp');
  });

  it('are given to one number and are nothing to another', async () => {
    const { simulator } = await answered('acceptForGood', {
      senders: [{}, { phoneNumberId: '222' }],
    });
    const path = '/v24.0/222/call_permissions?user_wa_id=16505551234';
    expect((await graph(simulator, 'GET', path)).body.permission.status).toBe('no_permission');
    simulator.apply({ set: 'permission', number: ANN, permission: 'none' });
    expect((await permissionOf(simulator)).status).toBe('no_permission');
  });

  it('and all else a person does can be told to happen, over HTTP and in a schedule', async () => {
    const { simulator, receiver } = await startTelling({ pairLimit: { enforce: true } });
    await send(simulator, ANN);
    expect((await send(simulator, ANN)).code).toBe(138009);
    const change = (body: unknown) => graph(simulator, 'POST', '/_sim/state', body, null);
    const happenings = [
      { kind: 'answer', to: ANN, answer: 'accept', expiresInMs: 60_000 },
      { kind: 'revoke', to: ANN, automatic: true },
      { kind: 'preference', to: ANN, value: 'stop' },
      { kind: 'text', to: ANN, text: 'Stop 🛑' },
      { kind: 'call', to: ANN, durationS: 7 },
    ];
    expect((await change(happenings)).body).toEqual({ success: true });
    await simulator.untilWebhooksQuiet();
    const messages = receiver.items('messages');
    expect(messages.find((m) => m.type === 'text')).toMatchObject({ text: { body: 'Stop 🛑' } });
    const replies = messages.filter((m) => m.interactive !== undefined);
    expect(replies.map((m) => wordsOf(m).response)).toEqual(['accept', 'reject']);
    expect(receiver.items('user_preferences')).toMatchObject([
      {
        wa_id: '16505551234',
        value: 'stop',
        category: 'marketing_messages',
        timestamp: expect.any(Number),
      },
    ]);
    const calls = receiver.items('calls');
    expect(calls.map((c) => c.event)).toEqual(['connect', 'terminate']);
    expect(calls[1]).toMatchObject({ status: 'COMPLETED', duration: 7, to: '16505551234' });
    // The call that connected has reset the pair.
    expect((await send(simulator, ANN)).status).toBe(200);

    simulator.schedule([{ atMs: 0, change: { kind: 'answer', to: ANN, answer: 'decline' } }]);
    await simulator.untilWebhooksQuiet();
    expect(simulator.people()[0]?.answer.status).toBe('declined');
    const nobody = await change({ kind: 'revoke', to: ANN, phoneNumberId: '9' });
    expect([nobody.status, nobody.body.error.message]).toEqual([404, 'There is no sender 9.']);
    const wrong = await change({ kind: 'answer', to: ANN, answer: 'perhaps' });
    expect([wrong.status, wrong.body.error.where]).toEqual([400, '[0].answer']);
  });

  it('of people whom nobody asked are told and booked too', async () => {
    const { simulator, receiver } = await startTelling();
    simulator.apply({ kind: 'answer', to: ANN, answer: 'profileGrant' });
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('messages')).toHaveLength(1);
    expect(simulator.people()).toMatchObject([
      { to: null, asked: 0, answer: { status: 'permanent' } },
    ]);
    const lines = await (await fetch(`${simulator.url}/_sim/people?format=ndjson`)).text();
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(simulator.people());
  });
});
