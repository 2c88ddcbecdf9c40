import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parentUserIdOf, userIdOf, waIdOfUserId } from '../../../src/simulator/index.ts';
import { type Body, graph, send } from '../support.ts';
import { person, startTelling } from './receiver.ts';

const ANN = '+16505551234';
const WA_ID = '16505551234';
const USER_ID = userIdOf(WA_ID);

describe('user ids', () => {
  it('lead back to their number, have its country, and are nobody else’s', () => {
    const waId = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.stringMatching(/^\d{6,14}$/));
    void fc.assert(
      fc.property(waId, ([first, rest]) => {
        const number = `${first}${rest}`;
        expect(waIdOfUserId(userIdOf(number))).toBe(number);
        expect(waIdOfUserId(parentUserIdOf(number))).toBe(number);
      }),
    );
    expect(['4930901820', '5531987654321', WA_ID].map((n) => userIdOf(n).slice(0, 3))).toEqual([
      'DE.',
      'BR.',
      'US.',
    ]);
    const near = Array.from({ length: 1000 }, (_, i) => userIdOf(String(4_915_110_000_000 + i)));
    expect(new Set(near).size).toBe(1000);
    expect(USER_ID).toMatch(/^US\.1\d{16}$/);
  });

  it.each(['US.7', 'DE.10000000000000001', USER_ID.replace('US', 'DE'), '', 'wamid'])(
    '%s is nobody’s',
    (userId) => {
      expect(waIdOfUserId(userId)).toBeUndefined();
    },
  );
});

describe('a message to a user id', () => {
  const toUserId = { to: undefined, recipient: USER_ID };

  it('is taken, and answered with the user id and no wa_id', async () => {
    const { simulator, receiver } = await startTelling({
      permissions: { queriesPerSecond: 1000 },
      people: [{ number: ANN, answer: 'accept' }],
    });
    const { body } = await send(simulator, '', toUserId);
    expect(body.contacts).toEqual([{ input: USER_ID, user_id: USER_ID }]);
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('statuses')[0]).toMatchObject({
      recipient_id: WA_ID,
      recipient_user_id: USER_ID,
    });
    expect(simulator.people()).toMatchObject([{ to: USER_ID, waId: WA_ID, delivery: 'delivered' }]);
    const path = `/v24.0/${simulator.phoneNumberId}/call_permissions?recipient=${USER_ID}`;
    const asked = await graph(simulator, 'GET', path);
    expect(asked.body.permission.status).toBe('temporary');
    expect(asked.body.actions[0].limits[0].current_usage).toBe(1);
    expect((await send(simulator, ANN)).code).toBe(138009);
    const nobody = await graph(simulator, 'GET', path.replace(USER_ID, 'US.7'));
    expect(nobody.body.permission).toEqual({ status: 'no_permission' });
  });

  it('of both, to counts; nobody’s user id and what is none are refused', async () => {
    const { simulator } = await startTelling();
    const both = await send(simulator, ANN, { recipient: userIdOf('491511000001') });
    expect(both.body.contacts).toEqual([{ input: ANN, wa_id: WA_ID }]);
    expect((await send(simulator, '', { to: undefined, recipient: 'US.7' })).code).toBe(131026);
    expect((await send(simulator, '', { to: undefined, recipient: 'Ann' })).code).toBe(131009);
    expect((await send(simulator, '', { to: undefined })).code).toBe(100);
  });

  it('of a person who withholds the number brings no number back', async () => {
    const { simulator, receiver } = await startTelling({
      people: [{ number: ANN, answer: 'accept', withheld: true }],
    });
    await send(simulator, '', toUserId);
    await simulator.untilWebhooksQuiet();
    expect(receiver.deliveries.map((d) => d.raw).join('')).not.toContain(WA_ID);
    for (const status of receiver.items('statuses')) {
      expect(status).not.toHaveProperty('recipient_id');
      expect(status.recipient_user_id).toBe(USER_ID);
    }
    const [reply] = receiver.items('messages');
    expect(reply).not.toHaveProperty('from');
    expect(reply.from_user_id).toBe(USER_ID);
    const contacts = receiver.changes('messages').flatMap((c) => c.value.contacts);
    expect(contacts.every((c: Body) => c.wa_id === undefined && c.user_id === USER_ID)).toBe(true);
  });
});

