/** Log-in over HTTP: who gets a session, what it is good for, and when it is over. */
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import {
  addUser,
  browse,
  browserOf,
  cookieOf,
  countedHashes,
  logIn,
  OURS,
  PASSWORD,
} from './browser.ts';
import { KEY, people, type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service;
let other: Service;
const hashes = countedHashes();

beforeAll(async () => {
  database = await createTestDatabase();
  const ground = { databaseUrl: database.connectionString };
  const env = { TRUST_PROXY: '127.0.0.1' };
  service = await startService(ground, env, { hash: hashes.hash });
  // What ends a stream there is no beat.
  const streams = { stuckMs: 60_000, beatMs: 600_000 };
  other = await startService(ground, env, { hash: hashes.hash, streams });
  for (const role of ['viewer', 'operator', 'admin'] as const) await addUser(service, role, role);
});

afterAll(async () => {
  await service?.close();
  await other?.close();
  await database?.drop();
});

/** From an address of its own, so that no test runs into the limit of another's. */
let addresses = 0;
const fromElsewhere = () => {
  addresses += 1;
  return { 'x-forwarded-for': `198.51.100.${addresses}` };
};

describe('a log-in', () => {
  it('answers who it is and sets a cookie that no script reads and no other site sends', async () => {
    const answer = await logIn(service, 'VIEWER');
    expect(answer).toMatchObject({
      status: 200,
      body: { user: 'viewer', role: 'viewer', by: 'session', expiresAt: expect.any(String) },
    });
    const inMs = Date.parse(answer.body.expiresAt) - Date.now();
    expect(inMs).toBeGreaterThan(11.9 * 3_600_000);
    expect(inMs).toBeLessThan(12.1 * 3_600_000);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^callpermit_session=cps_[\w-]{43}; Path=\/; SameSite=Strict; HttpOnly$/,
      ),
    ]);
  });

  it.each([
    ['a wrong password', 'viewer', 'wrong horse battery'],
    ['an unknown user', 'nobody', PASSWORD],
    ['no name of a user', 'x y <script>', PASSWORD],
    ['a password that is too long', 'viewer', 'x'.repeat(900)],
  ])('with %s is 401, in the same words, and costs one hash', async (_what, user, password) => {
    const before = hashes.made();
    const answer = await logIn(service, user, { password, headers: fromElsewhere() });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED', detail: 'The user or the password is wrong.' },
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(hashes.made() - before).toBe(1);
  });

  it('of a disabled user costs one hash and is told the same', async () => {
    await addUser(service, 'gone', 'admin');
    await service.call('PATCH', '/v1/users/gone', { body: { disabled: true } });
    const before = hashes.made();
    const answer = await logIn(service, 'gone', { headers: fromElsewhere() });
    expect([answer.status, answer.body.detail]).toEqual([
      401,
      'The user or the password is wrong.',
    ]);
    expect(hashes.made() - before).toBe(1);
    await service.call('PATCH', '/v1/users/gone', { body: { disabled: false } });
    expect((await logIn(service, 'gone', { headers: fromElsewhere() })).status).toBe(200);
  });

  it('takes no session that a browser was given before, and ends the one it had', async () => {
    const planted = `callpermit_session=cps_${'A'.repeat(43)}`;
    const first = await logIn(service, 'viewer', { headers: { cookie: planted } });
    expect(cookieOf(first)).not.toBe(planted);
    const second = await logIn(service, 'viewer', { headers: { cookie: cookieOf(first) } });
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    const before = browserOf(service, cookieOf(first), first.body.csrfToken);
    expect((await before.call('GET', '/v1/session')).status).toBe(401);
    expect((await browserOf(service, planted, '').call('GET', '/v1/session')).status).toBe(401);
    const now = browserOf(service, cookieOf(second), second.body.csrfToken);
    expect((await now.call('GET', '/v1/session')).body).toMatchObject({ user: 'viewer' });
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{}, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
  ])('by a page that says %j is answered %d', async (headers, status) => {
    const answer = await service.call('POST', '/v1/session', {
      ...{ key: null, body: { user: 'viewer', password: PASSWORD }, headers },
    });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.code).toBe('OTHER_ORIGIN');
  });
});

