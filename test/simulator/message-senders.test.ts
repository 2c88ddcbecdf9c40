import { describe, expect, it } from '@jest/globals';
import { graph, send, start } from './support.ts';

const ANN = '+16505551234';

describe('who asks', () => {
  it('no token, an unknown and a revoked one are 190 with HTTP 401', async () => {
    const simulator = await start();
    for (const token of [null, 'WRONG']) {
      const reply = await send(simulator, ANN, {}, token);
      expect([reply.code, reply.status]).toEqual([190, 401]);
    }
    simulator.apply({ set: 'token', action: 'revoke' });
    expect((await send(simulator, ANN)).body.error).toMatchObject({
      code: 190,
      error_subcode: 460,
    });
    simulator.apply({ set: 'token', action: 'restore' });
    expect((await send(simulator, ANN)).status).toBe(200);
  });

  it('an expired token is 190 with subcode 463, one without the scope 10', async () => {
    const simulator = await start({
      senders: [
        {
          tokens: [
            { value: 'SHORT', expiresInMs: 60_000 },
            { value: 'WEAK', scopes: ['whatsapp_business_management'] },
          ],
        },
      ],
    });
    expect((await send(simulator, ANN, {}, 'WEAK')).code).toBe(10);
    expect((await send(simulator, ANN, {}, 'SHORT')).status).toBe(200);
    simulator.advanceClock(60_000);
    expect((await send(simulator, ANN, {}, 'SHORT')).body.error.error_subcode).toBe(463);
  });

  it('a wrong phone number id is 33, or 100 with subcode 33 by profile', async () => {
    const path = '/v24.0/999/messages';
    const byTable = await start();
    expect((await graph(byTable, 'POST', path, {})).code).toBe(33);
    const byReport = await start({ unknownNumberCode: 100 });
    const reply = await graph(byReport, 'POST', path, {});
    expect(reply.body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect(byReport.stats().posts).toBe(1);
  });

  it("another sender's token is refused with 200", async () => {
    const simulator = await start({
      senders: [{}, { phoneNumberId: '2', displayPhoneNumber: '+4930901821', tokens: ['OTHER'] }],
    });
    expect((await send(simulator, ANN, {}, 'OTHER')).code).toBe(200);
  });

  it('an unknown version is 2500, and the POST is booked', async () => {
    const simulator = await start();
    const path = `/v99.0/${simulator.phoneNumberId}/messages`;
    expect((await graph(simulator, 'POST', path, {})).code).toBe(2500);
    expect((await graph(simulator, 'GET', '/v24.0/what/is/this')).code).toBe(2500);
    expect(simulator.stats()).toMatchObject({ posts: 1, codes: { 2500: 1 } });
  });
});

describe('whether the number may ask', () => {
  it.each([
    [{ calling: 'DISABLED' as const }, 138000, 401],
    [{ displayPhoneNumber: '+1 202 555 0100' }, 138013, 400],
    [{ callsSubscribed: false }, 138018, 400],
    [{ restriction: { expiresInMs: 1_000_000 } }, 138014, 400],
    [{ blockedBy: 131031 }, 131031, 403],
    [{ allowlist: ['+16505550000'] }, 131030, 400],
  ])('%j is refused', async (sender, code, status) => {
    const simulator = await start({ senders: [sender] });
    const reply = await send(simulator, ANN);
    expect([reply.code, reply.status]).toEqual([code, status]);
  });

  it('a template without the component needs no calling', async () => {
    const simulator = await start({
      senders: [{ calling: 'DISABLED' }],
      templates: [{ name: 't', components: [{ type: 'BODY', text: 'Hello {{1}}, bye.' }] }],
    });
    expect((await send(simulator, ANN)).status).toBe(200);
  });
});

describe('whom', () => {
  it('a person without WhatsApp is 131026, one with a permanent permission 138017', async () => {
    const simulator = await start({
      people: [
        { number: ANN, onWhatsApp: false },
        { pattern: '^44', permission: 'permanent' },
      ],
    });
    expect((await send(simulator, ANN)).code).toBe(131026);
    expect((await send(simulator, '+447700900123')).code).toBe(138017);
  });

  it('shares of a crowd are the same in every run of a seed', async () => {
    const numbers = Array.from(
      { length: 60 },
      (_, i) => `+4915110000${String(i).padStart(3, '0')}`,
    );
    const run = async (): Promise<(number | undefined)[]> => {
      const simulator = await start({ seed: 7, shares: { notOnWhatsApp: 0.3, permanent: 0.2 } });
      const replies = await Promise.all(numbers.map((to) => send(simulator, to)));
      return replies.map((reply) => reply.code);
    };
    const [one, two] = [await run(), await run()];
    expect(one).toEqual(two);
    expect(new Set(one)).toEqual(new Set([undefined, 131026, 138017]));
  });

  it('Brazil loses and Mexico gains a digit in wa_id, and both spellings are one person', async () => {
    const simulator = await start();
    const brazil = await send(simulator, '+5531987654321');
    expect(brazil.body.contacts[0]).toEqual({ input: '+5531987654321', wa_id: '553187654321' });
    expect((await send(simulator, '+553187654321')).code).toBe(138009);
    expect((await send(simulator, '+525512345678')).body.contacts[0].wa_id).toBe('5215512345678');
    expect((await send(simulator, '+5215512345678')).code).toBe(138009);
  });
});
