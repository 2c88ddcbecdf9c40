/** The audit log over HTTP: what is in it, by whom, and how a person is taken out. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import {
  addUser,
  type Browser,
  browse,
  browserOf,
  countedHashes,
  logIn,
  PASSWORD,
} from './browser.ts';
import { type Answer, people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let operator: Browser;
let viewer: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  const { hash } = countedHashes();
  const env = {
    ...{ TRUST_PROXY: '127.0.0.1', DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'of the settings' },
    ...{ DASHBOARD_ACTIONS: '1', FORGET_KEY: 'a long key that nobody guesses 0123456789' },
  };
  service = await startService({ databaseUrl: database.connectionString }, env, { hash });
  await addUser(service, 'olga', 'operator');
  await addUser(service, 'vic', 'viewer');
  operator = await browse(service, 'olga');
  viewer = await browse(service, 'vic');
});
afterAll(async () => {
  await service?.close();
  await database?.drop();
});

type Entry = Readonly<Record<string, unknown>>;
const entriesOf = ({ body }: Answer): readonly Entry[] => body.entries;
const entries = async (query = '') => entriesOf(await operator.call('GET', `/v1/audit${query}`));

/** What is counted is written within a second. */
async function untilThere(query: string, isIt: (entry: Entry) => boolean): Promise<Entry> {
  for (;;) {
    const found = (await entries(query)).find(isIt);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the audit log', () => {
  it('has the log-in, and each action with who, role, what, to what, how it ended, and the request', async () => {
    const body = {
      ...{ template: 't', language: 'en', name: 'Summer', start: false },
      recipients: people(1),
    };
    const made = await operator.call('POST', '/v1/campaigns', { body });
    const { id } = made.body;
    await operator.call('POST', `/v1/campaigns/${id}/start`);
    await operator.call('POST', `/v1/campaigns/${id}/pause`);
    await operator.call('POST', '/v1/campaigns/cnothing/pause');
    const own = { kind: 'user', who: 'olga', role: 'operator', person: null, times: 1 };
    const [missing, paused, started, created, ...older] = await entries('?who=OLGA');
    expect([missing, paused, started, created]).toMatchObject([
      { ...own, what: 'pauseCampaign', target: 'cnothing', outcome: 'refused', status: 404 },
      { ...own, what: 'pauseCampaign', target: id, outcome: 'done', status: 200 },
      { ...own, what: 'startCampaign', target: id, outcome: 'done', status: 200 },
      { ...own, what: 'createCampaign', target: id, outcome: 'done', status: 201 },
    ]);
    expect([missing?.campaignName, paused?.campaignName]).toEqual([null, 'Summer']);
    expect(created?.requestId).toBe(made.headers.get('request-id'));
    expect(older).toMatchObject([{ ...own, what: 'logIn', outcome: 'done', status: 200 }]);
    expect(Date.parse(String(created?.at))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('has a list that came as a body by its campaign, and one that was refused by its name', async () => {
    const headers = { 'content-type': 'text/csv' };
    const list = async (query: string, body: string) =>
      operator.call('POST', `/v1/campaigns/import?language=en&${query}`, { body, headers });
    const made = await list('template=t&name=Autumn&start=false', 'to,1\n+16502000551,Ann\n');
    expect(made.status).toBe(201);
    expect(
      (await list('template=nothing_such&name=Winter', 'to,1\n+16502000552,Ann\n')).status,
    ).toBe(422);
    const [refused, taken] = await entries('?who=olga&what=importCampaign');
    expect([refused, taken]).toMatchObject([
      { target: 'Winter', person: null, outcome: 'refused', status: 422 },
      { target: made.body.id, person: null, outcome: 'done', status: 201 },
    ]);
  });

  it('has what looking at things is not, nor asking what would become of a list', async () => {
    await operator.call('GET', '/v1/campaigns');
    const body = { template: 't', language: 'en', recipients: people(1, 560), dryRun: true };
    expect((await operator.call('POST', '/v1/campaigns', { body })).status).toBe(200);
    const list = { body: 'to,1\n+16502000561,Ann\n', headers: { 'content-type': 'text/csv' } };
    const asked = 'template=t&language=en&name=Looked+at&dryRun=true';
    const looked = await operator.call('POST', `/v1/campaigns/import?${asked}`, list);
    expect(looked).toMatchObject({ status: 200, body: { dryRun: true } });
    const [last] = await entries('?who=olga');
    expect(last).toMatchObject({ what: 'importCampaign', target: 'Winter', status: 422 });
    expect(JSON.stringify(await entries())).not.toMatch(/listCampaigns|Looked at/);
  });

  it('has what is done, whatever it says of a dry run where there is none', async () => {
    const body = { template: 't', language: 'en', recipients: people(1, 570), start: false };
    const made = await operator.call('POST', '/v1/campaigns?dryRun=true', { body });
    await operator.call('POST', `/v1/campaigns/${made.body.id}/start?dryRun=true`);
    expect((await entries('?who=olga')).slice(0, 2)).toMatchObject([
      { what: 'startCampaign', target: made.body.id, outcome: 'done', status: 200 },
      { what: 'createCampaign', target: made.body.id, outcome: 'done', status: 201 },
    ]);
  });

  it('has keys by name, and counts the single requests of a program by the minute', async () => {
    await service.call('PUT', '/v1/suppressions/+16502000777', { body: {} });
    expect((await entries('?who=API_KEYS[1]'))[0]).toMatchObject({
      ...{ kind: 'key', role: 'admin', what: 'putSuppression', person: '+16502000777' },
    });
    for (let i = 0; i < 5; i += 1)
      await service.call('POST', '/v1/requests', {
        body: { template: 't', language: 'en', to: `+1650200080${i}`, parameters: ['Ann'] },
      });
    let seen = 0;
    while (seen < 5) {
      const rows = await entries('?what=createRequest');
      seen = rows.reduce((n, { times }) => n + Number(times), 0);
      expect(rows.every(({ person, target }) => person === null && target === null)).toBe(true);
    }
    expect(seen).toBe(5);
  });

  it('has what somebody who is known was refused', async () => {
    expect((await viewer.call('POST', '/v1/campaigns/c1/pause')).status).toBe(403);
    expect(await untilThere('?who=vic', ({ what }) => what === 'pauseCampaign')).toMatchObject({
      ...{ kind: 'user', role: 'viewer', outcome: 'refused', status: 403 },
    });
    const { cookie } = operator;
    const headers = { cookie, 'sec-fetch-site': 'cross-site' };
    await service.call('POST', '/v1/campaigns/c1/cancel', { key: null, headers });
    expect(await untilThere('?who=olga', ({ what }) => what === 'cancelCampaign')).toMatchObject({
      ...{ outcome: 'refused', status: 403 },
    });
  });

  it('has a log-out, and that its cookie was used again', async () => {
    const { call, cookie, csrf } = await browse(service, 'vic');
    await call('DELETE', '/v1/session');
    expect((await entries('?who=vic'))[0]).toMatchObject({ what: 'logOut', outcome: 'done' });
    const again = browserOf(service, cookie, csrf);
    await again.call('GET', '/v1/campaigns');
    await again.call('POST', '/v1/campaigns/c1/pause');
    const used = await untilThere('?who=vic', ({ what }) => what === 'useEndedSession');
    expect(used).toMatchObject({ kind: 'user', outcome: 'refused', status: 401 });
    await untilThere('?who=vic', ({ what, status }) => what === 'pauseCampaign' && status === 401);
  });

  it('counts wrong passwords by name and minute, and keeps no name that nobody has', async () => {
    const wrong = (user: string, from: string) =>
      logIn(service, user, { password: 'wrong horse', headers: { 'x-forwarded-for': from } });
    await Promise.all(Array.from({ length: 7 }, () => wrong('VIC', '203.0.113.1')));
    await wrong('hunter2-typed-as-name', '203.0.113.2');
    await untilThere('?what=logIn&outcome=refused', ({ who }) => who === '(unknown user)');
    const rows = await entries('?what=logIn&outcome=refused');
    const ofVic = rows.filter(({ who }) => who === 'vic');
    expect(ofVic.reduce((n, { times }) => n + Number(times), 0)).toBe(7);
    expect(ofVic.length).toBeLessThanOrEqual(2);
    expect(JSON.stringify(await entries())).not.toContain('hunter2');
  });

  it('has what was done in the dashboard, by the password and by a session', async () => {
    const basic = `Basic ${Buffer.from('ann:of the settings').toString('base64')}`;
    const headers = { authorization: basic };
    await service.call('PUT', '/queues/api/queues/pause', { key: null, headers });
    await service.call('PUT', '/queues/api/queues/resume', { key: null, headers });
    expect((await entries('?who=ann'))[0]).toMatchObject({
      ...{ kind: 'password', outcome: 'done', what: expect.stringMatching(/^PUT \/queues\/api\//) },
    });
    await operator.call('PUT', '/queues/api/queues/callpermit-intake/pause');
    expect((await entries('?who=olga'))[0]).toMatchObject({
      kind: 'user',
      target: 'callpermit-intake',
    });
    await operator.call('PUT', '/queues/api/queues/callpermit-intake/resume');
  });

  it('has no secret: no password, no key', async () => {
    const { call } = await adminBrowser();
    await call('POST', '/v1/users', {
      body: { name: 'newcomer', role: 'viewer', password: PASSWORD },
    });
    const made = await call('POST', '/v1/keys', { body: { name: 'audited', scope: 'read' } });
    await call('DELETE', `/v1/keys/${made.body.key}`);
    const text = JSON.stringify(await entries());
    expect(text).toContain('"newcomer"');
    expect(text).toContain('"audited"');
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(made.body.key);
  });

  async function adminBrowser(): Promise<Browser> {
    await addUser(service, 'adam', 'admin');
    return browse(service, 'adam');
  }

  it('comes in pages, filtered', async () => {
    const all = await entries('?limit=1000');
    const seen: Entry[] = [];
    let next: string | null = '';
    while (next !== null) {
      const after: string = next === '' ? '' : `&after=${next}`;
      const page: Answer = await operator.call('GET', `/v1/audit?limit=3${after}`);
      seen.push(...entriesOf(page));
      next = page.body.next;
    }
    expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    const since = new Date(Date.now() + 60_000).toISOString();
    expect(await entries(`?since=${encodeURIComponent(since)}`)).toEqual([]);
    expect((await operator.call('GET', '/v1/audit?after=x')).status).toBe(400);
    expect((await viewer.call('GET', '/v1/audit')).status).toBe(403);
  });

  it('names one person whole, several not at all, and forgets one with everything else of theirs', async () => {
    const [ann, bob] = ['+16502000991', '+16502000992'];
    await operator.call('PUT', `/v1/suppressions/${ann}`, { body: {} });
    await operator.call('POST', '/v1/suppressions', { body: { people: [{ to: bob }] } });
    await operator.call('POST', '/v1/suppressions', { body: { people: [ann, bob] } });
    await operator.call('DELETE', `/v1/suppressions/6502000991?defaultCountry=US`);
    await operator.call('POST', `/v1/campaigns/${ann}/pause`);
    const rows = await entries('?who=olga&limit=5');
    expect(rows.map(({ person, target }) => [person, target])).toEqual([
      [null, '+1650*****91'],
      [ann, null],
      [null, '2 people'],
      [bob, null],
      [ann, null],
    ]);
    const { systemClock: clock } = await import('../../src/telemetry/clock.ts');
    const done = await service.app.ledger.forgetting.forget({ name: ann, clock });
    expect(done.ok).toBe(true);
    const after = await entries('?who=olga&limit=5');
    expect(after.map(({ person, target }) => [person, target])).toEqual([
      [null, '+1650*****91'],
      [null, 'forgotten'],
      [null, '2 people'],
      [bob, null],
      [null, 'forgotten'],
    ]);
    expect(JSON.stringify(await entries('?limit=1000'))).not.toContain('2000991');
  });
});

describe('old rows', () => {
  it('go as new ones come, after AUDIT_RETENTION_DAYS; with 0 none goes', async () => {
    const days = async (retention: string) => {
      const fresh = await createTestDatabase();
      const short = await startService(
        { databaseUrl: fresh.connectionString },
        { AUDIT_RETENTION_DAYS: retention },
        { hash: countedHashes().hash },
      );
      try {
        await addUser(short, 'first', 'viewer');
        await short.app.ledger.advanceClock(31 * 86_400_000);
        await addUser(short, 'second', 'viewer');
        const { body } = await short.call('GET', '/v1/audit');
        return body.entries.map(({ target }: { target: string }) => target);
      } finally {
        await short.close();
        await fresh.drop();
      }
    };
    expect(await days('30')).toEqual(['second']);
    expect(await days('32')).toEqual(['second', 'first']);
    expect(await days('0')).toEqual(['second', 'first']);
  });
});
