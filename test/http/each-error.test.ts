/**
 * Each error that the description names is provoked, at each operation that names it, and held against it: what is
 * described and never answered turns red here, what is answered and not described in every test of the service.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import { BODY_LIMITS } from '../../src/http/slow-bodies.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { addUser, type Browser, browse, countedHashes, logIn, OURS, PASSWORD } from './browser.ts';
import { answersAsDescribed, DESCRIPTION } from './described.ts';
import { ask, OPERATIONS, type Operation, ofItsKind, plain, type Sent } from './provoke.ts';
import { KEY, people, type Service, startService } from './support.ts';

const asDescribed = answersAsDescribed(DESCRIPTION);
const KEYS = { EVENTS_KEY: 'a key for the secrets of subscriptions' };

let database: TestDatabase;
let service: Service;
/** The same app, by a server that waits less for bodies. */
let impatient: RunningHttp;
/** A service whose database is away, and a key that only the database knows. */
let away: Service;
let awayKey = '';
let proxy: TcpProxy;
/** A service that takes one request a minute. */
let limited: Service;
let readKey = '';
/** An admin, logged in at all of them. */
let admin: Browser;
let sql: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const databaseUrl = database.connectionString;
  const { hash } = countedHashes();
  service = await startService({ databaseUrl }, KEYS, { hash, listBytes: LIST_BYTES });
  const bodies = { ...BODY_LIMITS, silentMs: 200, lookMs: 20 };
  impatient = await startHttp(service.app, { port: 0, bodies });
  await addUser(service, 'ann', 'admin');
  admin = await browse(service, 'ann');
  limited = await startService({ databaseUrl }, { API_REQUESTS_PER_MINUTE: '1' }, { hash });
  await limited.call('GET', '/v1/senders');
  await limited.call('GET', '/v1/senders', { key: null, headers: { cookie: admin.cookie } });
  const { port, hostname } = new URL(databaseUrl);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  away = await startService({ databaseUrl: proxy.through(databaseUrl) });
  const { keys } = service.app.ledger;
  readKey = (await keys.create({ name: 'looks', scope: 'read' }))?.key ?? '';
  awayKey = (await keys.create({ name: 'away', scope: 'admin' }))?.key ?? '';
  proxy.cutAll();
  proxy.setNew('refuse');
  sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
});

afterAll(async () => {
  proxy?.setNew('pass');
  await sql?.end();
  await impatient?.close();
  for (const one of [service, limited, away]) await one?.close();
  await proxy?.close();
  await database?.drop();
});

beforeEach(() => service.simulator.reset());

let last = 0;
/** A campaign with so many people, as it was made. */
async function campaign(more: object = {}, n = 1): Promise<string> {
  last += n;
  const recipients = people(n, last);
  const body = { template: 't', language: 'en', recipients, ...more };
  return (await service.call('POST', '/v1/campaigns', { body })).body.id;
}
const waiting = async () => {
  const body = { template: 't', language: 'en' };
  return (await service.call('POST', '/v1/campaigns', { body })).body.id as string;
};
const at = (verb: string, id: string) => ({ path: `/v1/campaigns/${id}/${verb}` });
const json = (body: object): Sent => ({
  headers: [['content-type', 'application/json']],
  body: JSON.stringify(body),
});
const csv = (body: string): Sent => ({ headers: [['content-type', 'text/csv']], body });
/** Meta says no to whatever is managed there. */
const refusing = async (): Promise<void> => {
  const effect = { kind: 'refuse', code: 100, httpStatus: 400 } as const;
  service.simulator.setFaults([{ on: 'management', effect }]);
};
/** A page of ours sends it, in the browser of an admin. */
const inBrowser = (sent: Sent): Sent => ({
  ...sent,
  isKeyless: true,
  headers: [
    ...(sent.headers ?? []),
    ...Object.entries({ ...OURS, cookie: admin.cookie, 'x-csrf-token': admin.csrf }),
  ],
});
/** What a page of ours sends whose visitor is nobody yet. */
const loggingIn = (password: string): Sent => {
  const sent = json({ user: 'ann', password });
  return { ...sent, headers: [...(sent.headers ?? []), ...Object.entries(OURS)] };
};
const cancelled = async () => {
  const id = await campaign();
  await service.call('POST', `/v1/campaigns/${id}/cancel`);
  return id;
};

/** What is taken of a streamed list here. */
const LIST_BYTES = 1_000;
const longList = () => csv(`to,1\n+16502530004,Ann\n${'\n'.repeat(LIST_BYTES)}`);

