import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ACCEPTED, http } from './servers.ts';
import { createBench, INPUT, TOKEN } from './support.ts';

const { client: clientOf, serve, setUp, outcomeOf } = createBench();

const ERROR = {
  error: {
    message: '(#130429) Rate limit hit',
    type: 'OAuthException',
    code: 130429,
    error_data: { messaging_product: 'whatsapp', details: 'Too many' },
    error_subcode: 2494055,
    fbtrace_id: 'Az8',
  },
};

describe('a send', () => {
  test("POSTs the message's body to the sender's path", async () => {
    const { server, client } = await setUp((s) => s.write(http(200, ACCEPTED)));
    await client.send(INPUT);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v24.0/106540352242922/messages' });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+16505551234',
      type: 'template',
      template: {
        name: 't',
        language: { code: 'en', policy: 'deterministic' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ann' }] }],
      },
      biz_opaque_callback_data: '7.1',
    });
  });

  test('keeps the path of the base URL, and one connection for many sends', async () => {
    const server = await serve((s) => s.write(http(200, ACCEPTED)));
    const client = clientOf(`${server.url}/mock/graph/`);
    for (let i = 0; i < 5; i += 1) await client.send(INPUT);
    expect(server.requests.map((r) => r.path)).toEqual(
      Array(5).fill('/mock/graph/v24.0/106540352242922/messages'),
    );
    expect(server.connections).toBe(1);
  });

  test('opens no more sockets than allowed, and more when the bound is raised', async () => {
    const held: Socket[] = [];
    const { server, client } = await setUp((s) => held.push(s), { connections: 2 });
    const sends = Array.from({ length: 6 }, () => client.send(INPUT));
    await server.seen(2);
    expect(server.connections).toBe(2);
    client.setConnections(5);
    await server.seen(5);
    expect(server.connections).toBe(5);
    client.setConnections(1);
    for (const s of held.splice(0)) s.write(http(200, ACCEPTED));
    await server.seen(6);
    for (const s of held) s.write(http(200, ACCEPTED));
    expect((await Promise.all(sends)).map((o) => o.kind)).toEqual(Array(6).fill('accepted'));
    while (server.sockets.size > 1) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('accepted', () => {
  test.each<[string, object, object]>([
    [
      'as documented',
      ACCEPTED,
      { wamid: 'wamid.1', messageStatus: 'accepted', waId: '16505551234' },
    ],
    [
      'without message_status',
      { messages: [{ id: 'wamid.2' }] },
      { wamid: 'wamid.2', messageStatus: 'accepted' },
    ],
    [
      'held',
      { messages: [{ id: 'x', message_status: 'held_for_quality_assessment' }] },
      { wamid: 'x', messageStatus: 'held_for_quality_assessment' },
    ],
    [
      'with an id of another form',
      { messages: [{ id: '8f14e45f' }] },
      { wamid: '8f14e45f', messageStatus: 'accepted' },
    ],
    [
      'without contacts of use',
      { contacts: [{}], messages: [{ id: 'x' }] },
      { wamid: 'x', messageStatus: 'accepted' },
    ],
    [
      'with an error beside the id',
      { messages: [{ id: 'x' }], error: ERROR.error },
      { wamid: 'x', messageStatus: 'accepted' },
    ],
  ])('%s', async (_how, body, expected) => {
    expect(await outcomeOf(http(200, body))).toEqual({ kind: 'accepted', ...expected });
  });

  test('compressed though not asked for', async () => {
    const body = gzipSync(JSON.stringify(ACCEPTED));
    const head = `HTTP/1.1 201 X\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
    const outcome = await outcomeOf((s) => void s.end(Buffer.concat([Buffer.from(head), body])));
    expect(outcome).toMatchObject({ kind: 'accepted', wamid: 'wamid.1' });
  });

  test('when the whole JSON is there and only the end of the answer is not', async () => {
    const outcome = await outcomeOf(http(200, ACCEPTED, { 'content-length': 5_000 }));
    expect(outcome).toMatchObject({ kind: 'accepted', wamid: 'wamid.1' });
  });

  test('with usage headers', async () => {
    const headers = {
      'x-business-use-case-usage':
        '{"4711":[{"type":"whatsapp","call_count":28,"total_cputime":95,"total_time":5,"estimated_time_to_regain_access":2}]}',
      'x-app-usage': '{"call_count":"30","total_cputime":1,"total_time":1}',
    };
    expect(await outcomeOf(http(200, ACCEPTED, headers))).toMatchObject({
      usage: { percent: 95, regainAccessMs: 120_000 },
    });
  });
});

describe('refused', () => {
  test.each([200, 400, 404, 429, 500, 503])(
    'by a Graph error object of HTTP %i',
    async (status) => {
      expect(await outcomeOf(http(status, ERROR, { 'retry-after': '7' }))).toEqual({
        kind: 'refused',
        error: {
          code: 130429,
          message: '(#130429) Rate limit hit',
          subcode: 2494055,
          type: 'OAuthException',
          details: 'Too many',
          traceId: 'Az8',
          httpStatus: status,
        },
        retryAfterMs: 7_000,
      });
    },
  );

  test.each<[string, object, object]>([
    ['code as a string', { code: '131026', message: 'm' }, { code: 131026 }],
    [
      'error_data as a string',
      { code: 1, message: 'm', error_data: 'why' },
      { code: 1, details: 'why' },
    ],
    ['no code but a type', { type: 'OAuthException', message: 'm' }, { code: -1 }],
    ['no message', { code: 1 }, { code: 1, message: 'no message' }],
  ])('with %s', async (_how, error, expected) => {
    expect(await outcomeOf(http(400, { error }))).toMatchObject({
      kind: 'refused',
      error: expected,
    });
  });

  test("without the token that Meta's message quotes", async () => {
    const message = `Malformed access token ${TOKEN}`;
    const outcome = await outcomeOf(http(401, { error: { code: 190, message } }));
    expect(outcome).toMatchObject({ error: { message: 'Malformed access token [token]' } });
  });

  test('by a dead token: the token source is told', async () => {
    let told = 0;
    await outcomeOf(http(401, { error: { code: 190, message: 'x' } }), {
      tokenRefused: () => {
        told += 1;
      },
    });
    expect(told).toBe(1);
  });

  test.each([undefined, '', 'two words'])(
    'by us, with nothing sent, when the token is %p',
    async (token) => {
      const { server, client } = await setUp(() => undefined, { token: () => token });
      expect(await client.send(INPUT)).toMatchObject({
        kind: 'refused',
        error: { code: 190, type: 'local' },
      });
      expect(server.connections).toBe(0);
    },
  );
});
