/** Somebody gives themselves another password over HTTP: with the old one, and not by guessing it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { addUser, browse, browserOf, cookieOf, countedHashes, logIn, PASSWORD } from './browser.ts';
import { type Service, startService } from './support.ts';

const NEW = 'another horse battery';

let database: TestDatabase;
let service: Service;
let other: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  const ground = { databaseUrl: database.connectionString };
  const env = { TRUST_PROXY: '127.0.0.1', CONSOLE_USER_HEADER: 'X-Proxy-User' };
  const { hash } = countedHashes();
  service = await startService(ground, env, { hash });
  other = await startService(ground, env, { hash });
});
afterAll(async () => {
  await service?.close();
  await other?.close();
  await database?.drop();
});

const bodyOf = (password: string, newPassword = NEW) => ({ body: { password, newPassword } });

describe('another password of one’s own', () => {
  it('ends all sessions but the new one of this browser, and the old password', async () => {
    await addUser(service, 'vic', 'viewer');
    const here = await browse(service, 'vic');
    const there = await browse(other, 'vic');
    const changed = await here.call('PATCH', '/v1/session', bodyOf(PASSWORD));
    expect(changed).toMatchObject({ status: 200, body: { user: 'vic', by: 'session' } });
    for (const one of [here, there, browserOf(other, here.cookie, here.csrf)])
      expect((await one.call('GET', '/v1/session')).status).toBe(401);
    const now = browserOf(other, cookieOf(changed), changed.body.csrfToken);
    expect((await now.call('GET', '/v1/session')).body).toMatchObject({ user: 'vic' });
    expect((await logIn(service, 'vic')).status).toBe(401);
    expect((await logIn(service, 'vic', { password: NEW })).status).toBe(200);
    const { body } = await service.call('GET', '/v1/audit?who=vic&what=changeOwnPassword');
    expect(body.entries).toMatchObject([{ kind: 'user', outcome: 'done', times: 1 }]);
    expect(service.logged() + JSON.stringify(body)).not.toContain(NEW);
    expect((await now.call('DELETE', '/v1/session')).body).toEqual({ ended: 1 });
  });

  it('that is none changes nothing', async () => {
    await addUser(service, 'short', 'viewer');
    const { call } = await browse(service, 'short');
    const answer = await call('PATCH', '/v1/session', bodyOf(PASSWORD, 'abc'));
    expect(answer).toMatchObject({ status: 400, body: { where: 'newPassword' } });
    expect((await call('GET', '/v1/session')).status).toBe(200);
    expect((await logIn(service, 'short')).status).toBe(200);
  });

  it('needs the one before, which a stolen cookie does not find: ten tries, as at the log-in', async () => {
    await addUser(service, 'stolen', 'viewer');
    const { call } = await browse(service, 'stolen');
    const headers = { 'x-forwarded-for': '198.51.100.77' };
    const tries = [];
    for (let i = 0; i < 12; i += 1)
      tries.push(
        await call('PATCH', '/v1/session', { ...bodyOf(`guess after guess ${i}`), headers }),
      );
    const statuses = tries.map(({ status }) => status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 403));
    expect(statuses.at(-1)).toBe(429);
    expect(Number(tries.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(tries[0]?.body).toMatchObject({ code: 'FORBIDDEN', where: 'password' });
    // From there not with the right one, either.
    const late = await call('PATCH', '/v1/session', { ...bodyOf(PASSWORD), headers });
    expect(late.status).toBe(429);
    expect((await call('PATCH', '/v1/session', bodyOf(PASSWORD))).status).toBe(200);
  });

  it('is not here where a proxy logs people in, nor for keys, nor for pages of other sites', async () => {
    const named = { 'x-proxy-user': 'pat' };
    const { headers, body } = await service.call('GET', '/v1/session', {
      key: null,
      headers: named,
    });
    const pat = browserOf(service, cookieOf({ headers }), body.csrfToken);
    const answer = await pat.call('PATCH', '/v1/session', { ...bodyOf(PASSWORD), headers: named });
    expect(answer).toMatchObject({ status: 403, body: { where: 'CONSOLE_USER_HEADER' } });
    expect((await service.call('PATCH', '/v1/session', bodyOf(PASSWORD))).status).toBe(401);
    await addUser(service, 'lured', 'viewer');
    const { call } = await browse(service, 'lured');
    const lured = { ...bodyOf(PASSWORD), headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await call('PATCH', '/v1/session', lured)).body.code).toBe('OTHER_ORIGIN');
  });
});

describe('names that no database takes', () => {
  it('are refused, and no bug', async () => {
    expect((await logIn(service, '\0')).status).toBe(400);
    expect((await service.call('GET', '/v1/users/%00/sessions')).status).toBe(400);
    expect((await service.call('DELETE', '/v1/keys/%00')).status).toBe(400);
    expect((await service.call('GET', '/v1/audit?who=%00')).status).toBe(400);
  });
});
