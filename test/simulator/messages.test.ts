import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { graph, send, sendBody, start, template } from './support.ts';

const ANN = '+16505551234';
const param = (more: Record<string, unknown>) => ({
  template: {
    name: 't',
    language: { code: 'en' },
    components: [{ type: 'body', parameters: [more] }],
  },
});

describe('an accepted send', () => {
  it('is answered as Meta answers, with input, wa_id, wamid and message_status', async () => {
    const simulator = await start();
    const { status, body, headers } = await send(simulator, ANN);
    expect(status).toBe(200);
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: ANN, wa_id: '16505551234' }],
      messages: [{ id: expect.stringMatching(/^wamid\..+/), message_status: 'accepted' }],
    });
    expect(headers.get('facebook-api-version')).toBe('v24.0');
  });

  it('is taken on the unversioned path as well', async () => {
    const simulator = await start();
    const path = `/${simulator.phoneNumberId}/messages`;
    const reply = await graph(simulator, 'POST', path, sendBody(ANN));
    expect(reply.status).toBe(200);
  });

  it('may leave out message_status, wa_id and the prefix of ids by profile', async () => {
    const simulator = await start({ reply: { messageStatus: null, idPrefix: '', waId: false } });
    const { body } = await send(simulator, ANN);
    expect(body.messages[0]).not.toHaveProperty('message_status');
    expect(body.messages[0].id).not.toMatch(/^wamid\./);
    expect(body.contacts).toEqual([{ input: ANN }]);
  });

  it('is booked with all it carried and with a fingerprint in place of the token', async () => {
    const simulator = await start();
    const { body } = await send(simulator, '+1 (650) 555-1234', {
      biz_opaque_callback_data: '7.1',
    });
    const [record] = simulator.requests();
    expect(record).toMatchObject({
      n: 1,
      to: '+1 (650) 555-1234',
      withoutPlus: false,
      waId: '16505551234',
      phoneNumberId: simulator.phoneNumberId,
      callbackData: '7.1',
      template: 't',
      language: 'en',
      parameters: [{ component: 'body', text: 'Ann' }],
      outcome: 'accepted',
      code: null,
      wamid: body.messages[0].id,
      answered: 'json',
    });
    expect(record?.authorization).toMatch(/^sha256:[0-9a-f]{12}$/);
    expect(JSON.stringify(simulator.requests())).not.toContain(simulator.token);
  });

  it('without a plus is taken but marked', async () => {
    const simulator = await start();
    expect((await send(simulator, '16505551234')).status).toBe(200);
    expect(simulator.requests()[0]?.withoutPlus).toBe(true);
  });

  it('fills named parameters in any order', async () => {
    const simulator = await start({
      templates: [
        {
          name: 'n',
          parameterFormat: 'named',
          components: [
            { type: 'BODY', text: 'Hello {{first}} of {{town}}, may we call?' },
            { type: 'CALL_PERMISSION_REQUEST' },
          ],
        },
      ],
    });
    const named = (...names: string[]) => ({
      template: {
        name: 'n',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: names.map((n) => ({ type: 'text', parameter_name: n, text: n })),
          },
        ],
      },
    });
    expect((await send(simulator, ANN, named('town', 'first'))).status).toBe(200);
    expect((await send(simulator, ANN, named('town', 'other'))).code).toBe(132018);
    expect((await send(simulator, ANN, named('town', 'town'))).code).toBe(132018);
    expect((await send(simulator, ANN, { template: template('n', 'en', ['a', 'b']) })).code).toBe(
      132012,
    );
  });
});