/** What follows from what an operation does. */
const OF_THEIR_OWN: Readonly<Record<string, () => Promise<Sent>>> = {
  'createCampaign 409': async () => {
    const key = ['idempotency-key', 'of-errors'] as const;
    const body = { template: 't', language: 'en' };
    await service.call('POST', '/v1/campaigns', { body, headers: Object.fromEntries([key]) });
    const other = json({ ...body, name: 'another' });
    return { ...other, headers: [...(other.headers ?? []), key] };
  },
  'createCampaign 422': async () => json({ template: 'nothing_such', language: 'en' }),
  'createCampaign 502': async () => {
    await refusing();
    return json({ template: 't', language: 'en' });
  },
  'importCampaign 409': async () => {
    const headers = { 'idempotency-key': 'list-of-errors', 'content-type': 'text/csv' };
    const path = '/v1/campaigns/import?template=t&language=en';
    const body = 'to,1\n+16502530002,Ann\n';
    await service.call('POST', path, { body, headers });
    return { headers: Object.entries(headers), path, body: body.replace('Ann', 'Bert') };
  },
  'sendRecipients 413': async () => ({ ...at('recipients', await waiting()), ...longList() }),
  'importSuppressions 413': async () => ({ path: '/v1/suppressions/import', ...longList() }),
  'importCampaign 413': async () => ({
    ...longList(),
    path: '/v1/campaigns/import?template=t&language=en',
  }),
  'importCampaign 422': async () => ({
    ...csv('to,1\n+16502530003,Ann\n'),
    path: '/v1/campaigns/import?template=nothing_such&language=en',
  }),
  'importCampaign 502': async () => {
    await refusing();
    return plain(operation('importCampaign'));
  },
  'startCampaign 409': async () => at('start', await cancelled()),
  'pauseCampaign 409': async () => at('pause', await cancelled()),
  'resumeCampaign 409': async () => at('resume', await cancelled()),
  'cancelCampaign 409': async () => {
    const id = await campaign();
    await sql.query(`update campaigns set state = 'completed' where id = $1`, [id]);
    return at('cancel', id);
  },
  'sendRecipients 409': async () => ({
    ...csv('to,1\n+16502530001,Ann\n'),
    ...at('recipients', await campaign()),
  }),
  'sendRecipients 422': async () => ({ ...csv(''), ...at('recipients', await waiting()) }),
  'sendRecipients 408': async () => ({
    ...csv(''),
    announced: 100,
    ...at('recipients', await waiting()),
  }),
  'sendRecipients 404': async () => ({ ...csv('to\n'), ...at('recipients', 'cnothere') }),
  'retryRequests 409': async () => ({ ...json({}), ...at('retry', await cancelled()) }),
  'createRequest 409': async () => {
    const key = ['idempotency-key', 'one-of-errors'] as const;
    const body = { to: '+16502539999', template: 't', language: 'en', parameters: ['Ann'] };
    await service.call('POST', '/v1/requests', { body, headers: Object.fromEntries([key]) });
    const other = json({ ...body, parameters: ['Bert'] });
    return { ...other, headers: [...(other.headers ?? []), key] };
  },
  'createRequest 422': async () =>
    json({ to: '+16502539998', template: 'nothing_such', language: 'en' }),
  'createRequest 502': async () => {
    await refusing();
    return json({ to: '+16502539997', template: 't', language: 'en', parameters: ['Ann'] });
  },
  'settleRequest 409': async () => {
    const body = { to: '+16502539996', template: 't', language: 'en', parameters: ['Ann'] };
    const { id } = (await service.call('POST', '/v1/requests', { body })).body;
    return { ...json({ as: 'accepted' }), path: `/v1/requests/${id}/settle` };
  },
  'checkPermissions 502': async () => {
    const effect = { kind: 'refuse', code: 190, httpStatus: 401 } as const;
    service.simulator.setFaults([{ on: 'call_permissions', effect }]);
    return json({ to: '+16502530000' });
  },
  'addSuppressions 422': async () => json({ people: ['Ann'] }),
  'importSuppressions 422': async () => csv('to\nAnn\n'),
  'replayEvents 404': async () =>
    json({ since: new Date(0).toISOString(), subscription: 'sub_0000000000000000' }),
  'removeEventSubscription 404': async () => ({
    path: '/v1/events/subscriptions/sub_0000000000000000',
  }),
  'listTemplates 502': async () => {
    await refusing();
    return {};
  },
  'createTemplate 409': async () => {
    const draft = {
      ...{ name: 'twice', language: 'en', category: 'utility', examples: ['Ann'] },
      body: 'Hello {{1}}, we would like to call you to help support your order.',
    };
    await service.call('POST', '/v1/templates', { body: draft });
    return json({ ...draft, body: 'Hello {{1}}, may somebody else call you about it all?' });
  },
  'createTemplate 422': async () =>
    json({ name: 'No!', language: 'en', category: 'utility', body: 'May we call you?' }),
  'createTemplate 502': async () => {
    await refusing();
    return plain(operation('createTemplate'));
  },
  'getTemplate 502': async () => {
    await refusing();
    return { path: '/v1/templates/t' };
  },
  'logIn 401': async () => loggingIn('wrong horse battery'),
  'logIn 429': async () => {
    for (let i = 0; i < 10; i += 1)
      await logIn(limited, 'ann', { password: 'wrong horse battery' });
    return loggingIn(PASSWORD);
  },
  'logIn 500': async () => loggingIn(PASSWORD),
  'logIn 503': async () => loggingIn(PASSWORD),
  'addUser 409': async () => json({ name: 'Ann', role: 'viewer', password: PASSWORD }),
  'changeUser 409': async () => inBrowser({ ...json({ disabled: true }), path: '/v1/users/ann' }),
  'removeUser 409': async () => inBrowser({ path: '/v1/users/ann' }),
  'createKey 409': async () => json({ name: 'looks', scope: 'read' }),
  'deleteTemplate 502': async () => {
    await refusing();
    return { path: '/v1/templates/t' };
  },
};

