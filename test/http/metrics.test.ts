/** `/metrics`: who may read it, on the server of the API and on the one of `METRICS_PORT`. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyScope } from '../../src/core/api-key.ts';
import { type MetricsServer, startMetricsServer } from '../../src/http/metrics-server.ts';
import { nearness } from '../../src/http/near.ts';
import { proxies } from '../../src/http/prefix.ts';
import { startHttp } from '../../src/http/server.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { KEY, type Service, startService } from './support.ts';

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

const scrape = (headers: Readonly<Record<string, string>> = {}) =>
  service.call('GET', '/metrics', { key: null, headers });

/** `fetch` sets the header Host itself. */
function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = httpRequest({ hostname, port, path: '/metrics', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

describe('on the server of the API', () => {
  it("answers in Prometheus' text format, as it is described", async () => {
    const { status, headers, text } = await scrape();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^# TYPE callpermit_posts_total counter$/m);
    expect(text).toMatch(/^callpermit_ledger_up 1$/m);
    expect(text).toMatch(/^callpermit_queue_up 1$/m);
    expect(text).toMatch(/^callpermit_build_info\{version="0",node="v[\d.]+",process="test"\} 1$/m);
    expect(text).toMatch(/^callpermit_pool_connections_max\{pool="sending"\} 5$/m);
  });

  it.each<KeyScope>(['read', 'send', 'admin'])('a key of scope %s opens it', async (scope) => {
    const made = await service.app.ledger.keys.create({ name: `m-${scope}`, scope });
    const { status } = await service.call('GET', '/metrics', {
      key: made?.key ?? '',
      headers: { 'x-forwarded-for': '203.0.113.7' },
    });
    expect(status).toBe(200);
  });

  it('this machine needs no key, and a wrong one is refused all the same', async () => {
    expect((await scrape()).status).toBe(200);
    const wrong = await service.call('GET', '/metrics', { key: 'wrong' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'UNAUTHORIZED']);
  });

  it.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-for', '203.0.113.7'],
    ['x-real-ip', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
    ['via', '1.1 proxy'],
  ])('whom a proxy speaks for by %s: %s is not this machine', async (name, value) => {
    expect((await scrape({ [name]: value })).status).toBe(401);
  });

  it('who was called by another name came through a proxy, or from a page of elsewhere', async () => {
    expect(await statusWithHost(service.http.url, 'callpermit.example.com')).toBe(401);
    expect(await statusWithHost(service.http.url, 'localhost:3000')).toBe(200);
  });

  it('nobody is near where a trusted proxy stands, or where PUBLIC_URL says that there is one', () => {
    const at = (
      remoteAddress: string,
      config: { publicUrl?: string; trustProxy?: string[] } = {},
    ) => {
      const around = proxies({ trustProxy: [], ...config });
      const request = { socket: { remoteAddress }, headers: { host: '127.0.0.1:3000' } };
      return nearness(config, around)(request as never);
    };
    expect(at('127.0.0.1')).toBe(true);
    expect(at('::1')).toBe(true);
    expect(at('::ffff:127.0.0.1')).toBe(true);
    expect(at('127.0.0.1', { trustProxy: ['10.0.0.0/8'] })).toBe(true);
    expect(at('127.0.0.1', { publicUrl: 'http://localhost:3000' })).toBe(true);
    expect(at('203.0.113.7')).toBe(false);
    expect(at('127.0.0.1', { trustProxy: ['loopback'] })).toBe(false);
    expect(at('::ffff:127.0.0.1', { trustProxy: ['loopback'] })).toBe(false);
    expect(at('127.0.0.1', { trustProxy: ['*'] })).toBe(false);
    expect(at('127.0.0.1', { publicUrl: 'https://example.com/callpermit' })).toBe(false);
  });

  it('counts each answer by the pattern of its route', async () => {
    await service.call('GET', '/v1/campaigns/none-of-ours', { key: KEY });
    await service.call('GET', '/nowhere/+16505551234', { key: KEY });
    const { text } = await scrape();
    expect(text).toContain(
      'callpermit_http_requests_total{method="GET",route="/v1/campaigns/:id",status="404"} 1',
    );
    expect(text).toContain(
      'callpermit_http_requests_total{method="GET",route="(none)",status="404"} 1',
    );
    expect(text).not.toContain('16505551234');
  });

  it('is not there on a receiver, which everybody reaches', async () => {
    const receiver = await startHttp(service.app, { port: 0, onlyWebhooks: true });
    try {
      expect((await fetch(`${receiver.url}/metrics`)).status).toBe(404);
    } finally {
      await receiver.close();
    }
  });
});

describe('on the server of METRICS_PORT', () => {
  let server: MetricsServer;

  beforeAll(async () => {
    const { metrics, ledger, log } = service.app;
    if (metrics === undefined) throw new Error('not counted');
    server = await startMetricsServer({ metrics, ledger, log }, { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server?.close());

  it('answers metrics and health without a key, and nothing else', async () => {
    const answers = async (path: string, init: RequestInit = {}) =>
      (await fetch(server.url + path, init)).status;
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(
      /^callpermit_ledger_up 1$/m,
    );
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ready' });
    expect(await answers('/')).toBe(404);
    expect(await answers('/v1/campaigns')).toBe(404);
    expect(await answers('/metrics', { method: 'POST' })).toBe(405);
    expect(await answers('/metrics', { method: 'HEAD' })).toBe(200);
  });

  it('scrapes at once have whole answers each', async () => {
    const texts = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`${server.url}/metrics`)).text()),
    );
    for (const text of texts) expect(text).toMatch(/^callpermit_webhooks_waiting 0$/m);
  });
});
