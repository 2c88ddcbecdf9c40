import { describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../src/simulator/index.ts';
import { graph, type Reply, send, start, template } from './support.ts';

const BODY = { type: 'BODY', text: 'Hello {{1}}, may we call?', example: { body_text: [['Ann']] } };
const CPR = { type: 'call_permission_request' };
const created = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'ask',
  language: 'en',
  category: 'UTILITY',
  components: [BODY, CPR],
  ...more,
});
const create = (simulator: Simulator, more: Record<string, unknown> = {}): Promise<Reply> =>
  graph(
    simulator,
    'POST',
    `/v24.0/${simulator.businessAccountId}/message_templates`,
    created(more),
  );
const list = (simulator: Simulator, query = ''): Promise<Reply> =>
  graph(simulator, 'GET', `/v24.0/${simulator.businessAccountId}/message_templates${query}`);
const body = (text: string, example?: unknown): Record<string, unknown> => ({
  components: [{ type: 'BODY', text, ...(example === undefined ? {} : { example }) }],
});
const one = { body_text: [['Ann']] };

describe('creating a template', () => {
  it('answers id, status and category, and is approved after the delay', async () => {
    const simulator = await start({ templates: [], review: { delayMs: 60_000 } });
    const reply = await create(simulator);
    expect(reply.body).toEqual({
      id: expect.stringMatching(/^\d{10,}$/),
      status: 'PENDING',
      category: 'UTILITY',
    });
    const sent = { template: template('ask') };
    expect((await send(simulator, '+16505551234', sent)).code).toBe(132001);
    simulator.advanceClock(59_000);
    expect((await graph(simulator, 'GET', `/v24.0/${reply.body.id}`)).body.status).toBe('PENDING');
    simulator.advanceClock(1_000);
    expect((await graph(simulator, 'GET', `/v24.0/${reply.body.id}`)).body.status).toBe('APPROVED');
    expect((await send(simulator, '+16505551234', sent)).status).toBe(200);
  });

  it('may be approved at once, rejected with a reason, or get another category', async () => {
    const simulator = await start({
      review: {
        delayMs: 0,
        rules: [
          { name: '^bad', outcome: 'REJECTED', reason: 'PROMOTIONAL' },
          { name: '^promo', category: 'MARKETING' },
        ],
        rejectDuplicateText: false,
      },
    });
    expect((await create(simulator)).body.status).toBe('APPROVED');
    const bad = await create(simulator, { name: 'bad_one' });
    expect(bad.body.status).toBe('REJECTED');
    const read = await graph(simulator, 'GET', `/${bad.body.id}?fields=status,rejected_reason`);
    expect(read.body).toEqual({
      id: bad.body.id,
      status: 'REJECTED',
      rejected_reason: 'PROMOTIONAL',
    });
    const promo = await create(simulator, { name: 'promo_one', category: 'utility' });
    expect(promo.body).toMatchObject({ status: 'APPROVED', category: 'MARKETING' });
  });

  it('rejects the same body and footer as a living template of the language', async () => {
    const simulator = await start({ review: { delayMs: 0 } });
    await create(simulator);
    expect((await create(simulator, { name: 'again' })).body.status).toBe('REJECTED');
    expect((await create(simulator, { name: 'again', language: 'en_US' })).body.status).toBe(
      'APPROVED',
    );
  });

  const long = (n: number): string => 'word '.repeat(n / 5);
  const refusals: [string, Record<string, unknown>, number | undefined][] = [
    ['an upper-case name', { name: 'Ask' }, undefined],
    ['a name of 513 characters', { name: 'a'.repeat(513) }, undefined],
    ['an unknown language', { language: 'xx' }, undefined],
    ['an unknown category', { category: 'SPAM' }, undefined],
    ['an unknown parameter_format', { parameter_format: 'both' }, undefined],
    ['no components', { components: [] }, undefined],
    ['no BODY', { components: [CPR] }, 2388072],
    ['two BODYs', { components: [BODY, BODY] }, 2388072],
    ['an unknown component', { components: [BODY, { type: 'MUSIC' }] }, undefined],
    ['a request component with more', { components: [BODY, { ...CPR, text: 'x' }] }, undefined],
    ['the request in AUTHENTICATION', { category: 'AUTHENTICATION' }, undefined],
    ['a body of 1,025 characters', body(`${long(1025)}`), 2388040],
    ['a variable at the start', body('{{1}}, may we call you?', one), 2388299],
    ['a variable at the end', body('May we call you, {{1}}', one), 2388299],
    ['a gap', body('Hello {{1}} and {{3}}, may we?', { body_text: [['a', 'b']] }), 2388072],
    [
      'adjacent variables',
      body('Hello {{1}} {{2}}, may we?', { body_text: [['a', 'b']] }),
      2388072,
    ],
    ['a dollar in a variable', body('Hello {{a$b}}, may we?', one), 2388072],
    ['a lone brace', body('Hello {{1}, may we?', one), 2388072],
    [
      'too many variables',
      body('Hi {{1}}, {{2}}, {{3}}.', { body_text: [['a', 'b', 'c']] }),
      2388293,
    ],
    ['no example', body('Hello {{1}}, may we call?'), 2388072],
    ['an example too few', body('Hello {{1}} of {{2}}, may we?', one), 2388072],
    ['a named variable in a positional one', body('Hello {{name}}, may we?', one), 2388072],
    [
      'a header of 61',
      { components: [BODY, { type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }] },
      2388040,
    ],
    ['a header without format', { components: [BODY, { type: 'HEADER', text: 'x' }] }, 2388047],
    [
      'two variables in the header',
      {
        components: [
          BODY,
          {
            type: 'HEADER',
            format: 'TEXT',
            text: 'a {{1}} b {{2}}',
            example: { header_text: ['x', 'y'] },
          },
        ],
      },
      2388047,
    ],
    ['a footer of 61', { components: [BODY, { type: 'FOOTER', text: 'x'.repeat(61) }] }, 2388040],
    [
      'a variable in the footer',
      { components: [BODY, { type: 'FOOTER', text: 'a {{1}} b' }] },
      2388073,
    ],
    [
      'eleven buttons',
      { components: [BODY, { type: 'BUTTONS', buttons: Array(11).fill({}) }] },
      undefined,
    ],
    ['a time to live of a second', { message_send_ttl_seconds: 1 }, undefined],
  ];
  it.each(refusals)('refuses %s', async (_, more, subcode) => {
    const simulator = await start({ templates: [] });
    const { status, body: answer } = await create(simulator, more);
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({
      code: 100,
      error_user_title: expect.any(String),
      error_user_msg: expect.any(String),
    });
    expect(answer.error.error_subcode).toBe(subcode);
    expect((await list(simulator)).body.data).toEqual([]);
  });

  it('takes named variables with named examples, and a flat list of examples', async () => {
    const simulator = await start();
    const named = body('Hello {{first_name}}, may we call?', {
      body_text_named_params: [{ param_name: 'first_name', example: 'Ann' }],
    });
    expect((await create(simulator, { ...named, parameter_format: 'NAMED' })).status).toBe(200);
    const flat = body('Hello {{1}}, may we ring?', { body_text: ['Ann'] });
    expect((await create(simulator, { ...flat, name: 'flat' })).status).toBe(200);
  });

  it('refuses a second one of name and language with 2388024, and a full account with 2388019', async () => {
    const simulator = await start({ templateLimit: 2 });
    expect((await create(simulator)).status).toBe(200);
    expect((await create(simulator)).body.error).toMatchObject({
      code: 100,
      error_subcode: 2388024,
    });
    expect((await create(simulator, { language: 'de' })).body.error.error_subcode).toBe(2388019);
  });

  it('refuses more than the allowed creations an hour with 80008', async () => {
    const simulator = await start({ templateCreationsPerHour: 1 });
    await create(simulator);
    expect((await create(simulator, { name: 'b' })).code).toBe(80008);
  });
});