function operation(id: string): Operation {
  const found = OPERATIONS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
}

async function provoked(of: Operation, status: number) {
  const own = OF_THEIR_OWN[`${of.id} ${status}`];
  const known = own === undefined ? ofItsKind(of, status) : { path: of.path, ...(await own()) };
  if (known === undefined) throw new Error(`nothing here provokes ${status} of ${of.id}`);
  // Two keys are two too many for what has no body to be wrong.
  const isInside =
    of.isOfSessions && status !== 401 && !(status === 400 && of.bodyTypes.length === 0);
  const sent = isInside ? inBrowser(known) : known;
  const by = (url: string, key: string | null) =>
    ask(url, of.method, sent, sent.isKeyless ? null : key);
  switch (status) {
    case 401:
      return by(service.http.url, 'wrong');
    case 403:
      return of.isOfSessions ? fromElsewhere(of) : by(service.http.url, readKey);
    case 408:
      return by(impatient.url, KEY);
    case 429:
      return by(limited.http.url, KEY);
    case 500: {
      const { keys, users } = service.app.ledger;
      const broken = [
        jest.spyOn(keys, 'use').mockRejectedValue(new Error('bug')),
        jest.spyOn(users, 'use').mockRejectedValue(new Error('bug')),
        jest.spyOn(users, 'find').mockRejectedValue(new Error('bug')),
      ];
      return by(service.http.url, readKey).finally(() => {
        for (const one of broken) one.mockRestore();
      });
    }
    case 503:
      return by(away.http.url, of.id === 'getReadiness' ? null : awayKey);
    default:
      return by(service.http.url, KEY);
  }
}

/** By a page of another site, in whose visitor's browser the admin is logged in. */
function fromElsewhere(of: Operation) {
  const headers = Object.entries({ cookie: admin.cookie, 'sec-fetch-site': 'cross-site' });
  return ask(service.http.url, of.method, plain(of, { headers }), null);
}

describe.each(OPERATIONS.map((one) => [one.id, one] as const))('%s', (_id, of) => {
  const refused = of.statuses.filter((status) => status >= 400);
  if (refused.length === 0) return;
  it.each(refused)('refuses with %i, as it is described', async (status) => {
    const answer = await provoked(of, status);
    expect({ status: answer.status, text: answer.text }).toEqual({
      status,
      text: expect.stringContaining('"code":'),
    });
    asDescribed({ method: of.method, path: of.path.replace(/\{\w+\}/g, 'x'), ...answer });
    if (status === 429 || status === 503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

const CHANGING = OPERATIONS.filter((of) => of.method !== 'GET' && of.id !== 'logIn');
it.each(CHANGING.map((of) => [of.id, of] as const))(
  '%s refuses with 403 what a page of another site sends, as it is described',
  async (_id, of) => {
    const answer = await fromElsewhere(of);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('"OTHER_ORIGIN"') });
    asDescribed({ method: of.method, path: of.path.replace(/\{\w+\}/g, 'x'), ...answer });
  },
);

it('an operation whose every error is provoked has no way out: what is not named here is red', () => {
  const named = OPERATIONS.flatMap(({ id, statuses }) =>
    statuses.map((status) => `${id} ${status}`),
  );
  expect(Object.keys(OF_THEIR_OWN).filter((one) => !named.includes(one))).toEqual([]);
});
