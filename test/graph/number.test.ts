import { describe, expect, test } from '@jest/globals';
import { readPermission } from '../../src/graph/permission.ts';
import { http } from './servers.ts';
import { createBench, TOKEN } from './support.ts';

const { setUp } = createBench();

describe('numberInfo', () => {
  const NODE = {
    id: '106540352242922',
    display_phone_number: '+1 650-555-0000',
    verified_name: 'Shop',
    quality_rating: 'GREEN',
    throughput: { level: 'STANDARD' },
    health_status: {
      can_send_message: 'LIMITED',
      entities: [
        {
          entity_type: 'WABA',
          errors: [{ error_code: 141006, error_description: 'pay', possible_solution: 'card' }],
        },
        { entity_type: 'APP' },
      ],
    },
  };
  const READ = {
    id: '106540352242922',
    displayPhoneNumber: '+1 650-555-0000',
    verifiedName: 'Shop',
    qualityRating: 'GREEN',
    throughputLevel: 'STANDARD',
    canSendMessage: 'LIMITED',
    healthErrors: [{ code: 141006, description: 'pay', solution: 'card' }],
  };

  test('reads what matters before sending', async () => {
    const node = { ...NODE, whatsapp_business_manager_messaging_limit: 'TIER_10K' };
    const { client } = await setUp((s) => s.write(http(200, node)));
    expect(await client.numberInfo()).toEqual({
      ok: true,
      value: { ...READ, messagingLimit: 'TIER_10K' },
    });
  });

  test('leaves out the field that an older version does not know', async () => {
    const { server, client } = await setUp((s, r) =>
      s.write(
        r.path.includes('messaging_limit')
          ? http(400, {
              error: {
                code: 100,
                message:
                  '(#100) Tried accessing nonexisting field (whatsapp_business_manager_messaging_limit)',
              },
            })
          : http(200, NODE),
      ),
    );
    expect(await client.numberInfo()).toEqual({ ok: true, value: READ });
    expect(server.requests).toHaveLength(2);
  });

  test('is content with an id', async () => {
    const { client } = await setUp((s) => s.write(http(200, {})));
    expect(await client.numberInfo()).toEqual({
      ok: true,
      value: { id: '106540352242922', healthErrors: [] },
    });
  });
});

test('callingSettings reads status and restrictions', async () => {
  const restrictions_list = [
    { type: 'RESTRICTED_BUSINESS_INITIATED_CALLING', expiration: 1_800_000_000 },
  ];
  const { server, client } = await setUp((s) =>
    s.write(http(200, { calling: { status: 'ENABLED', restrictions: { restrictions_list } } })),
  );
  expect(await client.callingSettings()).toEqual({
    ok: true,
    value: {
      status: 'ENABLED',
      restrictions: [
        { type: 'RESTRICTED_BUSINESS_INITIATED_CALLING', expiration: new Date(1_800_000_000_000) },
      ],
    },
  });
  expect(server.requests[0]?.path).toBe('/v24.0/106540352242922/settings');
});

test('tokenInfo reads validity, end and scopes; an end of 0 means none', async () => {
  const { server, client } = await setUp((s, r) =>
    s.write(
      http(200, {
        data: { is_valid: true, expires_at: r.n === 1 ? 0 : 1_800_000_000, scopes: ['a', 'b'] },
      }),
    ),
  );
  expect(await client.tokenInfo()).toEqual({
    ok: true,
    value: { isValid: true, scopes: ['a', 'b'] },
  });
  expect(await client.tokenInfo()).toMatchObject({
    value: { expiresAt: new Date(1_800_000_000_000) },
  });
  expect(server.requests[0]?.path).toBe(`/v24.0/debug_token?input_token=${TOKEN}`);
});

describe('callPermission', () => {
  test("asks by digits and reads the guide's words", async () => {
    const { server, client } = await setUp((s) =>
      s.write(
        http(200, {
          messaging_product: 'whatsapp',
          permission: { status: 'temporary', expiration_time: 1_800_000_000 },
          actions: [
            {
              action_name: 'send_call_permission_request',
              can_perform_action: false,
              limits: [
                {
                  time_period: 'PT24H',
                  max_allowed: 1,
                  current_usage: 1,
                  limit_expiration_time: 1_700_000_000,
                },
                { time_period: 'P7D', max_allowed: 2, current_usage: 1 },
              ],
            },
            {
              action_name: 'start_call',
              can_perform_action: true,
              limits: [{ time_period: 'PT24H', max_allowed: 5, current_usage: 0 }],
            },
          ],
        }),
      ),
    );
    expect(await client.callPermission('+16505551234')).toEqual({
      ok: true,
      value: {
        status: 'temporary',
        expiresAt: new Date(1_800_000_000_000),
        canRequest: false,
        day: { used: 1, allowed: 1, freesAt: new Date(1_700_000_000_000) },
        week: { used: 1, allowed: 2 },
      },
    });
    expect(server.requests[0]?.path).toBe(
      '/v24.0/106540352242922/call_permissions?user_wa_id=16505551234',
    );
  });

  test.each<[unknown, object]>([
    [{ permission: { status: 'no_permission' } }, { status: 'none' }],
    [
      { permission: { status: 'GRANTED', expiration: '1800000000' } },
      { status: 'temporary', expiresAt: new Date(1_800_000_000_000) },
    ],
    [
      { permission: { status: 'granted', expiration_time: '2027-01-15T08:00:00Z' } },
      { status: 'temporary', expiresAt: new Date(1_800_000_000_000) },
    ],
    [{ permission: { status: 'permanent' } }, { status: 'permanent' }],
    [{ permission: { status: 'denied' } }, { status: 'denied' }],
    [{ permission: { status: 'something_new' } }, { status: 'something_new' }],
    [{}, { status: 'unknown' }],
    ['nonsense', { status: 'unknown' }],
  ])('reads %j', (answer, expected) => {
    expect(readPermission(answer)).toEqual(expected);
  });

  test.each([
    ['24h', '7d'],
    ['P1D', 'P1W'],
    ['1d', 'PT168H'],
  ])('reads the periods %s and %s; a window that is not there stays absent', (day, week) => {
    const limits = [
      { time_period: day, max_allowed: '1', current_usage: '0' },
      { time_period: week, max_allowed: 2 },
    ];
    const actions = [{ action_name: 'send_call_permission_request', limits }];
    expect(readPermission({ actions })).toEqual({
      status: 'unknown',
      day: { used: 0, allowed: 1 },
    });
  });
});
