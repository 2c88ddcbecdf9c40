/** How the console is served: the page asked for each time, its files kept for ever, nothing inline, behind any path. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { consoleFiles, unknownPages } from '../../src/http/console-files.ts';
import type { HttpServer } from '../../src/http/typed-server.ts';

const SCRIPT = `export const text = '${'many '.repeat(500)}';`;
const folder = mkdtempSync(join(tmpdir(), 'callpermit-console-'));
let server: FastifyInstance;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<html><head><title>x</title></head></html>');
  writeFileSync(join(folder, 'assets', 'main-abc.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'main-abc.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'page-abc.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'notes.txt'), 'not for browsers');
  server = await serving(folder);
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serving(from: string): Promise<FastifyInstance> {
  const made = Fastify();
  const p = {
    prefixOf: (request: IncomingMessage) => String(request.headers['x-forwarded-prefix'] ?? ''),
    folder: pathToFileURL(`${from}/`),
  };
  made.addHook('onRequest', unknownPages(p));
  consoleFiles(made as unknown as HttpServer, p);
  await made.ready();
  return made;
}

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

it.each(['/', '/campaigns', '/campaigns/c1/people/7', '/senders'])(
  'answers the page at %s, which takes nothing inline and nothing from elsewhere',
  async (path) => {
    const { statusCode, headers, body } = await get(path);
    expect(statusCode).toBe(200);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
    expect(body).toContain('<head><base href="/">');
  },
);

it('says where it lies behind the path of a proxy', async () => {
  const { body } = await get('/campaigns', { 'x-forwarded-prefix': '/ask' });
  expect(body).toContain('<base href="/ask/">');
});

it('answers a page that a browser has with 304, and one behind another path anew', async () => {
  const { headers } = await get('/');
  const etag = { 'if-none-match': String(headers.etag) };
  expect((await get('/campaigns', etag)).statusCode).toBe(304);
  expect((await get('/', { ...etag, 'x-forwarded-prefix': '/ask' })).statusCode).toBe(200);
});

it.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)(
  'packs files as %s where a browser takes that, and lets it keep them',
  async (how, unpack) => {
    for (let times = 0; times < 2; times += 1) {
      const answer = await get('/assets/main-abc.js', { 'accept-encoding': how });
      expect(answer.headers).toMatchObject({
        'content-encoding': how,
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
      });
      expect(unpack(answer.rawPayload).toString()).toBe(SCRIPT);
    }
    expect((await get('/assets/main-abc.js')).body).toBe(SCRIPT);
  },
);

it('sends what the build has not packed by gzip, or as it is', async () => {
  const ask = async (how: string) => {
    const { headers } = await get('/assets/page-abc.js', { 'accept-encoding': how });
    return headers['content-encoding'];
  };
  expect(await ask('br, gzip')).toBe('gzip');
  expect(await ask('br')).toBeUndefined();
});

it('has no file of another version, none that is not for browsers, and none outside its folder', async () => {
  for (const name of ['main-old.js', 'main-abc.js.br', 'notes.txt', '..%2Findex.html'])
    expect((await get(`/assets/${name}`)).statusCode).toBe(404);
});

it('says so where it is not built', async () => {
  const empty = await serving(join(folder, 'nothing'));
  const { statusCode, body } = await empty.inject({ url: '/' });
  expect([statusCode, body]).toEqual([503, expect.stringContaining('npm run build')]);
  await empty.close();
});

it('shows a browser the console, with 404, where it asks for a page that is none; programs are told as ever', async () => {
  const html = { accept: 'text/html,application/xhtml+xml', 'x-forwarded-prefix': '/ask' };
  const { statusCode, headers, body } = await get('/nonsense/page?x=1', html);
  expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  expect(body).toContain('<base href="/ask/">');
  for (const [path, accept] of [
    ['/nonsense/page', '*/*'],
    ['/nonsense/page', 'application/json'],
    ['/v1/nonsense', html.accept],
    ['/webhooks/nonsense', html.accept],
    ['/assets/none/x.js', html.accept],
  ] as const) {
    const answer = await get(path, { accept });
    expect([path, answer.statusCode, answer.headers['content-type']]).toEqual([
      ...[path, 404, 'application/json; charset=utf-8'],
    ]);
  }
  const posted = await server.inject({ method: 'POST', url: '/nonsense', headers: html });
  expect(posted.headers['content-type']).toBe('application/json; charset=utf-8');
});
