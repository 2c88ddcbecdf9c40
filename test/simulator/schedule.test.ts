import { describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../src/simulator/index.ts';
import { graph, send, start } from './support.ts';

const person = (i: number): string => `+4915110${String(i).padStart(6, '0')}`;

async function codes(simulator: Simulator, from: number, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let i = from; i < from + count; i += 1) found.push((await send(simulator, person(i))).code);
  return found;
}

describe('the schedule', () => {
  it('revokes and replaces a token at the nth message', async () => {
    const simulator = await start({
      schedule: [
        { atMessage: 3, change: { set: 'token', action: 'revoke' } },
        { atMessage: 4, change: { set: 'token', action: 'replace', token: 'NEW' } },
      ],
    });
    expect(await codes(simulator, 0, 4)).toEqual([undefined, undefined, 190, 190]);
    expect((await send(simulator, person(9), {}, 'NEW')).status).toBe(200);
  });

  it('pauses and approves a template, switches calling, blocks and opens the number', async () => {
    const simulator = await start({
      schedule: [
        { atMessage: 2, change: { set: 'template', name: 't', status: 'PAUSED' } },
        {
          atMessage: 3,
          change: { set: 'template', name: 't', language: 'en', status: 'APPROVED' },
        },
        { atMessage: 3, change: { set: 'calling', status: 'DISABLED' } },
        { atMessage: 4, change: { set: 'calling', status: 'ENABLED' } },
        { atMessage: 5, change: { set: 'block', code: 131031 } },
        { atMessage: 6, change: { set: 'block', code: null } },
      ],
    });
    const u = undefined;
    expect(await codes(simulator, 0, 6)).toEqual([u, 132015, 138000, u, 131031, u]);
  });

  it('acts at a time since the start, also when added later', async () => {
    const simulator = await start({
      schedule: [{ atMs: 0, change: { set: 'block', code: 368 } }],
    });
    expect(await codes(simulator, 0, 1)).toEqual([368]);
    simulator.schedule([
      { atMs: 1, change: { set: 'block', code: null } },
      { atMs: 3_600_000, change: { set: 'block', code: 368 } },
    ]);
    await expect(codes(simulator, 1, 1)).resolves.toEqual([undefined]);
  });
});

describe('changes at once', () => {
  it('come over HTTP as well, one or several', async () => {
    const simulator = await start();
    const change = (body: unknown) => graph(simulator, 'POST', '/_sim/state', body, null);
    expect((await change({ set: 'template', name: 't', status: 'DISABLED' })).body).toEqual({
      success: true,
    });
    expect((await send(simulator, person(1))).code).toBe(132016);
    await change([
      { set: 'template', name: 't', status: 'APPROVED' },
      { set: 'permission', number: person(1), permission: 'permanent' },
      { set: 'restriction', restriction: null },
    ]);
    expect((await send(simulator, person(1))).code).toBe(138017);
  });

  it('that name nothing are refused with what is missing', async () => {
    const simulator = await start();
    const change = (body: unknown) => graph(simulator, 'POST', '/_sim/state', body, null);
    const missing = await change({ set: 'template', name: 'nope', status: 'PAUSED' });
    expect([missing.status, missing.body.error.message]).toEqual([
      404,
      'There is no template nope.',
    ]);
    expect((await change({ set: 'rate', phoneNumberId: '9', messagesPerSecond: 1 })).status).toBe(
      404,
    );
    const wrong = await change({ set: 'rate', messagesPerSecond: -1 });
    expect([wrong.status, wrong.body.error.where]).toEqual([400, '[0].messagesPerSecond']);
    expect(() => simulator.apply({ set: 'template', name: 'nope', status: 'PAUSED' })).toThrow(
      'There is no template nope.',
    );
  });
});
