import { describe, expect, test } from '@jest/globals';
import type { Template } from '../../src/core/graph.ts';
import { newTemplate } from '../../src/core/template/template.ts';
import { http, type WireRequest } from './servers.ts';
import { createBench, TOKEN } from './support.ts';

const { client: clientOf, serve, setUp } = createBench();

const ITEM = {
  id: '900',
  name: 'cpr',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  parameter_format: 'NAMED',
  quality_score: { score: 'GREEN', date: 1 },
  rejected_reason: 'NONE',
  correct_category: 'MARKETING',
  components: [{ type: 'BODY', text: 'x' }, { type: 'CALL_PERMISSION_REQUEST' }, 'odd'],
};

/** Answers with what the function makes of the query. */
const json =
  (reply: (query: URLSearchParams, request: WireRequest) => object, status = 200) =>
  (socket: { write(text: string): unknown }, request: WireRequest): unknown =>
    socket.write(http(status, reply(new URL(request.path, 'http://x').searchParams, request)));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('createTemplate', () => {
  test("POSTs the template's body and reads the answer, with a category that was changed", async () => {
    const { server, client } = await setUp(
      json(() => ({ id: 572279198452421, status: 'PENDING', category: 'MARKETING' })),
    );
    const draft = newTemplate({
      name: 'sample_cpr_template',
      language: 'en',
      category: 'utility',
      body: 'We would like to call you to help support your order.',
      examples: [],
    });
    if (!draft.ok) throw new Error('no draft');
    expect(await client.createTemplate(draft.value)).toEqual({
      ok: true,
      value: { id: '572279198452421', status: 'PENDING', category: 'MARKETING' },
    });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v24.0/4711/message_templates',
    });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      name: 'sample_cpr_template',
      language: 'en',
      category: 'UTILITY',
      components: [
        { type: 'BODY', text: 'We would like to call you to help support your order.' },
        { type: 'call_permission_request' },
      ],
    });
  });

  const named = {
    name: 'n',
    language: 'en',
    category: 'UTILITY',
    parameterFormat: 'named',
    components: [],
  } as const;

  test('says NAMED for named variables', async () => {
    const { server, client } = await setUp(json(() => ({ id: '1' })));
    expect(await client.createTemplate(named)).toMatchObject({
      value: { id: '1', status: 'PENDING', category: 'UTILITY' },
    });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ parameter_format: 'NAMED' });
  });

  test('is not made a second time when the answer was lost, and says that it may be there', async () => {
    const { server, client } = await setUp((s) => s.destroy());
    expect(await client.createTemplate(named)).toEqual({
      ok: false,
      error: { kind: 'unreachable', detail: expect.stringMatching(/may have been carried out/) },
    });
    expect(server.requests).toHaveLength(1);
  });

  test('without a business account is refused before any call', async () => {
    const { server } = await setUp('');
    const { businessAccountId: _none, ...rest } = { businessAccountId: '' };
    const client = clientOf(server.url, { ...rest, businessAccountId: undefined as never });
    expect(await client.createTemplate(named)).toMatchObject({
      error: {
        kind: 'refused',
        error: { type: 'local', details: expect.stringContaining('WHATSAPP_BUSINESS_ACCOUNT_ID') },
      },
    });
    expect(server.connections).toBe(0);
  });
});

