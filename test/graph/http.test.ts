import type { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createAxiosHttp } from '../../src/graph/adapter.ts';
import type { Reply } from '../../src/graph/exchange.ts';
import { createHttp, type HttpCall } from '../../src/graph/http.ts';
import { openSockets } from '../../src/graph/sockets.ts';
import { ACCEPTED, closedPort, http } from './servers.ts';
import { createBench, TOKEN } from './support.ts';

const { serve, onEnd } = createBench();

const accept = (s: Socket): void => void s.write(http(200, ACCEPTED, { 'x-app-usage': '{}' }));

/** A message, or what else is asked. */
function callOf(more: Partial<HttpCall> = {}): HttpCall {
  const begun = performance.now();
  const body = '{"to":"+16505551234","name":"Ann"}';
  return {
    ...{ method: 'POST', path: '/v24.0/1/messages', token: TOKEN, body },
    ...{ begun, deadline: begun + 20_000, ...more },
  };
}

describe.each([
  ['straight over the sockets', createHttp],
  ['over axios', createAxiosHttp],
])('HTTP %s', (_how, create) => {
  const open = (origin: string) => {
    const sockets = openSockets({ origin, connections: 2, doubtMs: 1_000 });
    onEnd(() => sockets.close());
    return create(sockets, '/base');
  };

  test('writes the call as it is, with the token and nothing of a library in its head', async () => {
    const server = await serve(accept);
    const call = open(server.url);
    await call(callOf());
    await call(callOf());
    const [first, second] = server.requests;
    expect(first).toMatchObject({
      ...{ method: 'POST', path: '/base/v24.0/1/messages', body: callOf().body },
      headers: {
        ...{ host: `127.0.0.1:${server.port}`, connection: 'keep-alive', 'content-length': '34' },
        ...{ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        ...{ accept: 'application/json', 'accept-encoding': 'identity' },
        'user-agent': 'callpermit',
      },
    });
    expect(Object.keys(first?.headers ?? {})).toHaveLength(8);
    expect(second).toEqual({ ...first, n: 2, onConnection: expect.any(Number) });
  });

  test('takes a new token from the next call on', async () => {
    const server = await serve(accept);
    const call = open(server.url);
    for (const token of ['one', 'two']) await call(callOf({ token }));
    const said = server.requests.map(({ headers }) => headers.authorization);
    expect(said).toEqual(['Bearer one', 'Bearer two']);
  });

  test('a call without a body says nothing of one; alone, it closes its connection', async () => {
    const server = await serve(accept);
    const { body: _none, ...get } = callOf({ method: 'GET', path: '/x?a=1', alone: true });
    const call = open(server.url);
    await call(get);
    await call(get);
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/base/x?a=1', body: '' });
    expect(server.requests[0]?.headers).toMatchObject({ connection: 'close' });
    expect(Object.keys(server.requests[0]?.headers ?? {})).not.toContain('content-type');
    expect(server.connections).toBe(2);
  });

  test('gives the answer whole, whatever it says, and asks once whose it is', async () => {
    const server = await serve((s) => s.write(http(503, 'Zoë', { 'x-one': '1', 'X-Two': 'b' })));
    const judged: Reply[] = [];
    const judge = (whole: Reply) => {
      judged.push(whole);
      return 'nameless' as const;
    };
    const reply = await open(server.url)(callOf({ judge }));
    expect(reply.status).toBe(503);
    expect(reply.headers).toMatchObject({ 'x-one': '1', 'x-two': 'b' });
    expect(reply.body.toString()).toBe('Zoë');
    expect(judged).toEqual([expect.objectContaining({ status: 503, body: reply.body })]);
  });

  test('doubts an answer that names nobody once its connection gives one that nobody asked for', async () => {
    const server = await serve((s) => s.write(http(400, {}) + http(200, ACCEPTED)));
    const doubted = new Promise<void>((resolve) => {
      void open(server.url)(callOf({ judge: () => 'nameless', onDoubt: resolve }));
    });
    await doubted;
  });

  test('an answer in two parts is one', async () => {
    const whole = http(200, ACCEPTED);
    const server = await serve((s) => {
      s.write(whole.slice(0, -20));
      setImmediate(() => s.write(whole.slice(-20)));
    });
    const { body } = await open(server.url)(callOf());
    expect(JSON.parse(body.toString())).toEqual(ACCEPTED);
  });

  test.each<[string, Partial<HttpCall>, object]>([
    ['withheld', { mayWrite: () => false }, { reason: 'withheld', message: 'withheld' }],
    ['too late', { deadline: performance.now() - 1 }, { reason: 'timeout' }],
  ])('one that is %s is not written', async (_what, more, error) => {
    const server = await serve(accept);
    const answer = open(server.url)(callOf(more));
    await expect(answer).rejects.toMatchObject({ name: 'ExchangeError', written: false, ...error });
    expect(server.requests).toHaveLength(0);
  });

  test('one that found nobody was not written; a fault of `mayWrite` itself is told as one', async () => {
    const nobody = open(`http://127.0.0.1:${await closedPort()}`)(callOf());
    await expect(nobody).rejects.toMatchObject({ reason: 'connection-failed', written: false });
    const server = await serve(accept);
    const faulty = open(server.url)(
      callOf({
        mayWrite: () => {
          throw new Error('a bug');
        },
      }),
    );
    await expect(faulty).rejects.toMatchObject({ written: false, message: 'a bug' });
    expect(server.requests).toHaveLength(0);
  });

  test.each<[string, (s: Socket) => void, object]>([
    ['cut off', (s) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'), { status: 200 }],
    ['never begun', (s) => s.end(), {}],
  ])(
    'an answer that is %s fails with what had come of it, and no token',
    async (...[, end, part]) => {
      const server = await serve(end);
      const error = await open(server.url)(callOf()).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ reason: 'connection-lost', written: true });
      expect((error as { partial?: object }).partial ?? {}).toMatchObject(part);
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(TOKEN);
    },
  );
});