describe('listing templates', () => {
  const many = Array.from({ length: 7 }, (_, i) => ({
    name: `t${i}`,
    language: i % 2 === 0 ? 'en' : 'de',
    status: i === 6 ? ('PAUSED' as const) : ('APPROVED' as const),
  }));

  it('pages by cursor until there is no next, each template once', async () => {
    const simulator = await start({ templates: many });
    const names: string[] = [];
    let path: string | undefined =
      `/v24.0/${simulator.businessAccountId}/message_templates?limit=3&fields=name`;
    while (path !== undefined) {
      const { body: page } = await graph(simulator, 'GET', path);
      names.push(...page.data.map((t: { name: string }) => t.name));
      expect(page.paging.cursors).toEqual({
        before: expect.any(String),
        after: expect.any(String),
      });
      path = page.paging.next?.slice(simulator.url.length);
    }
    expect(names).toEqual(many.map((t) => t.name));
  });

  it('goes on behind a cursor whose template was deleted', async () => {
    const simulator = await start({ templates: many });
    const first = await list(simulator, '?limit=2');
    await graph(simulator, 'DELETE', `/${first.body.data[1].id}`);
    const next = await list(simulator, `?limit=1&after=${first.body.paging.cursors.after}`);
    expect(next.body.data[0].name).toBe('t2');
  });

  it('refuses a bad cursor with 131059 and an unknown field with 100', async () => {
    const simulator = await start();
    expect((await list(simulator, '?after=nonsense')).code).toBe(131059);
    const reply = await list(simulator, '?fields=name,colour');
    expect(reply.body.error.message).toContain('nonexisting field (colour)');
  });

  it('filters by name, status in any case, and language', async () => {
    const simulator = await start({ templates: [...many, { name: 't1_more' }] });
    const names = async (query: string): Promise<string[]> =>
      (await list(simulator, query)).body.data.map((t: { name: string }) => t.name);
    expect(await names('?name=t1')).toEqual(['t1', 't1_more']);
    expect(await names('?status=paused')).toEqual(['t6']);
    expect(await names('?language=de')).toEqual(['t1', 't3', 't5']);
  });

  it('shows components with their types in upper case', async () => {
    const simulator = await start();
    const [first] = (await list(simulator, '?fields=components,parameter_format')).body.data;
    expect(first.components.map((c: { type: string }) => c.type)).toEqual([
      'BODY',
      'CALL_PERMISSION_REQUEST',
    ]);
    expect(first.parameter_format).toBe('POSITIONAL');
  });

  it('is no path at all on a server without template routes', async () => {
    const simulator = await start({ templateRoutes: false });
    expect((await list(simulator)).code).toBe(2500);
    expect((await send(simulator, '+16505551234')).status).toBe(200);
  });
});

