import { describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../src/simulator/index.ts';
import { graph, type Reply, send, start } from './support.ts';

const ANN = '+16505551234';
const DAY = 86_400_000;
const ask = (simulator: Simulator, number = ANN): Promise<Reply> =>
  graph(
    simulator,
    'GET',
    `/v24.0/${simulator.phoneNumberId}/call_permissions?user_wa_id=${number.replace('+', '')}`,
  );
const usage = (reply: Reply): number[] =>
  reply.body.actions[0].limits.map((l: { current_usage: number }) => l.current_usage);
const fast = { queriesPerSecond: 1000 };

describe('call_permissions', () => {
  it('shows both windows of the allowance, and when they free once used up', async () => {
    const simulator = await start({ permissions: fast });
    expect((await ask(simulator)).body).toEqual({
      messaging_product: 'whatsapp',
      permission: { status: 'no_permission' },
      actions: [
        {
          action_name: 'send_call_permission_request',
          can_perform_action: true,
          limits: [
            { time_period: 'PT24H', current_usage: 0, max_allowed: 1 },
            { time_period: 'P7D', current_usage: 0, max_allowed: 2 },
          ],
        },
        {
          action_name: 'start_call',
          can_perform_action: false,
          limits: [{ time_period: 'PT24H', current_usage: 0, max_allowed: 100 }],
        },
      ],
    });
    await send(simulator, ANN);
    const asked = Date.parse(simulator.requests()[0]?.at ?? '');
    const { body } = await ask(simulator);
    const [day, week] = body.actions[0].limits;
    expect(body.actions[0].can_perform_action).toBe(false);
    expect(day.limit_expiration_time * 1000 - asked - DAY).toBeLessThanOrEqual(1000);
    expect(week).toEqual({ time_period: 'P7D', current_usage: 1, max_allowed: 2 });
  });

  it('speaks the vocabulary of the guide or of the OpenAPI', async () => {
    const people = [
      { number: '+16505550001', permission: 'temporary' as const },
      { number: '+16505550002', permission: 'permanent' as const },
      { number: '+16505550003', permission: 'declined' as const },
    ];
    const statusesOf = async (vocabulary: 'guide' | 'openapi'): Promise<string[]> => {
      const simulator = await start({ people, permissions: { ...fast, vocabulary } });
      await send(simulator, ANN);
      const replies = await Promise.all(
        [...people.map((p) => p.number), ANN].map((number) => ask(simulator, number)),
      );
      return replies.map(
        (r) => `${r.body.permission.status} ${r.body.actions[0].limits[0].time_period}`,
      );
    };
    expect(await statusesOf('guide')).toEqual([
      'temporary PT24H',
      'permanent PT24H',
      'no_permission PT24H',
      'no_permission PT24H',
    ]);
    expect(await statusesOf('openapi')).toEqual([
      'granted 24h',
      'granted 24h',
      'denied 24h',
      'pending 24h',
    ]);
  });

  it('a temporary permission shows its end and runs out after 168 hours', async () => {
    const simulator = await start({ permissions: { ...fast, vocabulary: 'openapi' } });
    simulator.apply({ set: 'permission', number: ANN, permission: 'temporary' });
    const { permission, actions } = (await ask(simulator)).body;
    expect(permission.status).toBe('granted');
    expect(Math.abs(permission.expiration_time * 1000 - Date.now() - 7 * DAY)).toBeLessThan(60_000);
    expect(actions[1].can_perform_action).toBe(true);
    simulator.advanceClock(7 * DAY);
    expect((await ask(simulator)).body.permission).toEqual({ status: 'expired' });
  });

  it('may show a request late, or never, or leave a window out', async () => {
    const lagging = await start({ permissions: { ...fast, usageLagMs: 60_000 } });
    await send(lagging, ANN);
    expect(usage(await ask(lagging))).toEqual([0, 0]);
    expect((await send(lagging, ANN)).code).toBe(138009);
    lagging.advanceClock(60_000);
    expect(usage(await ask(lagging))).toEqual([1, 1]);

    const blind = await start({ permissions: { ...fast, usageCounts: false } });
    await send(blind, ANN);
    blind.advanceClock(DAY / 2);
    expect(usage(await ask(blind))).toEqual([0, 0]);

    const partial = await start({ permissions: { ...fast, omitPeriods: ['week'] } });
    await send(partial, ANN);
    expect(usage(await ask(partial))).toEqual([1]);
  });

  it('knows people by wa_id only, so a number that is not its own wa_id shows nothing', async () => {
    const simulator = await start({ permissions: fast });
    await send(simulator, '+5531987654321');
    expect(usage(await ask(simulator, '+5531987654321'))).toEqual([0, 0]);
    expect(usage(await ask(simulator, '+553187654321'))).toEqual([1, 1]);
  });

  it.each([
    [613 as const, 613, undefined],
    [4 as const, 4, 2390008],
  ])('above the rate of the route is %d with HTTP 429', async (queryError, code, subcode) => {
    const simulator = await start({ permissions: { queryError, queriesPerSecond: 1 } });
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask(simulator)));
    const refused = replies.filter((reply) => reply.status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of refused) {
      expect(reply.status).toBe(429);
      expect(reply.body.error.code).toBe(code);
      expect(reply.body.error.error_subcode).toBe(subcode);
    }
  });

  it('needs calling to be enabled, and a person', async () => {
    const simulator = await start({ permissions: fast });
    expect((await ask(simulator, '')).code).toBe(100);
    simulator.apply({ set: 'calling', status: 'DISABLED' });
    expect((await ask(simulator)).code).toBe(138000);
  });
});
