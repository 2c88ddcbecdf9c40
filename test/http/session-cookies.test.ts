/** The cookie of a session behind http, https and a path; how long a session lasts; and who a proxy names. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { addUser, browse, browserOf, cookieOf, countedHashes, logIn, OURS } from './browser.ts';
import { type Service, startService } from './support.ts';

let database: TestDatabase;
let service: Service | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await service?.close();
  service = undefined;
});
afterAll(() => database.drop());

async function open(env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const { hash } = countedHashes();
  service = await startService({ databaseUrl: database.connectionString }, env, { hash });
  return service;
}

describe('the cookie', () => {
  const proxied = { TRUST_PROXY: '127.0.0.1' };
  const https = { 'x-forwarded-proto': 'https' };
  const path = { 'x-forwarded-prefix': '/ask' };
  it.each([
    ['http', {}, {}, 'callpermit_session', 'Path=/; SameSite=Strict; HttpOnly'],
    [
      'https by a proxy',
      proxied,
      https,
      '__Host-callpermit_session',
      'Path=/; SameSite=Strict; Secure; HttpOnly',
    ],
    [
      'https by PUBLIC_URL',
      { PUBLIC_URL: 'https://example.com' },
      {},
      '__Host-callpermit_session',
      'Path=/; SameSite=Strict; Secure; HttpOnly',
    ],
    [
      'http and a path',
      proxied,
      path,
      'callpermit_session',
      'Path=/ask; SameSite=Strict; HttpOnly',
    ],
    [
      'https and a path',
      { PUBLIC_URL: 'https://example.com/ask' },
      {},
      '__Secure-callpermit_session',
      'Path=/ask; SameSite=Strict; Secure; HttpOnly',
    ],
    [
      'a proxy that is not believed',
      {},
      { ...https, ...path },
      'callpermit_session',
      'Path=/; SameSite=Strict; HttpOnly',
    ],
  ] as const)('behind %s', async (_name, env, headers, name, how) => {
    const running = await open(env);
    const user = `u${Date.now()}`;
    await addUser(running, user, 'operator');
    const answer = await logIn(running, user, { headers });
    const [cookie = '', ...more] = answer.headers.getSetCookie();
    expect([cookie.replace(/=cps_[\w-]{43}/, ''), more]).toEqual([`${name}; ${how}`, []]);
    const { call } = browserOf(running, cookieOf(answer), answer.body.csrfToken);
    expect((await call('GET', '/v1/session', { headers })).status).toBe(200);
    const out = await call('DELETE', '/v1/session', { headers });
    expect(out.headers.getSetCookie()).toEqual([`${name}=; ${how}; Max-Age=0`]);
  });

  it('behind https is none that came over http, and no page over http may use it', async () => {
    const running = await open({ PUBLIC_URL: 'https://example.com' });
    await addUser(running, 'ann', 'admin');
    const answer = await logIn(running, 'ann');
    const token = cookieOf(answer).split('=')[1];
    const plain = browserOf(running, `callpermit_session=${token}`, answer.body.csrfToken);
    expect((await plain.call('GET', '/v1/session')).status).toBe(401);
    const cookie = cookieOf(answer);
    const put = (origin: string) =>
      running.call('PUT', '/v1/suppressions/+16502000009', {
        ...{ key: null, body: {} },
        headers: { cookie, origin, 'x-csrf-token': answer.body.csrfToken },
      });
    expect((await put('https://example.com')).status).toBe(200);
    expect((await put('http://example.com')).body.code).toBe('OTHER_ORIGIN');
    expect((await put('https://example.com.evil.example')).body.code).toBe('OTHER_ORIGIN');
  });
});

describe('a session', () => {
  const HOUR = 3_600_000;
  it('ends after 12 hours without a request, and after 7 days in any case', async () => {
    const running = await open();
    await addUser(running, 'tim', 'viewer');
    const idle = await browse(running, 'tim');
    await running.app.ledger.advanceClock(11 * HOUR);
    expect((await idle.call('GET', '/v1/session')).status).toBe(200);
    await running.app.ledger.advanceClock(11 * HOUR);
    expect((await idle.call('GET', '/v1/session')).status).toBe(200);
    await running.app.ledger.advanceClock(13 * HOUR);
    expect((await idle.call('GET', '/v1/session')).status).toBe(401);
    const busy = await browse(running, 'tim');
    for (let i = 0; i < 16; i += 1) {
      await running.app.ledger.advanceClock(10 * HOUR);
      expect((await busy.call('GET', '/v1/session')).status).toBe(200);
    }
    const last = await busy.call('GET', '/v1/session');
    await running.app.ledger.advanceClock(7 * HOUR);
    expect((await busy.call('GET', '/v1/session')).status).toBe(200);
    await running.app.ledger.advanceClock(2 * HOUR);
    expect((await busy.call('GET', '/v1/session')).status).toBe(401);
    // And says so before: eight hours were left, not twelve.
    expect(last.body.expiresAt).not.toBeNull();
    await running.app.ledger.advanceClock(-400 * HOUR);
  });
});

describe('a proxy that names who has logged in', () => {
  const FROM = { TRUST_PROXY: '127.0.0.1' };
  const USER = { CONSOLE_USER_HEADER: 'X-Forwarded-User' };
  const named = (running: Service, headers: Record<string, string>) =>
    running.call('GET', '/v1/session', { key: null, headers });

  it('is believed where it is one of TRUST_PROXY, and nobody else is; that is said once', async () => {
    const trusted = await open({ ...FROM, ...USER });
    expect(await named(trusted, { 'x-forwarded-user': 'eve@example.com' })).toMatchObject({
      status: 200,
      body: { user: 'eve@example.com', role: 'viewer', by: 'proxy', expiresAt: null },
    });
    expect((await named(trusted, {})).status).toBe(401);
    expect((await named(trusted, { 'x-forwarded-user': '' })).status).toBe(401);
    await trusted.close();
    service = undefined;
    const others = await open({ TRUST_PROXY: '10.0.0.0/8', ...USER });
    for (let i = 0; i < 3; i += 1)
      expect((await named(others, { 'x-forwarded-user': 'admin' })).status).toBe(401);
    expect(others.logged().match(/is not in TRUST_PROXY/g)).toHaveLength(1);
    expect(
      (await named(others, { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-user': 'x' })).status,
    ).toBe(401);
  });

  it('without the setting is not believed, whoever it is', async () => {
    const running = await open(FROM);
    expect((await named(running, { 'x-forwarded-user': 'admin' })).status).toBe(401);
  });

  it.each([
    [{}, 'viewer'],
    [{ 'x-role': 'operator' }, 'operator'],
    [{ 'x-role': 'ADMIN' }, 'admin'],
    [{ 'x-role': 'root' }, undefined],
    [{ 'x-role': 'viewer, admin' }, undefined],
  ] as const)('gives the role by its header: %j is %s', async (roles, role) => {
    const running = await open({ ...FROM, ...USER, CONSOLE_ROLE_HEADER: 'X-Role' });
    const answer = await named(running, { 'x-forwarded-user': 'someone', ...roles });
    expect(answer.status).toBe(role === undefined ? 401 : 200);
    if (role !== undefined) expect(answer.body.role).toBe(role);
  });

  it('gives the role of the user of that name where it says none, and lets in none who is disabled', async () => {
    const running = await open({ ...FROM, ...USER, CONSOLE_DEFAULT_ROLE: 'operator' });
    await addUser(running, 'known', 'admin');
    expect((await named(running, { 'x-forwarded-user': 'Known' })).body.role).toBe('admin');
    expect((await named(running, { 'x-forwarded-user': 'other' })).body.role).toBe('operator');
    await running.call('PATCH', '/v1/users/known', { body: { disabled: true } });
    expect((await named(running, { 'x-forwarded-user': 'known' })).status).toBe(401);
  });

  it.each(['a b', 'a\u00e9', 'x'.repeat(200), 'a,b'])(
    'is refused where it names nobody: %j',
    async (name) => {
      const running = await open({ ...FROM, ...USER });
      expect((await named(running, { 'x-forwarded-user': name })).status).toBe(401);
    },
  );

  it('is held to the same rules for what changes something', async () => {
    const running = await open({ ...FROM, ...USER, CONSOLE_DEFAULT_ROLE: 'operator' });
    const user = { 'x-forwarded-user': 'op' };
    const first = await named(running, user);
    const cookie = cookieOf(first);
    const csrf = first.body.csrfToken;
    expect(cookie).toMatch(/^callpermit_session=cps_/);
    const put = async (headers: Record<string, string>) =>
      (await running.call('PUT', '/v1/suppressions/+16502000009', { key: null, body: {}, headers }))
        .status;
    expect(await put({ ...user, ...OURS, cookie, 'x-csrf-token': csrf })).toBe(200);
    expect(await put({ ...user, ...OURS, cookie })).toBe(403);
    expect(await put({ ...user, ...OURS, 'x-csrf-token': csrf })).toBe(403);
    expect(
      await put({ ...user, 'sec-fetch-site': 'cross-site', cookie, 'x-csrf-token': csrf }),
    ).toBe(403);
    expect(
      await put({ 'x-forwarded-user': 'another', ...OURS, cookie, 'x-csrf-token': csrf }),
    ).toBe(403);
    // The cookie alone names nobody.
    expect(await put({ ...OURS, cookie, 'x-csrf-token': csrf })).toBe(401);
  });
});