describe('a session', () => {
  it('that was forged, cut short or left out opens nothing', async () => {
    const { cookie } = await browse(service, 'admin');
    for (const wrong of [
      `callpermit_session=cps_${'x'.repeat(43)}`,
      cookie.slice(0, -1),
      `${cookie}x`,
      'callpermit_session=',
      'callpermit_session=admin',
      cookie.replace('callpermit_session', '__Host-callpermit_session'),
      cookie.replace('callpermit_session', 'other'),
    ]) {
      const answer = await browserOf(service, wrong, '').call('GET', '/v1/users');
      expect([wrong, answer.status]).toEqual([wrong, 401]);
    }
  });

  it('is in the ledger as a hash alone', async () => {
    const { cookie } = await browse(service, 'viewer');
    const dump = await service.app.ledger.users.sessions('viewer');
    const [, token = ''] = cookie.split('=cps_');
    expect(token).toHaveLength(43);
    expect(JSON.stringify(dump)).not.toContain(token);
    expect(service.logged()).not.toContain(token);
    expect(service.logged()).not.toContain(PASSWORD);
  });

  it('that is logged out is refused at once by every process', async () => {
    const { call, cookie, csrf } = await browse(service, 'operator');
    const elsewhere = browserOf(other, cookie, csrf);
    expect((await elsewhere.call('GET', '/v1/campaigns')).status).toBe(200);
    const out = await call('DELETE', '/v1/session');
    expect([out.status, out.body]).toEqual([200, { ended: 1 }]);
    expect(out.headers.getSetCookie()).toEqual([
      'callpermit_session=; Path=/; SameSite=Strict; HttpOnly; Max-Age=0',
    ]);
    for (const one of [elsewhere, browserOf(service, cookie, csrf)]) {
      expect((await one.call('GET', '/v1/campaigns')).status).toBe(401);
      expect((await one.call('POST', '/v1/campaigns/c1/pause')).status).toBe(401);
    }
  });

  it('ends with all others of its user, and no others, by DELETE /v1/sessions', async () => {
    const [here, there] = [await browse(service, 'operator'), await browse(other, 'operator')];
    const stays = await browse(service, 'admin');
    const out = await here.call('DELETE', '/v1/sessions');
    expect(out.body.ended).toBeGreaterThanOrEqual(2);
    for (const one of [here, there])
      expect((await one.call('GET', '/v1/session')).status).toBe(401);
    expect((await stays.call('GET', '/v1/session')).status).toBe(200);
  });

  it('has another role from the next request on, and ends where its user is disabled or removed', async () => {
    await addUser(service, 'bob', 'admin');
    const bob = await browse(other, 'bob');
    expect((await bob.call('GET', '/v1/users')).status).toBe(200);
    await service.call('PATCH', '/v1/users/BOB', { body: { role: 'viewer' } });
    expect((await bob.call('GET', '/v1/users')).status).toBe(403);
    await service.call('PATCH', '/v1/users/bob', { body: { disabled: true } });
    expect((await bob.call('GET', '/v1/session')).status).toBe(401);
    // Whoever is let in again has to log in again.
    await service.call('PATCH', '/v1/users/bob', { body: { disabled: false } });
    expect((await bob.call('GET', '/v1/session')).status).toBe(401);
    const again = await browse(other, 'bob');
    await service.call('PATCH', '/v1/users/bob', { body: { password: 'another long password' } });
    expect((await again.call('GET', '/v1/session')).status).toBe(401);
    const last = await logIn(other, 'bob', { password: 'another long password' });
    expect(last.status).toBe(200);
    await service.call('DELETE', '/v1/users/bob');
    const removed = browserOf(other, cookieOf(last), last.body.csrfToken);
    expect((await removed.call('GET', '/v1/session')).status).toBe(401);
  });

  it('is no key, and a key no session', async () => {
    expect((await service.call('GET', '/v1/session')).status).toBe(401);
    expect((await service.call('DELETE', '/v1/sessions')).status).toBe(401);
    const { cookie } = await browse(service, 'viewer');
    // Who brings a key is known by it, and needs no page of ours.
    const made = await service.call('POST', '/v1/campaigns', {
      headers: { cookie },
      body: { template: 't', language: 'en', recipients: people(1, 900), start: false },
    });
    expect(made.status).toBe(201);
  });
});