describe('names in webhooks', () => {
  it('of a person asked by number: the statuses link both, the answer has the user id alone', async () => {
    const { simulator, receiver } = await startTelling({
      webhooks: { withheld: 1, parentUserIds: true },
      answers: { accept: 1 },
    });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('statuses')[0]).toMatchObject({
      recipient_id: WA_ID,
      recipient_user_id: USER_ID,
      recipient_parent_user_id: parentUserIdOf(WA_ID),
    });
    const [reply] = receiver.items('messages');
    expect(reply.from).toBeUndefined();
    expect(reply).toMatchObject({
      from_user_id: USER_ID,
      from_parent_user_id: parentUserIdOf(WA_ID),
    });
  });

  it('before April 2026 are numbers only, with no contacts beside statuses', async () => {
    const { simulator, receiver } = await startTelling({
      webhooks: { userIds: 'none', parentUserIds: true },
      answers: { accept: 1 },
    });
    await send(simulator, ANN);
    simulator.apply({ kind: 'change-number', to: ANN, newNumber: '+16505550000' });
    await simulator.untilWebhooksQuiet();
    const text = receiver.deliveries.map((d) => d.raw).join('');
    expect(text).not.toContain('user_id');
    expect(text).not.toContain('US.');
    const withContacts = receiver.changes('messages').filter((c) => c.value.contacts !== undefined);
    expect(withContacts).toHaveLength(1);
    expect(withContacts[0].value.contacts[0].wa_id).toBe(WA_ID);
  });

  it('may have the user id where a number should be', async () => {
    const { simulator, receiver } = await startTelling({
      webhooks: { userIdInFrom: 1 },
      answers: { decline: 1 },
    });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('messages')[0].from).toBe(USER_ID);
  });
});

describe('a new number', () => {
  const NEW = '16505550000';

  it('is told with the ids of before and after, and the permission is not carried over', async () => {
    const { simulator, receiver } = await startTelling({
      permissions: { queriesPerSecond: 1000 },
      people: [{ number: ANN, answer: 'accept', changesNumberTo: NEW }],
    });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    const system = receiver.items('messages').find((m) => m.type === 'system');
    expect(system).toMatchObject({
      from: WA_ID,
      from_user_id: USER_ID,
      system: {
        type: 'user_changed_number',
        wa_id: NEW,
        user_id: userIdOf(NEW),
        previous_user_id: USER_ID,
      },
    });
    const change = receiver
      .changes('messages')
      .find((c) => c.value.messages?.[0].type === 'system');
    expect(change?.value).not.toHaveProperty('contacts');
    expect(simulator.people()[0]).toMatchObject({ waId: WA_ID, movedTo: NEW });
    const path = `/v24.0/${simulator.phoneNumberId}/call_permissions?user_wa_id=${NEW}`;
    expect((await graph(simulator, 'GET', path)).body.permission.status).toBe('no_permission');
    expect((await send(simulator, ANN)).code).toBe(131026);

    // What they say about the request of before comes from the new number.
    simulator.apply({ kind: 'answer', to: ANN, answer: 'accept' });
    await simulator.untilWebhooksQuiet();
    expect(receiver.items('messages').at(-1)).toMatchObject({ from: NEW });
    expect((await graph(simulator, 'GET', path)).body.permission.status).toBe('temporary');
  });

  it('is told without the ids of before, which stand in the text alone, by a share', async () => {
    const { simulator, receiver } = await startTelling({ webhooks: { previousIds: 0 } });
    simulator.apply({ kind: 'change-number', to: ANN, newNumber: NEW });
    await simulator.untilWebhooksQuiet();
    const [{ system }] = receiver.items('messages');
    expect(system).not.toHaveProperty('previous_user_id');
    expect(system.body).toContain(USER_ID);
  });

  it('comes to a share of those who answered', async () => {
    const { simulator, receiver } = await startTelling({
      messagesPerSecond: 1000,
      answers: { decline: 1, changeNumber: 0.5 },
    });
    for (let i = 0; i < 40; i += 1) await send(simulator, person(i));
    await simulator.untilWebhooksQuiet();
    const moved = simulator.people().filter((p) => p.movedTo !== null);
    expect(moved.length).toBeGreaterThan(8);
    expect(moved.length).toBeLessThan(32);
    expect(receiver.items('messages').filter((m) => m.type === 'system')).toHaveLength(
      moved.length,
    );
  });
});
