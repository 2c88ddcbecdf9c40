/** The service behind a proxy that serves it under a path: pages, files, API and description all find each other. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type PathProxy, startPathProxy } from '../support/path-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, people, type Service, startService } from './support.ts';

const PATH = '/ask/callpermit';
const LOGIN = { authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}` };

let database: TestDatabase;
let service: Service | undefined;
let proxy: PathProxy | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  // The queue is in the database, which the next test has too.
  if (service !== undefined) await service.app.queue.resume(service.simulator.phoneNumberId);
  await proxy?.close();
  await service?.close();
});
afterAll(() => database.drop());

async function open(
  env: Readonly<Record<string, string>>,
  p: { readonly strips: boolean; readonly tells: boolean },
): Promise<{ url: string; own: string }> {
  const dashboard = { DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret' };
  service = await startService(
    { databaseUrl: database.connectionString },
    { ...dashboard, DASHBOARD_ACTIONS: '1', ...env },
  );
  proxy = await startPathProxy({ target: service.http.url, path: PATH, ...p });
  return { url: proxy.url, own: service.http.url };
}

/** Follows the page's own links, as a browser does. */
async function filesOf(page: Response): Promise<readonly string[]> {
  const html = await page.text();
  const base = new URL(/<base href="([^"]+)"/.exec(html)?.[1] ?? '', page.url);
  const links = [...html.matchAll(/(?:src|href)="((?!data:)[^"]+\.(?:js|css|ico|svg|png))"/g)];
  return links.map(([, link]) => new URL(link ?? '', base).href);
}

describe.each([
  ['PUBLIC_URL, the path taken off', { PUBLIC_URL: `https://example.com${PATH}` }, true, false],
  ['PUBLIC_URL, the path left on', { PUBLIC_URL: `https://example.com${PATH}` }, false, false],
  ['X-Forwarded-Prefix, taken off', { TRUST_PROXY: '127.0.0.1' }, true, true],
  ['X-Forwarded-Prefix, left on', { TRUST_PROXY: 'loopback' }, false, true],
] as const)('behind a path by %s', (_name, env, strips, tells) => {
  test('the dashboard and its files, the API and its description are found', async () => {
    const { url } = await open(env, { strips, tells });
    const page = await fetch(`${url}/queues`, { headers: LOGIN });
    expect(page.status).toBe(200);
    const files = await filesOf(page);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect((await fetch(file, { headers: LOGIN })).status).toBe(200);
    expect((await fetch(`${url}/queues/api/queues`, { headers: LOGIN })).status).toBe(200);

    const made = await fetch(`${url}/v1/campaigns`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ template: 't', language: 'en', recipients: people(1) }),
    });
    expect(made.status).toBe(201);
    const at = new URL(made.headers.get('location') ?? '', made.url);
    const found = await fetch(at, { headers: { authorization: `Bearer ${KEY}` } });
    expect(found.status).toBe(200);

    const described = await fetch(`${url}/openapi.json`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const { servers } = (await described.json()) as { servers: { url: string }[] };
    expect(servers).toMatchObject([{ url: tells ? PATH : `https://example.com${PATH}` }]);

    const docs = await fetch(`${url}/docs`, { headers: LOGIN });
    expect([docs.status, docs.url]).toEqual([200, `${url}/docs/`]);
    const scripts = (await docs.text()).match(/(?<=src=")[^"]+/g) ?? [];
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of [...scripts, 'json'])
      expect((await fetch(new URL(script, docs.url), { headers: LOGIN })).status).toBe(200);
  });
});

describe('a proxy', () => {
  const baseOf = async (url: string, headers: Record<string, string>) =>
    /<base href="([^"]+)"/.exec(
      await (await fetch(`${url}/queues`, { headers: { ...LOGIN, ...headers } })).text(),
    )?.[1];

  test('that is not trusted is not believed, and neither is a prefix that names a host', async () => {
    const { own } = await open({ TRUST_PROXY: '10.0.0.0/8' }, { strips: true, tells: true });
    expect(await baseOf(own, { 'x-forwarded-prefix': '/evil' })).toBe('/queues/');
    await proxy?.close();
    await service?.close();
    const trusted = await open({ TRUST_PROXY: '1' }, { strips: true, tells: true });
    expect(await baseOf(trusted.own, { 'x-forwarded-prefix': '/good/' })).toBe('/good/queues/');
    for (const prefix of ['//evil.example', 'https://evil.example', '/a"><script>', '/a//b', 'a'])
      expect(await baseOf(trusted.own, { 'x-forwarded-prefix': prefix })).toBe('/queues/');
  });

  test('that is trusted may say by which host it was asked, for writes from its own pages', async () => {
    const { url } = await open({ TRUST_PROXY: '127.0.0.1' }, { strips: true, tells: true });
    const { host } = new URL(url);
    const pause = (origin: string) =>
      fetch(`${url}/queues/api/queues/pause`, { method: 'PUT', headers: { ...LOGIN, origin } });
    expect((await pause(`http://${host}`)).status).toBe(200);
    expect((await pause('http://evil.example')).status).toBe(403);
  });
});

describe('without DASHBOARD_ACTIONS', () => {
  test('the dashboard only shows', async () => {
    const { own } = await open({ DASHBOARD_ACTIONS: '0' }, { strips: true, tells: true });
    const names = [
      ...['campaigns', 'single'].map(
        (kind) => `callpermit-${service?.simulator.phoneNumberId}-${kind}`,
      ),
      'callpermit-intake',
    ];
    const ofOne = names.flatMap((name) => [`${name}/pause`, `${name}/clean/completed`]);
    for (const path of ['pause', 'resume', ...ofOne]) {
      const answer = await fetch(`${own}/queues/api/queues/${path}`, {
        method: 'PUT',
        headers: LOGIN,
      });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('DASHBOARD_ACTIONS');
    }
    const seen = await fetch(`${own}/queues/api/queues`, { headers: LOGIN });
    expect(await seen.json()).toMatchObject({
      // The intake queue is of all services on this Redis, and another test may have paused it.
      queues: names.map((name, i) => ({
        name,
        readOnlyMode: true,
        ...(i < 2 && { isPaused: false }),
      })),
    });
  });
});
