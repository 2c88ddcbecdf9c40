/** Templates over HTTP: made once however often it is said, shown, deleted; what Meta says no to is a coded problem. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { walk } from './book-support.ts';
import { type Service, startService } from './support.ts';

const PATH = '/v1/templates';
const DRAFT = {
  ...{ name: 'sample_cpr_template', language: 'en', category: 'utility', examples: ['Ann'] },
  body: 'Hello {{1}}, we would like to call you to help support your order.',
};
let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

beforeEach(() => service.simulator.reset());

const create = (more: object = {}) => service.call('POST', PATH, { body: { ...DRAFT, ...more } });

describe('a template', () => {
  it('is made, listed, shown and deleted', async () => {
    const made = await create();
    expect(made).toMatchObject({
      status: 201,
      body: { name: DRAFT.name, language: 'en', category: 'UTILITY', created: true, warnings: [] },
    });
    expect(made.headers.get('location')).toBe(`${PATH}/${DRAFT.name}`);
    for (const which of [DRAFT.name, made.body.id])
      expect((await service.call('GET', `${PATH}/${which}`)).body.templates).toMatchObject([
        { id: made.body.id, asksForCalls: true, news: [], components: expect.any(Array) },
      ]);
    expect((await service.call('GET', `${PATH}?name=${DRAFT.name}`)).body).toMatchObject({
      ...{ templates: [{ id: made.body.id }], next: null },
    });
    const deleted = await service.call('DELETE', `${PATH}/${DRAFT.name}`);
    expect(deleted).toMatchObject({ status: 200, body: { name: DRAFT.name, state: 'deleted' } });
    for (const method of ['GET', 'DELETE'])
      expect(await service.call(method, `${PATH}/${DRAFT.name}`)).toMatchObject({
        ...{ status: 404, body: { code: 'NOT_FOUND', where: 'params/name' } },
      });
  });

  it('that is being deleted is not there: Meta keeps its name from use', async () => {
    await service.call('DELETE', `${PATH}/t`);
    const again = await create({ name: 't' });
    expect(again).toMatchObject({ status: 502, body: { code: 'GRAPH_REFUSED' } });
  });

  it('said again is the same one; with another text it is a conflict', async () => {
    const first = await create();
    const again = await create();
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, created: false } });
    expect(
      await create({ body: 'Hello {{1}}, may somebody else call you about it all?' }),
    ).toMatchObject({ status: 409, body: { code: 'CONFLICT', where: 'name' } });
    expect((await create({ footer: 'Reply STOP.' })).status).toBe(409);
    expect((await create({ language: 'en_US' })).status).toBe(201);
    const { body } = await service.call('GET', `${PATH}/${DRAFT.name}?language=en_US`);
    expect(body.templates).toHaveLength(1);
    await service.call('DELETE', `${PATH}/${DRAFT.name}?id=${body.templates[0].id}`);
    const left = await service.call('GET', `${PATH}/${DRAFT.name}`);
    expect(left.body.templates).toMatchObject([{ id: first.body.id }]);
  });

  it('with named variables takes its examples by name', async () => {
    const body = 'Hello {{name}}, we would like to call you about your order {{order}} soon.';
    const made = await create({ name: 'named', body, examples: { order: '7', name: 'Ann' } });
    expect(made.status).toBe(201);
    const { body: shown } = await service.call('GET', `${PATH}/named`);
    const [template] = shown.templates;
    expect(template).toMatchObject({
      parameterFormat: 'named',
      components: [{ type: 'BODY' }, {}],
    });
    expect(template.components[0].example).toEqual({
      body_text_named_params: [
        { param_name: 'name', example: 'Ann' },
        { param_name: 'order', example: '7' },
      ],
    });
  });

  it('that breaks rules is refused with all of them, by the names of the body', async () => {
    const { status, body } = await create({ name: 'No!', language: 'xx', examples: [] });
    expect([status, body.code]).toEqual([422, 'TEMPLATE_INVALID']);
    expect(body.issues.map((one: { where: string }) => one.where)).toEqual([
      ...['body/name', 'body/language'],
    ]);
    const none = await create({ examples: [] });
    expect(none.body).toMatchObject({
      where: 'body/examples',
      next: expect.stringMatching(/^Give `examples`/),
    });
  });

  it.each([
    [{ status: 502, code: 'TOKEN_REFUSED' }, 190],
    [{ status: 502, code: 'GRAPH_REFUSED' }, 100],
  ])('refused by Meta is %j', async (expected, code) => {
    const effect = { kind: 'refuse', code, httpStatus: 400 } as const;
    service.simulator.setFaults([{ on: 'management', effect }]);
    const { status, body } = await create();
    expect({ status, code: body.code }).toEqual(expected);
    expect(body.detail).toContain(`Meta refused with ${code}`);
  });

  it('of a sender that is not there is a fault of the request', async () => {
    expect((await create({ sender: '998' })).body).toMatchObject({
      code: 'USAGE',
      where: 'body/sender',
    });
    expect((await service.call('GET', `${PATH}?sender=998`)).body).toMatchObject({
      ...{ code: 'USAGE', where: 'querystring/sender' },
    });
  });
});

it('a walk in pages shows each once, by name, whatever is made meanwhile', async () => {
  const before = await walk(service, `${PATH}?limit=2`, 'templates');
  let page = 0;
  const found = await walk(service, `${PATH}?limit=2`, 'templates', async () => {
    service.simulator.addTemplate({ name: `aa_${page}` });
    page += 1;
  });
  expect(before.length).toBeGreaterThan(2);
  expect(found.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(found.map(({ name }) => name)).toEqual(found.map(({ name }) => name).toSorted());
});