describe('the life of a template', () => {
  it('is deleted in all languages by name, or in one by id, and its name stays blocked', async () => {
    const simulator = await start({ templates: [] });
    for (const language of ['en', 'de', 'fr']) await create(simulator, { language });
    simulator.advanceClock(1_000);
    const [en] = (await list(simulator)).body.data;
    const path = `/v24.0/${simulator.businessAccountId}/message_templates`;
    const remove = (query: string): Promise<Reply> => graph(simulator, 'DELETE', path + query);
    expect((await remove(`?hsm_id=${en.id}&name=ask`)).body).toEqual({ success: true });
    expect((await list(simulator)).body.data).toHaveLength(2);
    expect((await remove('?name=ask')).body).toEqual({ success: true });
    expect((await remove('?name=ask')).code).toBe(100);
    expect((await create(simulator)).body.error.error_subcode).toBe(2388023);
    simulator.advanceClock(30 * 86_400_000);
    expect((await create(simulator)).status).toBe(200);
  });

  it('cannot be deleted once disabled', async () => {
    const simulator = await start({ templates: [{ name: 't', status: 'DISABLED', id: '77' }] });
    expect((await graph(simulator, 'DELETE', '/v24.0/77')).code).toBe(100);
  });

  it('is edited as a whole and reviewed again, an approved one once a day', async () => {
    const simulator = await start({ templates: [{ name: 't', id: '77' }] });
    const edit = (more: unknown): Promise<Reply> => graph(simulator, 'POST', '/v24.0/77', more);
    expect((await edit({ category: 'MARKETING' })).code).toBe(100);
    expect((await edit({ components: [CPR] })).code).toBe(100);
    expect((await edit({ components: [BODY, CPR] })).body).toEqual({ success: true });
    expect((await graph(simulator, 'GET', '/77')).body.status).toBe('PENDING');
    expect((await edit({ components: [BODY, CPR] })).code).toBe(100);
    simulator.advanceClock(1_000);
    expect((await edit({ components: [BODY, CPR] })).code).toBe(100);
  });

  it('is unpaused by hand', async () => {
    const simulator = await start({ templates: [{ name: 't', id: '77', status: 'PAUSED' }] });
    const health = await graph(simulator, 'GET', '/77?fields=health_status');
    expect(health.body.health_status.can_send_message).toBe('BLOCKED');
    expect((await graph(simulator, 'POST', '/77/unpause')).body).toEqual({ success: true });
    expect((await send(simulator, '+16505551234')).status).toBe(200);
    expect((await graph(simulator, 'POST', '/77/unpause')).code).toBe(100);
  });
});
