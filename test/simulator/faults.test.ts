import { request as httpRequest } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../src/simulator/index.ts';
import { send, sendBody, start } from './support.ts';

const ANN = '+16505551234';
const BOB = '+16505554321';

/** What a client without any niceties sees of one POST. */
interface Seen {
  readonly status?: number;
  readonly type?: string | undefined;
  readonly text: string;
  /** Code of a socket's error, or `aborted` for an answer that breaks off. */
  readonly error?: string;
}

function raw(simulator: Simulator, to: string): { readonly seen: Promise<Seen>; abort(): void } {
  const request = httpRequest({
    host: '127.0.0.1',
    port: simulator.port,
    method: 'POST',
    agent: false,
    path: `/v24.0/${simulator.phoneNumberId}/messages`,
    headers: {
      authorization: `Bearer ${simulator.token}`,
      'content-type': 'application/json',
    },
  });
  const seen = new Promise<Seen>((resolve) => {
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ text: '', error: error.code ?? 'unknown' }),
    );
    request.on('response', (response) => {
      let text = '';
      const head = { status: response.statusCode ?? 0, type: response.headers['content-type'] };
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => resolve({ ...head, text, error: 'aborted' }));
      response.on('end', () => resolve({ ...head, text }));
    });
  });
  request.end(JSON.stringify(sendBody(to)));
  return { seen, abort: () => request.destroy() };
}