describe('a wrong send is refused with the code of Meta', () => {
  const cases: [string, Record<string, unknown>, number, number][] = [
    ['no messaging_product', { messaging_product: undefined }, 100, 400],
    ['another messaging_product', { messaging_product: 'sms' }, 100, 400],
    ['an unknown recipient_type', { recipient_type: 'crowd' }, 100, 400],
    ['a group', { recipient_type: 'group' }, 131041, 400],
    ['no to', { to: undefined }, 100, 400],
    ['to as a number', { to: 16505551234 }, 100, 400],
    ['to as words', { to: 'Ann' }, 131009, 400],
    ['to with 16 digits', { to: '+1234567890123456' }, 131009, 400],
    ['an unknown type', { type: 'carrier_pigeon' }, 100, 400],
    ['a text outside the window', { type: 'text', text: { body: 'hi' } }, 131047, 400],
    ['no template', { template: undefined }, 100, 400],
    ['no template name', { template: { language: { code: 'en' } } }, 100, 400],
    ['no language', { template: { name: 't' } }, 100, 400],
    ['an unexpected key in the template', { template: { ...template(), colour: 1 } }, 100, 400],
    [
      'an upper-case component',
      { template: { ...template(), components: [{ type: 'BODY' }] } },
      100,
      400,
    ],
    [
      'the call_permission_request component',
      { template: { ...template(), components: [{ type: 'call_permission_request' }] } },
      100,
      400,
    ],
    ['callback data of 513 characters', { biz_opaque_callback_data: 'x'.repeat(513) }, 100, 400],
    ['an unknown template', { template: template('other') }, 132001, 404],
    ['another language', { template: template('t', 'en_US') }, 132001, 404],
    ['no parameter', { template: template('t', 'en', []) }, 132000, 400],
    ['two parameters', { template: template('t', 'en', ['a', 'b']) }, 132000, 400],
    [
      'a header the template has not',
      {
        template: {
          ...template(),
          components: [
            { type: 'header', parameters: [{ type: 'text', text: 'x' }] },
            { type: 'body', parameters: [{ type: 'text', text: 'x' }] },
          ],
        },
      },
      132000,
      400,
    ],
    ['a named parameter', param({ type: 'text', text: 'a', parameter_name: 'n' }), 132018, 400],
    ['an image in the body', param({ type: 'image', image: {} }), 132012, 400],
    ['a text without text', param({ type: 'text' }), 131008, 400],
    ['an empty text', param({ type: 'text', text: ' ' }), 100, 400],
    ['a newline', param({ type: 'text', text: 'a\nb' }), 132018, 400],
    ['a tab', param({ type: 'text', text: 'a\tb' }), 132018, 400],
    ['five spaces', param({ type: 'text', text: 'a     b' }), 132018, 400],
    ['32,769 characters', param({ type: 'text', text: 'x'.repeat(32_769) }), 132005, 400],
    ['the sender itself', { to: '+49 30 901820' }, 131021, 400],
  ];
  it.each(cases)('%s', async (_, more, code, status) => {
    const simulator = await start();
    const reply = await send(simulator, ANN, more);
    expect([reply.code, reply.status]).toEqual([code, status]);
    expect(reply.body.error).toMatchObject({ message: expect.any(String), type: 'OAuthException' });
    expect(reply.body.error.fbtrace_id).toEqual(expect.any(String));
    expect(simulator.stats()).toMatchObject({
      posts: 1,
      accepted: 0,
      refused: 1,
      codes: { [code]: 1 },
    });
  });

  it('512 characters of callback data and four spaces are taken', async () => {
    const simulator = await start();
    const more = {
      biz_opaque_callback_data: 'x'.repeat(512),
      ...param({ type: 'text', text: 'a    b' }),
    };
    expect((await send(simulator, ANN, more)).status).toBe(200);
  });

  it.each([
    ['PENDING', 132001],
    ['REJECTED', 132001],
    ['PAUSED', 132015],
    ['DISABLED', 132016],
  ] as const)('a template that is %s', async (status, code) => {
    const simulator = await start({ templates: [{ name: 't', status }] });
    expect((await send(simulator, ANN)).code).toBe(code);
  });

  it('a body that is no JSON, or comes without its content type', async () => {
    const simulator = await start();
    const url = `${simulator.url}/v24.0/${simulator.phoneNumberId}/messages`;
    const authorization = `Bearer ${simulator.token}`;
    for (const type of ['application/json', 'text/plain']) {
      const headers = { authorization, 'content-type': type };
      const response = await fetch(url, { method: 'POST', headers, body: '{"to":' });
      expect(((await response.json()) as { error: { code: number } }).error.code).toBe(100);
    }
    expect(simulator.stats().refused).toBe(2);
  });

  it('any JSON at all gets an answer', async () => {
    const simulator = await start();
    const path = `/v24.0/${simulator.phoneNumberId}/messages`;
    const odd = fc.record(
      {
        messaging_product: fc.constant('whatsapp'),
        to: fc.oneof(fc.constant(ANN), fc.jsonValue()),
        type: fc.constant('template'),
        template: fc.oneof(
          fc.jsonValue(),
          fc.record({
            name: fc.constant('t'),
            language: fc.constant({ code: 'en' }),
            components: fc.array(
              fc.oneof(
                fc.jsonValue(),
                fc.record({ type: fc.constant('body'), parameters: fc.jsonValue() }),
              ),
            ),
          }),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(odd, async (body) => {
        const { status } = await graph(simulator, 'POST', path, body);
        expect(status === 200 || status >= 400).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