describe('roles', () => {
  const campaign = { template: 't', language: 'en', recipients: people(1, 700), start: false };
  const key = { name: 'a-key', scope: 'read' };
  const user = { name: 'new-user', role: 'admin', password: PASSWORD };
  const ACTIONS = [
    ['POST', '/v1/campaigns', campaign, 'operator'],
    ['POST', '/v1/campaigns/c1/pause', undefined, 'operator'],
    ['POST', '/v1/requests', { template: 't', language: 'en', to: '+16502000000' }, 'operator'],
    ['PUT', '/v1/suppressions/+16502000001', {}, 'operator'],
    ['DELETE', '/v1/suppressions/+16502000001', undefined, 'operator'],
    ['GET', '/v1/audit', undefined, 'operator'],
    ['POST', '/v1/templates', {}, 'admin'],
    ['GET', '/v1/keys', undefined, 'admin'],
    ['POST', '/v1/keys', key, 'admin'],
    ['DELETE', '/v1/keys/nothing', undefined, 'admin'],
    ['GET', '/v1/users', undefined, 'admin'],
    ['POST', '/v1/users', user, 'admin'],
    ['PATCH', '/v1/users/viewer', { role: 'admin' }, 'admin'],
    ['DELETE', '/v1/users/nobody', undefined, 'admin'],
    ['GET', '/v1/users/viewer/sessions', undefined, 'admin'],
    ['DELETE', '/v1/users/nobody/sessions', undefined, 'admin'],
  ] as const;
  const ORDER = ['viewer', 'operator', 'admin'] as const;

  test.each(ACTIONS)('%s %s: from which role on', async (method, path, body, least) => {
    for (const role of ORDER) {
      const browser = await browse(service, role);
      const isLow = ORDER.indexOf(role) < ORDER.indexOf(least);
      if (role === 'admin' && path === '/v1/users/viewer') continue;
      const answer = await browser.call(method, path, body === undefined ? {} : { body });
      expect({ role, isRefused: answer.status === 403 }).toEqual({ role, isRefused: isLow });
      if (isLow)
        expect(answer.body).toMatchObject({
          ...{ code: 'FORBIDDEN', where: 'role' },
          detail: expect.stringContaining(`this needs the role ${least}`),
        });
    }
  });

  it('a viewer looks at everything else', async () => {
    const { call } = await browse(service, 'viewer');
    for (const path of ['/v1/campaigns', '/v1/permissions', '/v1/senders', '/openapi.json'])
      expect([path, (await call('GET', path)).status]).toEqual([path, 200]);
  });

  it('nobody takes away their own rights', async () => {
    const { call } = await browse(service, 'admin');
    const own = [
      await call('DELETE', '/v1/users/Admin'),
      await call('PATCH', '/v1/users/admin', { body: { role: 'operator' } }),
      await call('PATCH', '/v1/users/admin', { body: { disabled: true } }),
    ];
    expect(own.map(({ status, body }) => [status, body.code])).toEqual(
      own.map(() => [409, 'CONFLICT']),
    );
  });
});

