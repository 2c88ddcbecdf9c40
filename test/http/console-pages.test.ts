/** The log-in page, and pages that a session opens: the dashboard and the description of the API. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PathProxy, startPathProxy } from '../support/path-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { addUser, browse, cookieOf, countedHashes, PASSWORD } from './browser.ts';
import { type Service, startService } from './support.ts';

const HTML = { accept: 'text/html,application/xhtml+xml' };
const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  'sec-fetch-site': 'same-origin',
};

let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await open();
  for (const role of ['viewer', 'operator', 'admin'] as const) await addUser(service, role, role);
});
afterAll(async () => {
  await service?.close();
  await database?.drop();
});

function open(env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const { hash } = countedHashes();
  const ground = { databaseUrl: database.connectionString };
  return startService(ground, { DASHBOARD_ACTIONS: '1', ...env }, { hash });
}

const get = (path: string, headers: Record<string, string> = {}, base = service.http.url) =>
  fetch(base + path, { headers: { ...HTML, ...headers }, redirect: 'manual' });

const post = (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = FORM,
) =>
  fetch(service.http.url + path, {
    ...{ method: 'POST', redirect: 'manual', headers },
    body: new URLSearchParams(fields).toString(),
  });

describe('a browser without a session', () => {
  it.each(['/queues', '/queues/queue/callpermit-intake', '/docs/'])(
    'that goes to %s is sent to the log-in page',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        `/login?next=${encodeURIComponent(path)}`,
      ]);
    },
  );

  it('whose script asks is answered 401 instead', async () => {
    expect((await get('/queues/api/queues', { accept: 'application/json' })).status).toBe(401);
  });
});

describe('the log-in page', () => {
  it('has no script, loads nothing, may not be framed, and says its labels', async () => {
    const answer = await get('/login?next=/docs/');
    const html = await answer.text();
    expect(answer.status).toBe(200);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(html).not.toMatch(/<script|https?:|javascript:|style="| on\w+=/);
    expect(html).toMatch(/<html lang="en">.*<meta name="viewport"/s);
    for (const id of ['user', 'password'])
      expect(html).toMatch(new RegExp(`<label for="${id}">.*<input id="${id}"`, 's'));
    expect(html).toContain('name="next" value="/docs/"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('gives a session and leads to the page that was asked for', async () => {
    const answer = await post('/login', {
      user: 'viewer',
      password: PASSWORD,
      next: '/queues?x=1',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/queues?x=1']);
    const cookie = cookieOf(answer);
    expect((await get('/queues', { cookie })).status).toBe(200);
    expect((await get('/docs/', { cookie })).status).toBe(200);
    expect(await (await get('/login', { cookie })).text()).toContain(
      '<strong>viewer</strong> (viewer)',
    );
  });

  it.each([
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'queues',
    '/x"><script>',
    '/%0d%0aset-cookie:x"',
  ])('leads nowhere else: %j', async (next) => {
    const answer = await post('/login', { user: 'viewer', password: PASSWORD, next });
    expect(answer.headers.get('location')).toBe('/');
  });

  it('says what was wrong, for those who hear it too, and shows no markup of theirs', async () => {
    const answer = await post('/login', {
      user: '<b>x',
      password: 'wrong password',
      next: '/docs/',
    });
    const html = await answer.text();
    expect(answer.status).toBe(401);
    expect(html).toContain('<p role="alert" id="error">The user or the password is wrong.</p>');
    expect(html).toContain('aria-describedby="error"');
    expect(html).toContain('value="&#60;b&#62;x"');
    expect(html).toContain('name="next" value="/docs/"');
    expect(html).not.toContain('wrong password"');
    expect((await post('/login', { user: '', password: '' })).status).toBe(400);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': '', origin: 'https://evil.example' }],
  ])('takes no form of another site: %j', async (headers) => {
    const answer = await post(
      '/login',
      { user: 'viewer', password: PASSWORD },
      { ...FORM, ...headers },
    );
    expect([answer.status, cookieOf(answer)]).toEqual([403, '']);
  });

  it('logs out by its own form only', async () => {
    const { cookie, csrf } = await browse(service, 'viewer');
    expect((await post('/logout', { csrf: 'x' }, { ...FORM, cookie })).status).toBe(403);
    expect((await get('/queues', { cookie })).status).toBe(200);
    const out = await post('/logout', { csrf }, { ...FORM, cookie });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/login']);
    expect((await get('/queues', { cookie })).status).toBe(303);
  });
});

describe('the dashboard with a session', () => {
  /** As bull-board's page does it: the token comes in a cookie of its own, and goes back in a header. */
  async function page(role: string) {
    const { cookie } = await browse(service, role);
    const answer = await get('/queues', { cookie });
    const token = answer.headers.getSetCookie().find((one) => one.startsWith('XSRF-TOKEN='));
    expect(token).toMatch(/^XSRF-TOKEN=[\w-]{43}; Path=\/queues; SameSite=Strict$/);
    return { cookie, 'x-xsrf-token': /=([^;]+)/.exec(token ?? '')?.[1] ?? '' };
  }
  const pause = (headers: Record<string, string>) =>
    service.call('PUT', '/queues/api/queues/pause', { key: null, headers });

  it.each([
    ['viewer', 403],
    ['operator', 200],
    ['admin', 200],
  ])('a %s who pauses all queues is answered %d', async (role, status) => {
    const own = { ...(await page(role)), 'sec-fetch-site': 'same-origin' };
    expect((await pause(own)).status).toBe(status);
    await service.call('PUT', '/queues/api/queues/resume', { key: null, headers: own });
  });

  it('takes no write without the token or of another site', async () => {
    const { cookie, ...token } = await page('admin');
    const site = { 'sec-fetch-site': 'same-origin' };
    expect((await pause({ cookie, ...site })).status).toBe(403);
    expect((await pause({ cookie, ...token, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(
      (await pause({ cookie, ...token, 'sec-fetch-site': '', origin: 'http://evil.example' }))
        .status,
    ).toBe(403);
    expect((await pause({ ...token, ...site })).status).toBe(401);
  });
});

describe('where the settings have a password', () => {
  it('it goes on opening pages, and the log-in page says where', async () => {
    const both = await open({ DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'of the settings' });
    try {
      const basic = {
        authorization: `Basic ${Buffer.from('ann:of the settings').toString('base64')}`,
      };
      expect((await get('/queues', basic, both.http.url)).status).toBe(200);
      const login = await (await get('/login?next=%2Fqueues', {}, both.http.url)).text();
      expect(login).toContain('href="queues/?password"');
      const asked = await get('/queues/?password', {}, both.http.url);
      expect(asked.headers.get('www-authenticate')).toContain('Basic');
      expect((await get('/queues', { authorization: 'Basic eDp5' }, both.http.url)).status).toBe(
        401,
      );
    } finally {
      await both.close();
    }
  });
});

describe('behind a path', () => {
  let proxy: PathProxy;
  let behind: Service;
  beforeAll(async () => {
    behind = await open({ TRUST_PROXY: '127.0.0.1' });
    proxy = await startPathProxy({
      target: behind.http.url,
      path: '/ask',
      strips: true,
      tells: true,
    });
  });
  afterAll(async () => {
    await proxy?.close();
    await behind?.close();
  });

  it('log-in, its cookie and what it leads to have that path', async () => {
    const sent = await get('/queues', {}, proxy.url);
    expect(sent.headers.get('location')).toBe('/ask/login?next=%2Fqueues');
    const answer = await fetch(`${proxy.url}/login`, {
      ...{ method: 'POST', redirect: 'manual', headers: FORM },
      body: new URLSearchParams({ user: 'viewer', password: PASSWORD, next: '/queues' }).toString(),
    });
    expect(answer.headers.get('location')).toBe('/ask/queues');
    expect(answer.headers.getSetCookie()[0]).toContain('; Path=/ask; ');
    const page = await get('/queues', { cookie: cookieOf(answer) }, proxy.url);
    expect(page.status).toBe(200);
    expect(page.headers.getSetCookie()[0]).toContain('; Path=/ask/queues; ');
  });
});
