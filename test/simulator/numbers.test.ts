import { describe, expect, it } from '@jest/globals';
import { graph, start } from './support.ts';

describe('a business number', () => {
  it('shows the fields asked for, with its id', async () => {
    const simulator = await start({ messagesPerSecond: 250 });
    const fields =
      'display_phone_number,verified_name,quality_rating,throughput{level},whatsapp_business_manager_messaging_limit,health_status';
    const { body } = await graph(
      simulator,
      'GET',
      `/v24.0/${simulator.phoneNumberId}?fields=${fields}`,
    );
    expect(body).toMatchObject({
      id: simulator.phoneNumberId,
      display_phone_number: '+4930901820',
      quality_rating: 'GREEN',
      throughput: { level: 'HIGH' },
      whatsapp_business_manager_messaging_limit: 'TIER_100K',
      health_status: { can_send_message: 'AVAILABLE' },
    });
    const wrong = await graph(simulator, 'GET', `/${simulator.phoneNumberId}?fields=nonsense`);
    expect(wrong.code).toBe(100);
  });

  it('that is blocked says so in its health, with the code', async () => {
    const simulator = await start({ senders: [{ blockedBy: 131031 }] });
    const path = `/${simulator.phoneNumberId}?fields=health_status`;
    const { body } = await graph(simulator, 'GET', path);
    expect(body.health_status).toMatchObject({
      can_send_message: 'BLOCKED',
      entities: [{ entity_type: 'PHONE_NUMBER', errors: [{ error_code: 131031 }] }],
    });
  });

  it('shows and changes its calling settings, and a restriction', async () => {
    const simulator = await start({ senders: [{ calling: 'DISABLED' }] });
    const path = `/v24.0/${simulator.phoneNumberId}/settings`;
    expect((await graph(simulator, 'GET', path)).body.calling.status).toBe('DISABLED');
    const on = await graph(simulator, 'POST', path, { calling: { status: 'ENABLED' } });
    expect(on.body).toEqual({ success: true });
    expect((await graph(simulator, 'POST', path, { calling: { status: 'on' } })).code).toBe(100);
    simulator.apply({ set: 'restriction', restriction: { expiresInMs: 60_000 } });
    const { calling } = (await graph(simulator, 'GET', path)).body;
    expect(calling).toMatchObject({
      status: 'ENABLED',
      restrictions: {
        restrictions_list: [
          { type: 'RESTRICTED_BUSINESS_INITIATED_CALLING', expiration: expect.any(Number) },
        ],
      },
    });
    simulator.advanceClock(60_000);
    expect((await graph(simulator, 'GET', path)).body.calling).not.toHaveProperty('restrictions');
  });

  it('with a messaging limit below 2,000 cannot switch calling on', async () => {
    const simulator = await start({
      senders: [{ calling: 'DISABLED', messagingLimit: 'TIER_250' }],
    });
    const path = `/v24.0/${simulator.phoneNumberId}/settings`;
    const reply = await graph(simulator, 'POST', path, { calling: { status: 'ENABLED' } });
    expect(reply.code).toBe(138015);
  });

  it('is listed by its account, which is a node itself', async () => {
    const simulator = await start({
      senders: [{}, { phoneNumberId: '2', displayPhoneNumber: '+4930901821' }],
    });
    const waba = `/v24.0/${simulator.businessAccountId}`;
    const { body } = await graph(simulator, 'GET', `${waba}/phone_numbers?fields=id`);
    expect(body.data).toEqual([{ id: simulator.phoneNumberId }, { id: '2' }]);
    expect((await graph(simulator, 'GET', waba)).body.id).toBe(simulator.businessAccountId);
    expect((await graph(simulator, 'GET', '/v24.0/12345')).code).toBe(33);
  });
});

describe('debug_token', () => {
  it('tells whether a token is valid, its end and its scopes', async () => {
    const simulator = await start({
      senders: [{ tokens: ['GOOD', { value: 'SHORT', expiresInMs: 60_000 }] }],
    });
    const look = async (token: string) =>
      (await graph(simulator, 'GET', `/v24.0/debug_token?input_token=${token}`)).body.data;
    expect(await look('GOOD')).toMatchObject({
      is_valid: true,
      expires_at: 0,
      scopes: ['whatsapp_business_messaging', 'whatsapp_business_management'],
    });
    expect((await look('SHORT')).expires_at).toBeGreaterThan(Date.now() / 1000);
    simulator.advanceClock(60_000);
    expect(await look('SHORT')).toMatchObject({
      is_valid: false,
      error: { code: 190, subcode: 463 },
    });
    expect(await look('NEVER')).toMatchObject({ is_valid: false, scopes: [] });
  });
});
