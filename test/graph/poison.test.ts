import { describe, expect, test } from '@jest/globals';
import { http } from './servers.ts';
import { createBench, INPUT, TOKEN } from './support.ts';

const { setUp, outcomeOf } = createBench();

const contacts = [{ input: INPUT.to, wa_id: '16505551234' }];

describe('an acceptance in a form that no store takes', () => {
  test.each([
    ['NUL', 'wam\u0000id'],
    ['half a pair', 'wamid\ud83d'],
    ['a thousand characters', 'w'.repeat(1_000)],
    ['bytes that are no UTF-8, as they are read', 'wamid.\ufffd'],
  ])('is one without a message id, and the answer is kept: %s', async (_what, id) => {
    const outcome = await outcomeOf(http(200, { contacts, messages: [{ id }] }));
    expect(outcome).toEqual({
      kind: 'accepted',
      messageStatus: 'accepted',
      waId: '16505551234',
      raw: expect.stringContaining('"messages":[{"id":"w'),
    });
  });

  test('keeps its message id where only its status had to be changed', async () => {
    const message = { id: 'wamid.1', message_status: `held\u0000${'x'.repeat(100)}` };
    const outcome = await outcomeOf(http(200, { contacts, messages: [message] }));
    expect(outcome).toMatchObject({
      kind: 'accepted',
      wamid: 'wamid.1',
      messageStatus: `held\ufffd${'x'.repeat(58)}…`,
      raw: expect.stringContaining('held\\u0000xxx'),
    });
  });

  test('has no wa_id where that is none', async () => {
    const body = {
      contacts: [{ input: INPUT.to, wa_id: '1650\u00005551234' }],
      messages: [{ id: 'w' }],
    };
    expect(await outcomeOf(http(200, body))).toEqual({
      kind: 'accepted',
      wamid: 'w',
      messageStatus: 'accepted',
    });
  });
});

describe('a refusal in a form that no store takes', () => {
  test('has text that can be stored, and its answer beside it', async () => {
    const error = {
      code: 132015,
      message: 'a\u0000b',
      error_data: { details: '\ud83d' },
      fbtrace_id: 'x\u0000',
      error_subcode: 2 ** 40,
    };
    expect(await outcomeOf(http(400, { error }))).toEqual({
      kind: 'refused',
      error: {
        code: 132015,
        message: 'a\ufffdb',
        details: '\ufffd',
        traceId: 'x\ufffd',
        httpStatus: 400,
      },
      raw: expect.stringContaining('"message":"a\\u0000b"'),
    });
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 1e300, 0.5, '99999999999'])(
    'has the code -1 for %s, whose digits stand in the message',
    async (code) => {
      const outcome = await outcomeOf(http(400, { error: { code, type: 'x', message: 'm' } }));
      expect(outcome).toMatchObject({
        kind: 'refused',
        error: { code: -1, message: `m (code ${Number(code)})` },
        raw: expect.stringContaining('"code"'),
      });
    },
  );

  test('keeps no token in the answer beside it, also where it was escaped', async () => {
    const escaped = [...TOKEN].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const body = `{"error":{"code":1,"message":"${'x'.repeat(5_000)}","a":"${escaped.join('')}","b":"${TOKEN}"}}`;
    const outcome = await outcomeOf(http(400, body));
    if (outcome.kind !== 'refused' || outcome.raw === undefined) throw new Error('no raw answer');
    expect(outcome.raw).toContain('"a":"[token]","b":"[token]"');
  });

  test('asks to wait a day at most', async () => {
    const headers = {
      'retry-after': '1e300',
      'x-app-usage': '{"call_count":99,"estimated_time_to_regain_access":1e300}',
    };
    const outcome = await outcomeOf(http(429, { error: { code: 4, message: 'm' } }, headers));
    expect(outcome).toMatchObject({
      retryAfterMs: 86_400_000,
      usage: { regainAccessMs: 86_400_000 },
    });
  });
});

test('what management calls give can be stored, down to the texts of a template', async () => {
  const { client } = await setUp((socket, request) => {
    const template = {
      id: '1\u0000',
      name: 'a\ud83d',
      status: 'approved\u0000',
      components: [{ type: 'BODY', text: 'Hi\u0000', example: { body_text: [['\ud83d']] } }],
    };
    const number = {
      id: '1',
      verified_name: 'A\u0000',
      whatsapp_business_manager_messaging_limit: 'TIER\u0000'.repeat(50),
      health_status: {
        entities: [{ errors: [{ error_code: 1e300, error_description: 'd\u0000' }] }],
      },
    };
    socket.end(
      http(200, request.path.includes('message_templates') ? { data: [template] } : number),
    );
  });
  const templates = [];
  for await (const template of client.listTemplates({ name: 'a\ufffd' })) templates.push(template);
  const info = await client.numberInfo();
  expect([...templates, info].map(({ ok }) => ok)).toEqual([true, true]);
  const text = JSON.stringify([templates, info]);
  expect(text).not.toMatch(/\\u0000|\\ud83d/);
  expect(text).toContain('Hi\ufffd');
  expect(info).toMatchObject({
    value: { healthErrors: [{ code: -1, description: 'd\ufffd (code 1e+300)' }] },
  });
  expect(info.ok && info.value.messagingLimit).toHaveLength(64);
});
