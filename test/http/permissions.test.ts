/** The permission book over HTTP: who may be called, by pages, by person, as a file. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnCallpermit } from '../support/callpermit.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { inMs, number, say, walk } from './book-support.ts';
import { type Service, startService } from './support.ts';

const HOUR_MS = 3_600_000;
const OTHER = '999';
const [soon, later, forGood, no, over] = [1, 2, 3, 4, 5].map(number) as [
  ...[string, string, string, string, string],
];
let database: TestDatabase;
let service: Service;
let campaign = '';

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({ databaseUrl: database.connectionString });
  const { senders } = service.app.ledger;
  for (const senderId of [service.simulator.phoneNumberId, OTHER])
    await senders.ensure({ senderId, messagesPerSecond: 80 });
  const recipients = [soon, no].map((to, i) => ({ to, reference: `ref-${i}`, 1: 'Ann' }));
  const made = await service.call('POST', '/v1/campaigns', {
    body: { template: 't', language: 'en', recipients, start: false },
  });
  campaign = made.body.id;
  await say(service, soon, 'temporary', { expiresAt: inMs(HOUR_MS) });
  await say(service, later, 'temporary', { expiresAt: inMs(100 * HOUR_MS) });
  await say(service, forGood, 'permanent', { senderId: OTHER });
  await say(service, no, 'declined');
  await say(service, over, 'temporary', { expiresAt: inMs(-1_000) });
});

afterAll(async () => {
  await service?.close();
  await database?.drop();
});

const toOf = (found: readonly { to: string }[]) => found.map((one) => one.to).toSorted();
const listed = async (query: string) =>
  toOf(await walk(service, `/v1/permissions?limit=2${query}`, 'permissions'));

describe('the list', () => {
  it.each([
    ['', () => [soon, later, forGood, no, over]],
    ['&state=callable', () => [soon, later, forGood]],
    ['&state=permanent,declined', () => [forGood, no]],
    ['&state=expired', () => [over]],
    ['&state=requested', () => []],
    ['&expiringWithin=24h', () => [soon]],
    ['&expiringWithin=7d', () => [soon, later]],
    ['&expiringWithin=1m&state=expired', () => [over]],
    [`&sender=${OTHER}`, () => [forGood]],
    [`&sender=${OTHER}&state=declined`, () => []],
    ['&sender=998', () => []],
  ])('%s has those and no others', async (query, expected) => {
    expect(await listed(query)).toEqual(expected().toSorted());
  });

  it('of a campaign has its people, in the order of its list', async () => {
    const found = await walk(
      service,
      `/v1/permissions?limit=1&campaign=${campaign}`,
      'permissions',
    );
    expect(found.map(({ to, state }) => `${to} ${state}`)).toEqual([
      ...[`${soon} temporary`, `${no} declined`],
    ]);
    expect(await listed(`&campaign=${campaign}&state=declined`)).toEqual([no]);
    expect(await listed(`&campaign=${campaign}&sender=${OTHER}`)).toEqual([]);
  });

  it('says of each whether they may be called now, until when, and how that is known', async () => {
    const { body } = await service.call('GET', '/v1/permissions?expiringWithin=24h');
    expect(body).toEqual({
      permissions: [
        {
          ...{ sender: service.simulator.phoneNumberId, to: soon, waId: soon.slice(1) },
          ...{ userId: null, state: 'temporary', mayCall: true, source: 'answer' },
          ...{ since: expect.stringMatching(/Z$/), until: expect.stringMatching(/Z$/) },
          ...{ reference: null, campaign: null, campaignName: null },
        },
      ],
      next: null,
    });
  });

  it.each([
    ['state=granted', 'querystring/state'],
    ['expiringWithin=soon', 'querystring/expiringWithin'],
    ['campaign=nothing', 'querystring/campaign'],
    ['limit=0', 'querystring/limit'],
    ['stat=callable', 'querystring/stat'],
    [`campaign=CAMPAIGN&after=${Buffer.from('["1","2"]').toString('base64url')}`, 'after'],
    [`after=${Buffer.from('[1]').toString('base64url')}`, 'after'],
  ])('%s is refused with its place', async (query, where) => {
    const { status, body } = await service.call(
      'GET',
      `/v1/permissions?${query.replace('CAMPAIGN', campaign)}`,
    );
    expect({ status, code: body.code, where: body.where.replace(/\/\d+$/, '') }).toEqual({
      ...{ status: 400, code: 'USAGE', where },
    });
  });
});

it('a walk in pages shows everybody once, whoever answers, comes or is taken off meanwhile', async () => {
  const senderId = '777';
  await service.app.ledger.senders.ensure({ senderId, messagesPerSecond: 1 });
  const all = Array.from({ length: 20 }, (_, i) => number(100 + 2 * i));
  for (const to of all) await say(service, to, 'declined', { senderId });
  let page = 0;
  const found = await walk(
    service,
    `/v1/permissions?sender=${senderId}&limit=3`,
    'permissions',
    async () => {
      const at = inMs(-30_000 + page * 1_000);
      // One that was shown, one that is to come, and two who were never there, on either side of the cursor.
      await say(service, all[page] ?? '', 'permanent', { senderId, at });
      await say(service, all[19 - page] ?? '', 'permanent', { senderId, at });
      await say(service, number(101), 'permanent', { senderId });
      await say(service, number(141), 'permanent', { senderId });
      page += 1;
    },
  );
  expect(page).toBeGreaterThan(6);
  expect(toOf(found)).toEqual([...all, number(141)].toSorted());
});

describe('one person', () => {
  const show = (to: string) => service.call('GET', `/v1/permissions/${to}`);

  it('is shown with what they allow, what happened, and their calls', async () => {
    const at = inMs(-3_000);
    await service.app.ledger.replies.bookCalls([
      {
        ...{ senderId: OTHER, id: 'wacid.1', person: forGood.slice(1), byBusiness: true, at },
        ...{ isConnected: true, isOver: true, durationS: 60 },
      },
    ]);
    expect(await show(forGood)).toMatchObject({
      status: 200,
      body: {
        ...{ to: forGood, optOut: null },
        permissions: [{ sender: OTHER, state: 'permanent', mayCall: true }],
        calls: [{ sender: OTHER, connectedDay: 1, unanswered: 0 }],
        history: [
          { kind: 'word', sender: OTHER, what: 'permanent', source: 'answer', code: null },
          { kind: 'call', what: 'connected' },
        ],
      },
    });
    expect((await show(no)).body.permissions).toMatchObject([{ mayCall: false }]);
    expect((await show(over)).body.permissions).toMatchObject([{ mayCall: false }]);
  });

  it('is found by any spelling, and by a user id', async () => {
    const spelled = `0${forGood.slice(3)}?defaultCountry=de`;
    expect((await show(spelled)).body).toMatchObject({ to: forGood, permissions: [{}] });
    await say(service, 'US.7151', 'permanent');
    expect((await show('US.7151')).body).toMatchObject({
      permissions: [{ to: 'US.7151', userId: 'US.7151', waId: null, mayCall: true }],
    });
  });

  it('of whom nothing is known is an answer, not a failure', async () => {
    expect(await show(number(82))).toMatchObject({
      status: 200,
      body: { optOut: null, permissions: [], calls: [], history: [] },
    });
  });

  it('that cannot be read is refused, and the number is not said again', async () => {
    const { status, body, text } = await show('015112000123');
    expect([status, body.code, body.where]).toEqual([400, 'USAGE', 'params/to']);
    expect(text).not.toContain('015112000123');
  });

  it('who opted out is shown so at once; whether they may be called stays as it is', async () => {
    const [to] = [number(60)];
    await say(service, to, 'permanent');
    await service.call('PUT', `/v1/suppressions/${to}`, { body: { reason: 'by mail' } });
    expect((await show(to)).body).toMatchObject({
      optOut: { source: 'api', reason: 'by mail', addedAt: expect.any(String) },
      permissions: [{ mayCall: true }],
    });
    await service.call('DELETE', `/v1/suppressions/${to}`);
    expect((await show(to)).body.optOut).toBeNull();
  });
});

describe('the export', () => {
  it.each([
    ['csv', []],
    ['ndjson', []],
    ['csv', ['--state', 'callable']],
    ['ndjson', ['--campaign', 'CAMPAIGN']],
  ])('as %s %j is that of the command line, to the byte', async (format, options) => {
    const args = options.map((one) => one.replace('CAMPAIGN', campaign));
    const query = args.length === 0 ? '' : `&${args[0]?.slice(2)}=${args[1]}`;
    const answer = await service.call('GET', `/v1/permissions/export?format=${format}${query}`);
    const told = await spawnCallpermit(['permissions', 'export', '--format', format, ...args], {
      DATABASE_URL: database.connectionString,
    }).untilExit();
    expect(told.code).toBe(0);
    expect(answer.text).toBe(told.stdout);
    expect(answer.text.split('\n').length).toBeGreaterThan(2);
    expect(answer.headers.get('content-disposition')).toContain(`permissions.${format}`);
  });

  it('says its content types in its head, and in the description', async () => {
    const head = await service.call('HEAD', '/v1/permissions/export?format=csv');
    expect([head.headers.get('content-type'), head.text]).toEqual([
      ...['text/csv; charset=utf-8; header=present', ''],
    ]);
    const { body } = await service.call('GET', '/openapi.json');
    const { content } = body.paths['/v1/permissions/export'].get.responses['200'];
    expect(Object.keys(content)).toEqual(['text/csv', 'application/x-ndjson']);
  });
});
