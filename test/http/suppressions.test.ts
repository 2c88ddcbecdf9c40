/** The opt-out list over HTTP: one, many, a stream; all of it may be repeated. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { number, walk } from './book-support.ts';
import { type Service, startService } from './support.ts';

const PATH = '/v1/suppressions';
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

beforeEach(async () => {
  const all: string[] = [];
  for await (const { person } of service.app.ledger.people.suppressions()) all.push(person);
  await service.app.ledger.people.unsuppress(all);
});

const add = (body: object) => service.call('POST', PATH, { body });
const all = (query = '') => walk(service, `${PATH}?limit=3${query}`, 'suppressions');

describe('one person', () => {
  it('is put on it, looked up under any name, and taken off; each as often as one likes', async () => {
    const path = `${PATH}/${number(1)}`;
    expect(await service.call('GET', path)).toMatchObject({
      ...{ status: 404, body: { code: 'NOT_FOUND', where: 'params/to' } },
    });
    const first = await service.call('PUT', path, { body: { reason: 'by phone' } });
    const again = await service.call('PUT', path, { body: { reason: 'by mail' } });
    const on = { to: number(1), source: 'api', reason: 'by phone' };
    expect([first, again]).toMatchObject([
      { status: 200, body: { ...on, added: true } },
      { status: 200, body: { ...on, added: false } },
    ]);
    const spelled = `${PATH}/0${number(1).slice(3)}?defaultCountry=DE`;
    expect((await service.call('GET', spelled)).body).toMatchObject(on);
    const removed = await service.call('DELETE', path);
    const gone = await service.call('DELETE', path);
    expect([removed.body, gone.body]).toEqual([
      { to: number(1), removed: true },
      { to: number(1), removed: false },
    ]);
    expect(await all()).toEqual([]);
  });

  it('without a body or with a user id will do', async () => {
    expect((await service.call('PUT', `${PATH}/DE.774`)).body).toMatchObject({
      ...{ to: 'DE.774', reason: null, added: true },
    });
    expect((await service.call('DELETE', `${PATH}/DE.774`)).body.removed).toBe(true);
  });

  it('that is on it is skipped by a campaign that runs already', async () => {
    const recipients = [2, 3].map((i) => ({ to: number(i), 1: 'Ann' }));
    const { body: made } = await service.call('POST', '/v1/campaigns', {
      body: { template: 't', language: 'en', recipients },
    });
    await service.call('PUT', `${PATH}/${number(2)}`);
    const senders = await service.app.runSenders();
    for (;;) {
      const { body } = await service.call('GET', `/v1/campaigns/${made.id}`);
      if (body.state !== 'completed') continue;
      expect(body.counts).toMatchObject({ accepted: 1, skipped: 1 });
      break;
    }
    await senders.close();
    expect(service.simulator.requests().map(({ to }) => to)).toEqual([number(3)]);
  });
});

describe('many', () => {
  it('are taken, the bad ones told with their rows, and a second time changes nothing', async () => {
    const people = [
      { to: number(10), reason: 'angry' },
      number(11),
      { to: '12' },
      `0${number(12).slice(3)}`,
      number(11),
    ];
    const body = { people, reason: 'crm', defaultCountry: 'de' };
    expect(await add(body)).toMatchObject({
      status: 200,
      body: {
        ...{ added: 3, known: 1, refused: 1 },
        refusedLines: [
          { row: 3, column: 'to', value: '12', code: expect.stringMatching(/^PHONE/) },
        ],
      },
    });
    expect((await add(body)).body).toMatchObject({ added: 0, known: 4 });
    expect(await all()).toMatchObject([
      { to: number(10), reason: 'angry', source: 'api' },
      { to: number(11), reason: 'crm' },
      { to: number(12), reason: 'crm' },
    ]);
  });

  it('without a good one are refused, with the lines', async () => {
    expect(await add({ people: ['12', 'Ann'] })).toMatchObject({
      status: 422,
      body: { code: 'LIST_ALL_REFUSED', refusedLines: [{ row: 1 }, { row: 2 }] },
    });
  });

  it.each([
    [{ people: [] }, 'body/people'],
    [{ people: [{ to: '+49', why: 'x' }] }, 'body/people/0'],
    [{ people: [number(1)], reason: 'two\nlines' }, 'body/reason'],
    [{}, 'body/people'],
  ])('%j is refused with its place', async (body, where) => {
    const answer = await add(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'USAGE']);
    expect(answer.body.where).toContain(where);
  });
});

describe('a stream', () => {
  const send = (type: string, text: string, query = '') =>
    service.call('POST', `${PATH}/import${query}`, {
      body: new Blob([text]).stream(),
      headers: { 'content-type': type },
    });
  const csv = (n: number) =>
    `to,reason\n${Array.from({ length: n }, (_, i) => `${number(50_000 + i)},`).join('\n')}\n`;

  it('of 2,500 people is taken in; a second time changes nothing', async () => {
    const first = await send('text/csv', csv(2_500), '?reason=newsletter');
    expect(first).toMatchObject({ status: 200, body: { added: 2_500, known: 0, refused: 0 } });
    const second = await send('text/csv', csv(2_500));
    expect(second.body).toMatchObject({ added: 0, known: 2_500 });
    const { body } = await service.call('GET', `${PATH}?limit=1000`);
    expect(body.suppressions).toHaveLength(1_000);
    expect(body.suppressions[0]).toMatchObject({ source: 'import', reason: 'newsletter' });
  });

  it.each([
    ['text/csv', `Phone Number;reason\n${number(70)};\n12;\n`, '?map=Phone%20Number=to'],
    ['text/csv; charset=utf-8', `${number(70)}\n12\n`, ''],
    ['application/x-ndjson', `{"to":"${number(70)}","x":[1]}\n{"to":"12"}\n`, ''],
    ['application/json', `[{"phone":"${number(70)}"},{"to":"12"}]`, ''],
  ])('of %s: a bad line costs no good one', async (type, text, query) => {
    const answer = await send(type, text, query);
    expect(answer.body).toMatchObject({ added: 1, refused: 1, refusedLines: [{ row: 2 }] });
  });

  it('of nobody, or of no such type, is refused', async () => {
    expect((await send('text/csv', '')).body).toMatchObject({ code: 'LIST_EMPTY' });
    expect((await send('text/html', '<p>')).body).toMatchObject({ status: 415 });
  });
});

it('a walk in pages shows everybody once, whoever comes or goes meanwhile', async () => {
  const people = Array.from({ length: 20 }, (_, i) => number(200 + 2 * i));
  await add({ people });
  let page = 0;
  const found = await walk(service, `${PATH}?limit=3`, 'suppressions', async () => {
    await service.call('DELETE', `${PATH}/${people[page]}`);
    await add({ people: [number(201), number(241)] });
    page += 1;
  });
  expect(found.map(({ to }) => to)).toEqual([...people, number(241)]);
});
