import { describe, expect, it } from '@jest/globals';
import { userIdOf } from '../../../src/simulator/index.ts';
import { type Body, graph, send, start } from '../support.ts';
import { person, startTelling } from './receiver.ts';

const ANN = '+16505551234';
const words = (items: readonly Body[]): string[] => items.map((s) => s.status);

describe('statuses', () => {
  it('come in their order with our data, both names and the price, and not twice priced', async () => {
    const { simulator, receiver } = await startTelling({ deliveries: { read: 1 } });
    const sent = await send(simulator, ANN, { biz_opaque_callback_data: 'r-1.2' });
    await simulator.untilWebhooksQuiet();
    const statuses = receiver.items('statuses');
    expect(words(statuses)).toEqual(['sent', 'delivered', 'read']);
    const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' };
    expect(statuses[0]).toEqual({
      id: sent.body.messages[0].id,
      status: 'sent',
      timestamp: expect.stringMatching(/^\d{10}$/),
      recipient_id: '16505551234',
      recipient_user_id: userIdOf('16505551234'),
      biz_opaque_callback_data: 'r-1.2',
      pricing,
    });
    expect(statuses.map((s) => s.pricing)).toEqual([pricing, pricing, undefined]);
    // Nobody answers unless the profile says so.
    expect(receiver.items('messages')).toEqual([]);
    const [{ value }] = receiver.changes('messages');
    expect(value.metadata).toEqual({
      display_phone_number: '4930901820',
      phone_number_id: simulator.phoneNumberId,
    });
    expect(value.contacts).toMatchObject([
      { wa_id: '16505551234', user_id: userIdOf('16505551234') },
    ]);
    expect(receiver.deliveries[0]?.body.entry[0].id).toBe(simulator.businessAccountId);
    expect(simulator.people()).toMatchObject([
      { to: ANN, waId: '16505551234', delivery: 'read', code: null, asked: 1 },
    ]);
  });

  it('fail with a code, with no contact and no user id, and what failed is not answered', async () => {
    const { simulator, receiver } = await startTelling({
      answers: { accept: 1 },
      people: [
        { number: ANN, failsWith: 131049 },
        { number: person(1), failsWith: 131026 },
      ],
    });
    await send(simulator, ANN);
    await send(simulator, person(1));
    await simulator.untilWebhooksQuiet();
    const [sent, failed, undeliverable, ...more] = receiver.items('statuses');
    expect([sent.status, failed.status, undeliverable.status]).toEqual([
      'sent',
      'failed',
      'failed',
    ]);
    expect(failed).not.toHaveProperty('recipient_user_id');
    expect(failed.errors[0]).toMatchObject({
      code: 131049,
      error_data: { details: expect.any(String) },
    });
    const changes = receiver
      .changes('messages')
      .filter((c) => c.value.statuses[0].status === 'failed');
    expect(changes.every((c) => c.value.contacts === undefined)).toBe(true);
    expect([more, receiver.items('messages')]).toEqual([[], []]);
    expect(simulator.people().map((p) => [p.delivery, p.code])).toEqual([
      ['failed', 131049],
      ['failed', 131026],
    ]);
  });

  it('may be read without delivered, and delivered as well as failed: then it is delivered', async () => {
    const { simulator, receiver } = await startTelling({
      deliveries: { read: 1, readOnly: 1, deliveredAndFailed: 1 },
    });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(words(receiver.items('statuses'))).toEqual(['sent', 'failed', 'read']);
    expect(simulator.people()[0]).toMatchObject({ delivery: 'read', code: null });
  });

  it('come by their shares, the same ones for the same seed', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const { simulator } = await startTelling({
        seed,
        deliveries: { delivered: 0.8, read: 0.5, failed: { 131026: 0.1, 131049: 0.1 } },
      });
      // Whatever order they arrive in.
      await Promise.all(Array.from({ length: 200 }, (_, i) => send(simulator, person(i))));
      await simulator.untilWebhooksQuiet();
      return simulator
        .people()
        .map((p) => `${p.waId} ${p.delivery} ${p.code}`)
        .toSorted();
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const share = (word: string): number =>
      first.filter((line) => line.includes(word)).length / 200;
    expect(share('131026')).toBeGreaterThan(0.04);
    expect(share('131049')).toBeLessThan(0.2);
    expect(share(' sent ')).toBeGreaterThan(0.08);
    expect(Math.abs(share(' read ') - share(' delivered '))).toBeLessThan(0.2);
  });

  it('may be reordered, with their right times', async () => {
    const { simulator, receiver } = await startTelling({
      webhooks: { reorder: 1, spreadMs: 30 },
      deliveries: { read: 1 },
      answers: { revoke: 1, afterMs: 10 },
    });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(words(receiver.items('statuses'))).toEqual(['read', 'delivered', 'sent']);
    const replies = receiver.items('messages');
    const response = (m: Body): string => m.interactive.call_permission_reply.response;
    expect(replies.map(response)).toEqual(['reject', 'accept']);
    expect(Number(replies[0].timestamp)).toBeGreaterThan(Number(replies[1].timestamp));
    expect(simulator.people()[0]).toMatchObject({
      delivery: 'read',
      answer: { status: 'revoked' },
    });
  });

  it('may come before the answer to the message, which waits for a slow receiver no longer than a second', async () => {
    const { simulator, receiver } = await startTelling({ webhooks: { beforeAnswer: 1 } });
    let told = 0;
    receiver.answer = () => {
      told += 1;
      return 200;
    };
    for (let i = 0; i < 5; i += 1) {
      await send(simulator, person(i));
      expect(told).toBeGreaterThan(2 * i);
      await simulator.untilWebhooksQuiet();
    }
    receiver.answer = () => undefined;
    expect((await send(simulator, person(9))).status).toBe(200);
  });

  it('bring our data back by its share', async () => {
    const { simulator, receiver } = await startTelling({ webhooks: { opaque: 0 } });
    await send(simulator, ANN, { biz_opaque_callback_data: 'x' });
    await simulator.untilWebhooksQuiet();
    for (const status of receiver.items('statuses')) {
      expect(status).not.toHaveProperty('biz_opaque_callback_data');
    }
  });
});

describe('without a URL', () => {
  it('nothing is planned and nobody is booked', async () => {
    const simulator = await start();
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(simulator.people()).toEqual([]);
    expect(simulator.webhookStats()).toMatchObject({ sent: 0, waiting: 0, untold: 0 });
  });

  it('people answer all the same where answers are set, and nobody hears of it', async () => {
    const simulator = await start({ answers: { acceptForGood: 1 } });
    await send(simulator, ANN);
    await simulator.untilWebhooksQuiet();
    expect(simulator.people()[0]).toMatchObject({ answer: { status: 'permanent' } });
    expect((await send(simulator, ANN)).code).toBe(138017);
    const stats = (await graph(simulator, 'GET', '/_sim/webhooks', undefined, null)).body;
    expect(stats).toMatchObject({ sent: 0, untold: 3, waiting: 0 });
  });
});