describe('what a fault does', () => {
  it('refuse: any code, status, message and details', async () => {
    const simulator = await start({
      faults: [
        { to: ANN, effect: { kind: 'refuse', code: 131000, details: 'sorry', isTransient: true } },
        { to: BOB, effect: { kind: 'refuse', code: 777, httpStatus: 418, message: 'Odd' } },
      ],
    });
    const known = await send(simulator, ANN);
    expect(known.status).toBe(500);
    expect(known.body.error).toMatchObject({
      code: 131000,
      message: '(#131000) Something went wrong',
      is_transient: true,
      error_data: { messaging_product: 'whatsapp', details: 'sorry' },
    });
    const odd = await send(simulator, BOB);
    expect([odd.status, odd.body.error.message]).toEqual([418, '(#777) Odd']);
    expect(simulator.stats()).toMatchObject({ accepted: 0, codes: { 131000: 1, 777: 1 } });
  });

  it('accept-and-never-answer: taken, and the socket stays silent', async () => {
    const simulator = await start({ faults: [{ effect: { kind: 'accept-and-never-answer' } }] });
    const { seen, abort } = raw(simulator, ANN);
    await simulator.untilPosts(1);
    expect(simulator.requests()[0]).toMatchObject({
      outcome: 'accepted',
      answered: 'none',
      httpStatus: null,
      wamid: expect.any(String),
    });
    abort();
    expect((await seen).error).toBe('ECONNRESET');
  });

  it.each([
    ['accept-and-reset', 'accepted'],
    ['drop-before-accept', 'dropped'],
  ] as const)('%s: a reset, and the message was %s', async (kind, outcome) => {
    const simulator = await start({ faults: [{ effect: { kind } }] });
    expect(await raw(simulator, ANN).seen).toEqual({ text: '', error: 'ECONNRESET' });
    expect(simulator.requests()[0]).toMatchObject({ outcome, answered: 'reset' });
    expect(simulator.stats().people?.['16505551234']).toEqual({
      posts: 1,
      accepted: outcome === 'accepted' ? 1 : 0,
    });
  });

  it('drop-and-never-answer: not taken, and silence', async () => {
    const simulator = await start({ faults: [{ effect: { kind: 'drop-and-never-answer' } }] });
    const { abort } = raw(simulator, ANN);
    await simulator.untilPosts(1);
    expect(simulator.requests()[0]).toMatchObject({ outcome: 'dropped', answered: 'none' });
    abort();
  });

  it.each([true, false])('html: a 502 page, accepted %s', async (accepted) => {
    const simulator = await start({ faults: [{ effect: { kind: 'html', accepted } }] });
    const seen = await raw(simulator, ANN).seen;
    expect(seen).toMatchObject({ status: 502, type: 'text/html; charset=utf-8' });
    expect(seen.text).toMatch(/^<!DOCTYPE html>/);
    expect(simulator.requests()[0]?.outcome).toBe(accepted ? 'accepted' : 'dropped');
  });

  it.each([true, false])('no-body: an empty 500, accepted %s', async (accepted) => {
    const simulator = await start({ faults: [{ effect: { kind: 'no-body', accepted } }] });
    expect(await raw(simulator, ANN).seen).toMatchObject({ status: 500, text: '' });
    expect(simulator.requests()[0]?.outcome).toBe(accepted ? 'accepted' : 'dropped');
  });

  it('truncated-json: half of a 200, whole as HTTP or cut off in it', async () => {
    const simulator = await start({
      faults: [
        { to: ANN, effect: { kind: 'truncated-json' } },
        { to: BOB, effect: { kind: 'truncated-json', cut: true } },
      ],
    });
    const whole = await raw(simulator, ANN).seen;
    expect(whole).toMatchObject({ status: 200 });
    expect(whole.error).toBeUndefined();
    expect(() => JSON.parse(whole.text)).toThrow();
    const cut = await raw(simulator, BOB).seen;
    expect(cut).toMatchObject({ status: 200, error: 'aborted' });
    expect(simulator.stats().accepted).toBe(2);
  });

  it('slow: the answer comes no earlier, and a client that hung up is known', async () => {
    const simulator = await start({
      faults: [
        { to: ANN, effect: { kind: 'slow', ms: 40 } },
        { to: BOB, effect: { kind: 'slow', ms: 60_000 } },
      ],
    });
    const before = performance.now();
    expect((await send(simulator, ANN)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
    const { seen, abort } = raw(simulator, BOB);
    await simulator.untilPosts(2);
    abort();
    await seen;
    const answered = () => simulator.requests({ to: BOB })[0]?.answered;
    while (answered() === 'waiting') await new Promise((resolve) => setImmediate(resolve));
    expect(simulator.requests({ to: BOB })[0]).toMatchObject({
      outcome: 'accepted',
      answered: 'client-gone',
    });
  });

  it('colours of an answer go together, up to the first rule that decides', async () => {
    const simulator = await start({
      faults: [
        { effect: { kind: 'message-status', status: 'held_for_quality_assessment' } },
        { effect: { kind: 'id-without-prefix' } },
        { effect: { kind: 'no-wa-id' } },
        { to: BOB, effect: { kind: 'refuse', code: 1 } },
        { to: BOB, effect: { kind: 'refuse', code: 2 } },
      ],
    });
    const { body } = await send(simulator, ANN);
    expect(body.messages[0].message_status).toBe('held_for_quality_assessment');
    expect(body.messages[0].id).not.toMatch(/^wamid/);
    expect(body.contacts[0]).toEqual({ input: ANN });
    expect((await send(simulator, BOB)).code).toBe(1);
    simulator.setFaults([{ effect: { kind: 'message-status', status: null } }]);
    const bare = await send(simulator, '+16505550001');
    expect(bare.body.messages[0]).not.toHaveProperty('message_status');
  });

  it('an accepting fault does not save a wrong request', async () => {
    const simulator = await start({ faults: [{ effect: { kind: 'accept-and-reset' } }] });
    const reply = await send(simulator, ANN, { messaging_product: 'sms' });
    expect(reply.code).toBe(100);
  });
});

describe('when a fault strikes', () => {
  const refuse = { kind: 'refuse', code: 2 } as const;
  const codes = async (simulator: Simulator, people: readonly string[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const to of people) found.push((await send(simulator, to)).code);
    return found;
  };
  const crowd = Array.from({ length: 6 }, (_, i) => `+49151100000${i}`);

  it('by number, by pattern, by template and by sender', async () => {
    const simulator = await start({
      faults: [
        { to: [crowd[0] ?? '', '+49 151 1000001'], effect: refuse },
        { toPattern: '5$', effect: { kind: 'refuse', code: 1 } },
        { template: 'other', effect: { kind: 'refuse', code: 3 } },
        { phoneNumberId: '2', effect: { kind: 'refuse', code: 3 } },
      ],
    });
    const u = undefined;
    expect(await codes(simulator, crowd)).toEqual([2, 2, u, u, u, 1]);
  });

  it('by the nth request and every nth', async () => {
    const simulator = await start({
      faults: [
        { nth: [1, 4], effect: refuse },
        { every: 3, effect: { kind: 'refuse', code: 1 } },
      ],
    });
    expect(await codes(simulator, crowd)).toEqual([2, undefined, 1, 2, undefined, 1]);
  });

  it('so many times, and so many times a person', async () => {
    const simulator = await start({ faults: [{ times: 2, effect: refuse }] });
    expect(await codes(simulator, crowd)).toEqual([2, 2, ...Array(4).fill(undefined)]);
    simulator.setFaults([{ timesPerPerson: 1, toPattern: '^1', effect: refuse }]);
    expect(await codes(simulator, [ANN, BOB, ANN, BOB])).toEqual([2, 2, undefined, undefined]);
  });

  it('by a window of time since the start', async () => {
    const simulator = await start({
      faults: [
        { untilMs: 1_000_000, effect: refuse },
        { fromMs: 0, effect: { kind: 'refuse', code: 1 } },
      ],
    });
    expect(await codes(simulator, [ANN])).toEqual([2]);
    simulator.setFaults([
      { untilMs: 0, effect: refuse },
      { fromMs: 1_000_000, effect: refuse },
    ]);
    expect(await codes(simulator, [ANN])).toEqual([undefined]);
  });

  it('by probability, the same for the same seed', async () => {
    const run = async (seed: number): Promise<unknown[]> => {
      const simulator = await start({ seed, faults: [{ probability: 0.5, effect: refuse }] });
      return codes(simulator, [
        ...crowd,
        ...crowd.map((to) => `${to}0`),
        ...crowd.map((to) => `${to}1`),
      ]);
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect(new Set(first)).toEqual(new Set([2, undefined]));
  });

  it('on other routes, without touching the sends', async () => {
    const simulator = await start({
      faults: [{ on: 'management', effect: { kind: 'refuse', code: 80008 } }],
    });
    const response = await fetch(`${simulator.url}/v24.0/${simulator.phoneNumberId}`);
    expect(await response.json()).toMatchObject({ error: { code: 80008 } });
    expect((await send(simulator, ANN)).status).toBe(200);
  });
});
