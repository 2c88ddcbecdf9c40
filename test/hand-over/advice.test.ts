/** What is said of a refusal can be followed by whoever reads it: each way in has its own names for options. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { forPrograms } from '../../src/campaign/option-names.ts';
import { createClient, ProblemError } from '../../src/index.ts';
import { setUpWays } from './ways.ts';

const ground = setUpWays();

let asked = 0;
const people = (n: number) => {
  asked += 100;
  return Array.from({ length: n }, (_, i) => ({ to: `+49151${44_000_000 + asked + i}`, 1: 'A' }));
};
const bad = { to: '12', 1: 'A' };
const campaign = { template: 't', language: 'en' };

const post = (path: string, body: object) => ground.service.call('POST', path, { body });

/** A list as a stream, to a campaign that is made for it. */
async function stream(list: readonly object[], query = '') {
  const { body } = await post('/v1/campaigns', campaign);
  const answer = await ground.service.call('POST', `/v1/campaigns/${body.id}/recipients${query}`, {
    body: list.map((line) => `${JSON.stringify(line)}\n`).join(''),
    headers: { 'content-type': 'application/x-ndjson' },
  });
  return { id: body.id, answer };
}

async function inNode(call: (client: ReturnType<typeof createClient>) => Promise<unknown>) {
  const client = createClient();
  const error = await call(client).catch((thrown: unknown) => thrown);
  await client.close();
  if (error instanceof ProblemError) return error.problem;
  throw new Error(`Expected a ProblemError, got ${JSON.stringify(error)}`);
}

test.each([
  ['say --again', 'say again'],
  ['Say --map "Phone Number=to", or', 'Say map {"Phone Number":"to"}, or'],
  [`Say --map '"Name, first"=to'.`, 'Say map {"Name, first":"to"}.'],
  ['say --ignore-columns all.', 'say ignoreColumns "all".'],
  ['--default-country', 'defaultCountry'],
  ['say --format ndjson.', 'say Content-Type: application/x-ndjson.'],
  ['--uncertain goes alone', 'uncertain goes alone'],
  [
    '`callpermit campaign retry ID --uncertain` or --again',
    '`callpermit campaign retry ID --uncertain` or again',
  ],
  ['--no-option-of-ours', '--no-option-of-ours'],
])('%s is %s to a program', (typed, said) => {
  expect(forPrograms(typed)).toBe(said);
});

describe('a stream that is refused whole takes its campaign along, and says how to go on', () => {
  test('the same list again, with `again`', async () => {
    const list = people(2);
    expect((await stream(list)).answer.status).toBe(200);
    const { id, answer } = await stream(list);
    expect(answer).toMatchObject({ status: 409, body: { code: 'LIST_AGAIN' } });
    expect((await ground.service.call('GET', `/v1/campaigns/${id}`)).status).toBe(404);
    expect(answer.body.next).toContain('POST /v1/campaigns without recipients');
    expect(answer.body.next).toContain('?again=true');
    expect(answer.text).not.toContain('--');
    expect((await stream(list, '?again=true')).answer.status).toBe(200);
  });

  test.each([
    ['LIST_REFUSED', () => [...people(1), bad], '?strict=true'],
    ['LIST_ALL_REFUSED', () => [bad, bad], ''],
  ])('%s', async (code, list, query) => {
    const { id, answer } = await stream(list(), query);
    expect(answer.body).toMatchObject({ code });
    expect((await ground.service.call('GET', `/v1/campaigns/${id}`)).status).toBe(404);
    expect(answer.body.next).toContain('POST /v1/campaigns without recipients');
    expect(answer.text).not.toContain('--');
  });
});

describe('options go by the names of programs', () => {
  const unknown = { ...campaign, defaultCountry: 'XX' };
  const mapped = { ...campaign, map: { nobody: '1' } };

  test('over HTTP', async () => {
    const recipients = people(1);
    const country = (await post('/v1/campaigns', { ...unknown, recipients })).body;
    expect(country).toMatchObject({ code: 'USAGE', where: 'defaultCountry' });
    const map = (await post('/v1/campaigns', { ...mapped, recipients })).body;
    expect(map).toMatchObject({ code: 'LIST_COLUMNS', where: 'map' });
    expect(JSON.stringify(map)).not.toContain('--');
    const list = { ...campaign, recipients: [...people(1), { to: '6502530000', 1: 'A' }] };
    const { body } = await post('/v1/campaigns', list);
    expect(body.list.refusedLines).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain('--');
  });

  test('and in Node', async () => {
    const recipients = people(1);
    expect(await inNode((client) => client.enqueue({ ...unknown, recipients }))).toMatchObject({
      code: 'USAGE',
      where: 'defaultCountry',
    });
    const map = await inNode((client) => client.enqueue({ ...mapped, recipients }));
    expect(map).toMatchObject({ code: 'LIST_COLUMNS', where: 'map' });
    expect(JSON.stringify(map)).not.toContain('--');
  });
});