describe('listTemplates', () => {
  const page = (n: number, more: object = {}): object => ({
    data: [{ ...ITEM, id: `${n}`, name: n % 2 === 0 ? 'even' : 'odd' }],
    paging: {
      cursors: { before: 'b', after: `c${n}` },
      next: 'https://elsewhere.example/steal',
      ...more,
    },
  });

  test('follows the cursors to our own host only, up to the page without "next"', async () => {
    const { server, client } = await setUp(
      json((query) => {
        const n = Number(query.get('after')?.slice(1) ?? 0) + 1;
        return page(n, n === 4 ? { next: undefined } : {});
      }),
    );
    const found = await all(client.listTemplates());
    expect(found.map((r) => (r.ok ? r.value.id : r.error))).toEqual(['1', '2', '3', '4']);
    expect(server.requests).toHaveLength(4);
    expect(server.requests[0]?.path).toMatch(
      /^\/v24\.0\/4711\/message_templates\?fields=id%2Cname/,
    );
    expect(server.requests.map((r) => r.headers.host)).toEqual(
      Array(4).fill(`127.0.0.1:${server.port}`),
    );
  });

  test('ends when a cursor comes again', async () => {
    const { server, client } = await setUp(json(() => page(1)));
    expect(await all(client.listTemplates())).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  test('takes the cursor out of "next" where there is no other', async () => {
    const { client } = await setUp(
      json((query) =>
        query.get('after') === 'z'
          ? { data: [{ ...ITEM, id: '2' }] }
          : { data: [ITEM], paging: { next: 'https://graph.facebook.com/v24.0/x?after=z' } },
      ),
    );
    expect(await all(client.listTemplates())).toHaveLength(2);
  });

  test('starts again, once and without doubles, when Meta calls a cursor invalid (131059)', async () => {
    let refusals = 0;
    const { server, client } = await setUp(
      json((query) => {
        if (query.get('after') === 'c1' && refusals++ === 0)
          return { error: { code: 131059, message: 'x' } };
        return query.has('after') ? { data: [{ ...ITEM, id: '2' }] } : page(1);
      }),
    );
    const found = await all(client.listTemplates());
    expect(found.map((r) => (r.ok ? r.value.id : r.error))).toEqual(['1', '2']);
    expect(server.requests).toHaveLength(4);
  });

  test('reads each field tolerantly and skips what is no template', async () => {
    const { client } = await setUp(
      json(() => ({ data: [ITEM, null, 'x', { id: '1' }, { id: 5, name: 'n' }] })),
    );
    const expected: Template = {
      id: '900',
      name: 'cpr',
      language: 'en_US',
      status: 'APPROVED',
      category: 'UTILITY',
      parameterFormat: 'named',
      qualityScore: 'GREEN',
      correctCategory: 'MARKETING',
      components: [{ type: 'BODY', text: 'x' }, { type: 'CALL_PERMISSION_REQUEST' }],
    };
    expect(await all(client.listTemplates())).toEqual([
      { ok: true, value: expected },
      {
        ok: true,
        value: { id: '5', name: 'n', language: '', status: '', category: '', components: [] },
      },
    ]);
  });

  test('filters here too, whatever the server makes of it', async () => {
    const data = [
      ITEM,
      { ...ITEM, id: '2', name: 'cpr_2' },
      { ...ITEM, id: '3', language: 'en' },
      { ...ITEM, id: '4', status: 'REJECTED' },
    ];
    const { server, client } = await setUp(json(() => ({ data })));
    const ids = async (filter: { readonly name: string; readonly status?: string }) =>
      (await all(client.listTemplates(filter))).map((r) => r.ok && r.value.id);
    expect(await ids({ name: 'cpr', status: 'approved' })).toEqual(['900', '3']);
    expect(await ids({ name: 'cpr' })).toEqual(['900', '3', '4']);
    expect(server.requests[0]?.path).toContain('name=cpr');
  });

  test('ends with the failure', async () => {
    const { client } = await setUp(json(() => ({ error: { code: 200, message: 'no' } }), 403));
    expect(await all(client.listTemplates())).toMatchObject([
      { ok: false, error: { kind: 'refused', error: { code: 200, httpStatus: 403 } } },
    ]);
  });
});

test('getTemplate and deleteTemplate name what they mean', async () => {
  const { server, client } = await setUp(
    json((_q, r) => (r.method === 'GET' ? ITEM : { success: true })),
  );
  expect(await client.getTemplate('900')).toMatchObject({ ok: true, value: { id: '900' } });
  expect(await client.deleteTemplate({ name: 'cpr' })).toEqual({ ok: true, value: undefined });
  expect(await client.deleteTemplate({ name: 'cpr', id: '900' })).toMatchObject({ ok: true });
  expect(server.requests.slice(1).map((r) => `${r.method} ${r.path}`)).toEqual([
    'DELETE /v24.0/4711/message_templates?name=cpr',
    'DELETE /v24.0/4711/message_templates?hsm_id=900&name=cpr',
  ]);
  expect(server.requests[0]?.path).toMatch(/^\/v24\.0\/900\?fields=/);
});

describe('a management call', () => {
  test.each<[string, number, string | object, object]>([
    [
      'a route that is not there',
      404,
      '<html>Not Found</html>',
      { kind: 'unreachable', notFound: true },
    ],
    [
      'a 404 in JSON',
      404,
      { error: 'Not Found', statusCode: 404 },
      { kind: 'unreachable', notFound: true },
    ],
    [
      'a Graph 404',
      404,
      { error: { code: 803, message: 'x' } },
      { kind: 'refused', error: { code: 803 } },
    ],
    [
      'a gateway',
      502,
      '<html/>',
      { kind: 'unreachable', detail: 'HTTP 502 without a Graph error object' },
    ],
    ['no JSON', 200, 'hello', { kind: 'unreachable', detail: 'HTTP 200 without a Graph answer' }],
  ])('tells %s', async (_what, status, body, expected) => {
    const { client } = await setUp((s) => s.write(http(status, body)));
    expect(await client.callingSettings()).toMatchObject({ ok: false, error: expected });
  });

  test('that reads is repeated after a broken connection', async () => {
    const { server, client } = await setUp((s, r) =>
      r.n < 3 ? s.destroy() : s.write(http(200, { calling: { status: 'enabled' } })),
    );
    expect(await client.callingSettings()).toMatchObject({
      ok: true,
      value: { status: 'ENABLED' },
    });
    expect(server.requests).toHaveLength(3);
  });

  test('without a token is refused by us', async () => {
    const { server, client } = await setUp('', { token: () => undefined });
    expect(await client.numberInfo()).toMatchObject({
      error: { kind: 'refused', error: { code: 190, type: 'local' } },
    });
    expect(server.connections).toBe(0);
  });

  test('with a dead token tells the token source', async () => {
    let told = 0;
    const server = await serve(
      json(() => ({ error: { code: 190, message: `bad ${TOKEN}` } }), 401),
    );
    const client = clientOf(server.url, { tokenRefused: () => (told += 1) });
    const result = await client.tokenInfo();
    expect(told).toBe(1);
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });
});