describe('what changes something by a cookie', () => {
  const RIGHT = OURS;
  const none = { 'sec-fetch-site': undefined };
  it.each([
    ['a page of ours with its token', RIGHT, 'own', 200],
    ['a page of ours by its origin alone', { ...none, origin: 'own' }, 'own', 200],
    ['a page of ours without a token', RIGHT, undefined, 403],
    ['a page of ours with a wrong token', RIGHT, 'wrong', 403],
    ["a page of ours with another session's token", RIGHT, 'other', 403],
    ['another site with the token', { 'sec-fetch-site': 'cross-site' }, 'own', 403],
    ['a neighbour with the token', { 'sec-fetch-site': 'same-site' }, 'own', 403],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, 'own', 403],
    ['another origin', { ...none, origin: 'https://evil.example' }, 'own', 403],
    ['an origin without a name', { ...none, origin: 'null' }, 'own', 403],
    ['nobody who says where they are', none, 'own', 403],
  ])('by %s', async (_name, given, token, status) => {
    const { cookie, csrf } = await browse(service, 'operator');
    const { csrf: another } = await browse(service, 'operator');
    const sent = { own: csrf, other: another, wrong: 'wrong' }[token ?? ''];
    const headers = Object.fromEntries(
      Object.entries({ cookie, ...given, 'x-csrf-token': sent }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value === 'own' ? service.http.url : value]],
      ),
    );
    const answer = await service.call('PUT', '/v1/suppressions/+16502000009', {
      ...{ key: null, headers, body: {} },
    });
    expect(answer.status).toBe(status);
    if (status === 403)
      expect(answer.body.code).toBe(token === 'own' ? 'OTHER_ORIGIN' : 'CSRF_TOKEN');
  });

  it('but looking needs neither', async () => {
    const { cookie } = await browse(service, 'viewer');
    const headers = { cookie, 'sec-fetch-site': 'cross-site' };
    expect((await service.call('GET', '/v1/campaigns', { key: null, headers })).status).toBe(200);
  });
});

describe('GET /v1/session', () => {
  it('gives the token again that the log-in gave', async () => {
    const { call, csrf } = await browse(service, 'viewer');
    const { body, headers } = await call('GET', '/v1/session');
    expect(body.csrfToken).toBe(csrf);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('keys over HTTP', () => {
  it('are made, shown without their text, and refused once revoked', async () => {
    const { call } = await browse(service, 'admin');
    const made = await call('POST', '/v1/keys', { body: { name: 'crm', scope: 'send' } });
    expect(made.body).toMatchObject({
      name: 'crm',
      scope: 'send',
      key: expect.stringMatching(/^cpk_/),
    });
    expect((await call('POST', '/v1/keys', { body: { name: 'crm', scope: 'read' } })).status).toBe(
      409,
    );
    const listed = await call('GET', '/v1/keys');
    expect(listed.text).not.toContain(made.body.key.slice(4));
    expect((await other.call('GET', '/v1/campaigns', { key: made.body.key })).status).toBe(200);
    const revoked = await call('DELETE', `/v1/keys/${made.body.id}`);
    expect(revoked.body).toMatchObject({ id: made.body.id, wasRevoked: false });
    expect((await other.call('GET', '/v1/campaigns', { key: made.body.key })).status).toBe(401);
    const all = await call('GET', '/v1/keys?all=true');
    expect(all.body.keys.map((one: { id: string }) => one.id)).toContain(made.body.id);
    expect(KEY).not.toBe('');
  });
});

describe('a stream of events', () => {
  it('ends when its session is logged out, and keeps none from its end', async () => {
    const { call, cookie } = await browse(service, 'viewer');
    const stream = await fetch(`${other.http.url}/v1/events/stream`, { headers: { cookie } });
    expect(stream.status).toBe(200);
    const over = stream.text().then(
      () => 'over',
      () => 'over',
    );
    await call('DELETE', '/v1/session');
    expect(await over).toBe('over');
  });

  it('ends when its key is revoked', async () => {
    const made = await service.app.ledger.keys.create({ name: 'listener', scope: 'read' });
    const headers = { authorization: `Bearer ${made?.key}` };
    const stream = await fetch(`${other.http.url}/v1/events/stream`, { headers });
    expect(stream.status).toBe(200);
    const over = stream.text().then(
      () => 'over',
      () => 'over',
    );
    await service.app.ledger.keys.revoke('listener');
    expect(await over).toBe('over');
  });
});