test('columns that do not fit are told alike, by stream and inline', async () => {
  const list = people(2).map(({ to }) => ({ to, name: 'Ann' }));
  const inline = (await post('/v1/campaigns', { ...campaign, recipients: list })).body;
  const { code, detail, next } = (await stream(list)).answer.body;
  expect({ code, detail, next }).toEqual({
    code: 'TEMPLATE_COLUMNS',
    detail: inline.detail,
    next: inline.next,
  });
  expect(next).toContain('map {"name":"1"}');
});

describe('one person is refused with the code and the reason of a line', () => {
  test.each<[string, string | undefined, object]>([
    ['a number that is none', 'to', { to: '12', parameters: ['A'] }],
    ['one of two countries', 'to', { to: '6502530000', parameters: ['A'] }],
    ['a text that Meta refuses', '1', { to: '+4915144999001', parameters: ['a\nb'] }],
    ['an empty text', '1', { to: '+4915144999001', parameters: [''] }],
  ])('%s', async (_, where, one) => {
    const listed = await post('/v1/campaigns', { ...campaign, recipients: [...people(1), one] });
    const [line] = listed.body.list.refusedLines;
    const expected = { code: line.code, where, next: expect.stringContaining(`"${where}"`) };
    const { body } = await post('/v1/requests', { ...campaign, ...one });
    expect(body).toMatchObject(expected);
    expect(body.detail).toContain(line.message);
    const problem = await inNode((client) => client.request({ ...campaign, ...one } as never));
    expect(problem).toMatchObject({ ...expected, message: body.detail });
  });
});

describe('who was skipped is told how to be asked all the same, by the names of programs', () => {
  const advice = [
    expect.stringContaining('includeGranted asks all the same'),
    expect.stringContaining('includeDeclined asks all the same'),
  ];
  const list = people(2);
  let id: string;
  let senders: { close(): Promise<unknown> };

  beforeAll(async () => {
    const { app, simulator } = ground.service;
    const booked = {
      senderId: simulator.phoneNumberId,
      at: new Date(),
      source: 'answer',
    } as const;
    await app.ledger.replies.bookAnswers(
      (['permanent', 'declined'] as const).map((status, i) => ({
        ...{ ...booked, key: `wamid.${status}`, person: list[i]?.to.slice(1) ?? '', status },
      })),
    );
    senders = await app.runSenders();
    id = (await post('/v1/campaigns', { ...campaign, recipients: list })).body.id;
    const client = createClient();
    await client.waitFor(id, { pollMs: 50 });
    await client.close();
  });
  afterAll(() => senders?.close());

  test.each(['ndjson', 'csv'])('in an export over HTTP, as %s', async (format) => {
    const path = `/v1/campaigns/${id}/export?format=${format}`;
    const { text } = await ground.service.call('GET', path);
    expect(text).toContain('includeGranted asks');
    expect(text).toContain('includeDeclined asks');
    expect(text).not.toContain('--');
  });

  test('in results in Node', async () => {
    const client = createClient();
    const said: (string | null)[] = [];
    for await (const result of client.results(id)) said.push(result.advice);
    await client.close();
    expect(said).toEqual(advice);
  });

  test('and of one person, in both', async () => {
    for (const [i, { to }] of list.entries()) {
      const one = { ...campaign, to, parameters: ['A'] };
      const made = await post('/v1/requests?wait=60', one);
      expect(made.body).toMatchObject({ status: 'skipped', advice: advice[i] });
      const path = `/v1/requests/${made.body.id}`;
      expect((await ground.service.call('GET', path)).body.advice).toEqual(advice[i]);
      const client = createClient();
      expect(await client.request(one)).toMatchObject({ status: 'skipped', advice: advice[i] });
      await client.close();
    }
  });
});
