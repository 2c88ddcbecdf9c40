import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SimulatorProfileInput } from '../../../src/simulator/index.ts';
import { signatureOf, writePayload } from '../../../src/simulator/webhooks/sign.ts';
import { type Body, graph, send, sendBody } from '../support.ts';
import { person, receive, SECRET, startTelling } from './receiver.ts';

const ask = async (profile: SimulatorProfileInput, people: number) => {
  const told = await startTelling(profile);
  for (let i = 0; i < people; i += 1) await send(told.simulator, person(i));
  await told.simulator.untilWebhooksQuiet();
  return told;
};

describe('the bytes', () => {
  it('are escaped as Meta does it, pairs as two units and lower-case, and signed as they are', () => {
    const text = writePayload({ name: 'Zoë 🎉', url: 'a/b' }, true);
    expect(text).toBe('{"name":"Zo\\u00eb \\ud83c\\udf89","url":"a\\/b"}');
    expect(JSON.parse(text)).toEqual({ name: 'Zoë 🎉', url: 'a/b' });
    expect(writePayload({ name: 'Zoë' }, false)).toBe('{"name":"Zoë"}');
    // RFC 4231, test case 2.
    expect(signatureOf('what do ya want for nothing?', 'Jefe')).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it.each([true, false])('have right signatures with escapes %s', async (escapes) => {
    const { receiver } = await ask({ webhooks: { escapes }, answers: { accept: 1 } }, 12);
    expect(receiver.deliveries.length).toBe(36);
    expect(receiver.deliveries.every((d) => d.isSigned)).toBe(true);
    const texts = receiver.deliveries.map((d) => d.raw).join('');
    expect(/[\u0080-\uffff]/.test(texts)).toBe(!escapes);
    expect(texts.includes('\\u')).toBe(escapes);
    // The names are the same whichever way they are written.
    const contacts = receiver.changes('messages').flatMap((c) => c.value.contacts);
    expect(contacts.some((c: Body) => /[^\u0020-\u007f]/.test(c.profile.name ?? ''))).toBe(true);
  });

  it('come with a wrong signature beside the right one, and nothing is repeated for it', async () => {
    const { simulator, receiver } = await ask({ webhooks: { wrongSignature: 1 } }, 3);
    expect(receiver.deliveries.map((d) => d.isSigned)).toEqual(Array(6).fill([false, true]).flat());
    expect(simulator.webhookStats()).toMatchObject({
      sent: 6,
      answered200: 6,
      refused: {},
      forged: { 401: 6 },
    });
  });
});

describe('what is no delivery', () => {
  it('comes beside the good ones: another object, no entries, half a body', async () => {
    const { simulator, receiver } = await ask({ webhooks: { strangePosts: 1 } }, 20);
    const strange = receiver.deliveries.filter((_, i) => i % 2 === 0);
    expect(strange.every((d) => d.isSigned)).toBe(true);
    const kinds = strange.map((d) => (d.body === undefined ? 'half' : d.body.object));
    expect(new Set(kinds)).toEqual(new Set(['half', 'page', 'whatsapp_business_account']));
    const halves = kinds.filter((kind) => kind === 'half').length;
    expect(simulator.webhookStats()).toMatchObject({
      answered200: 40,
      strange: { 200: 40 - halves, 400: halves },
    });
  });
});

describe('a POST', () => {
  it('holds up to so many updates of several numbers, those of one number in one value', async () => {
    const { simulator, receiver } = await startTelling({
      messagesPerSecond: 1000,
      senders: [{}, { phoneNumberId: '222' }, { phoneNumberId: '333', businessAccountId: '444' }],
      templates: [{ name: 't' }, { name: 't', businessAccountId: '444' }],
      webhooks: { batch: { max: 100, lingerMs: 60_000 }, delayMs: 0 },
    });
    const post = async (sender: string, to: string): Promise<void> => {
      await graph(simulator, 'POST', `/v24.0/${sender}/messages`, sendBody(to));
    };
    for (let i = 0; i < 6; i += 1) await post('222', person(i));
    await post('333', person(1));
    simulator.advanceClock(60_000);
    await simulator.untilWebhooksQuiet();
    expect(receiver.deliveries).toHaveLength(1);
    const [first, second, ...others] = receiver.deliveries[0]?.body.entry ?? [];
    expect(others).toEqual([]);
    expect([first.id, second.id]).toEqual([simulator.businessAccountId, '444']);
    expect(first.changes).toHaveLength(1);
    expect(first.changes[0].value.statuses).toHaveLength(12);
    expect(first.changes[0].value.contacts).toHaveLength(6);
    expect(second.changes[0].value.metadata.phone_number_id).toBe('333');
  });

  it('is full at its most, whatever it lingers', async () => {
    const { receiver } = await ask({ webhooks: { batch: { max: 4, lingerMs: 20 } } }, 10);
    const sizes = receiver.deliveries.map((d) => d.body.entry[0].changes[0].value.statuses.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
    expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(20);
  });

  it('may come twice: with batches of one as the same bytes, else in another or the same', async () => {
    const single = await ask({ webhooks: { doubles: 1 } }, 4);
    const raws = single.receiver.deliveries.map((d) => d.raw);
    expect([raws.length, new Set(raws).size]).toEqual([16, 8]);
    expect(single.simulator.webhookStats()).toMatchObject({
      waiting: 0,
      byKind: { 'status sent': 8 },
    });

    const batched = await ask({ webhooks: { doubles: 1, batch: { max: 10, lingerMs: 20 } } }, 4);
    const keys = batched.receiver.items('statuses').map((s) => `${s.id} ${s.status}`);
    expect([keys.length, new Set(keys).size]).toEqual([16, 8]);
  });

  it('may have parts that nobody can read or knows beside the good ones', async () => {
    const { receiver } = await ask({ webhooks: { brokenParts: 1, unknownParts: 1 } }, 20);
    for (const { body } of receiver.deliveries) {
      expect(body.entry[0].changes).toHaveLength(3);
      expect(body.entry[0].changes[0].value.statuses[0].id).toMatch(/^wamid\./);
    }
    const odd = new Set(
      receiver.deliveries.map((d) => JSON.stringify(d.body.entry[0].changes[1].value)),
    );
    expect(odd.size).toBe(4);
  });
});

describe('what is not answered with 200', () => {
  it.each([503, 204, 302])(
    '%d is repeated with the same bytes and growing waits',
    async (status) => {
      const { simulator, receiver } = await startTelling({ webhooks: { retryMs: 5 } });
      const at: number[] = [];
      receiver.answer = (n) => {
        at.push(performance.now());
        return n < 5 ? status : 200;
      };
      await send(simulator, person(1));
      await simulator.untilWebhooksQuiet();
      const counts = new Map<string, number>();
      for (const { raw } of receiver.deliveries) counts.set(raw, (counts.get(raw) ?? 0) + 1);
      expect(counts.size).toBe(2);
      expect(receiver.deliveries).toHaveLength(6);
      expect(simulator.webhookStats()).toMatchObject({
        sent: 6,
        answered200: 2,
        refused: { [status]: 4 },
        waiting: 0,
      });
    },
  );

  it('waits double each time up to the most, and is given up in the end', async () => {
    const { simulator, receiver } = await startTelling({
      people: [{ number: person(1), delivery: 'sent' }],
      webhooks: { retryMs: 3_600_000, retryMostMs: 7_200_000, giveUpMs: 6 * 3_600_000 },
    });
    receiver.answer = () => 503;
    await send(simulator, person(1));
    const hours: number[] = [];
    for (let hour = 0; hour < 9; hour += 1) {
      await simulator.untilWebhooksQuiet();
      hours.push(receiver.deliveries.length);
      simulator.advanceClock(3_600_000);
    }
    expect(hours).toEqual([1, 2, 2, 3, 3, 4, 4, 4, 4]);
    expect(simulator.webhookStats()).toMatchObject({ waiting: 0, givenUp: 1, answered200: 0 });
  });

  it('is a receiver that is silent or away as well', async () => {
    const { simulator, receiver } = await startTelling({
      webhooks: { retryMs: 5, timeoutMs: 40 },
      people: [{ number: person(1), delivery: 'sent' }],
    });
    receiver.answer = (n, response) => {
      if (n === 1) return undefined;
      if (n > 2) return 200;
      response.socket?.destroy();
      return undefined;
    };
    await send(simulator, person(1));
    await simulator.untilWebhooksQuiet();
    const { refused, answered200 } = simulator.webhookStats();
    expect([refused.timeout, answered200]).toEqual([1, 1]);
    expect((refused.unreachable ?? 0) + 1 + 1).toBe(receiver.deliveries.length);
  });

  it('never slows messages, and beyond the room of the queue it is dropped and counted', async () => {
    const { simulator, receiver } = await startTelling({ webhooks: { queue: 10 } });
    receiver.answer = () => undefined;
    for (let i = 0; i < 20; i += 1) expect((await send(simulator, person(i))).status).toBe(200);
    expect(simulator.webhookStats()).toMatchObject({ waiting: 10, dropped: 30 });
  });
});

describe('the target', () => {
  it('of a repeated POST is the one of now', async () => {
    const { simulator, receiver } = await startTelling({ webhooks: { retryMs: 60_000 } });
    receiver.answer = () => 503;
    await send(simulator, person(1));
    await simulator.untilWebhooksQuiet({ withinMs: 1000 });
    const other = await receive();
    simulator.setWebhookTarget(other.url);
    simulator.advanceClock(60_000);
    await simulator.untilWebhooksQuiet();
    expect([receiver.deliveries.length, other.deliveries.length]).toEqual([2, 2]);
  });

  it('can be set and taken away while it runs', async () => {
    const { simulator, receiver } = await startTelling();
    const other = await receive();
    const set = (body: unknown) => graph(simulator, 'POST', '/_sim/webhooks', body, null);
    expect((await set({ url: other.url, appSecret: SECRET })).body).toEqual({ success: true });
    await send(simulator, person(1));
    await simulator.untilWebhooksQuiet();
    expect([receiver.deliveries.length, other.deliveries.length]).toEqual([0, 2]);
    expect((await set({ url: 'nowhere' })).status).toBe(400);
    await set({ url: null });
    await send(simulator, person(2));
    await simulator.untilWebhooksQuiet();
    expect(other.deliveries).toHaveLength(2);
  });

  it('is told anew what an earlier process accepted, with the same ids', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callpermit-sim-'));
    try {
      const profile: SimulatorProfileInput = {
        recordFile: `${folder}/record`,
        answers: { accept: 1 },
      };
      const before = await ask(profile, 3);
      await before.simulator.close();
      const after = await ask(profile, 0);
      const raws = (d: typeof before) => d.receiver.deliveries.map(({ raw }) => raw).toSorted();
      expect(raws(after)).toEqual(raws(before));
      expect(after.simulator.people()).toEqual(before.simulator.people());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
