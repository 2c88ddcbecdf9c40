/**
 * `/`: the console, a web application that the build has put into `dist/console`. Its files are read once. Those whose name
 * has a hash of what is in them stay with the browser for ever; the page itself is asked for each time, so that a new version
 * is seen at once. The build has packed them (Brotli); for a browser that takes gzip alone that is done once, when it asks.
 * Nothing here knows who asks: what there is to see comes from the API.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { packageFolder } from '../config/own-package.ts';
import { given } from '../core/given.ts';
import type { HttpServer } from './typed-server.ts';

/** Where the page is served; which of its views is shown is its own matter. */
const PAGES = [
  ...[
    '/',
    '/campaigns',
    '/campaigns/*',
    '/requests/*',
    '/search',
    '/permissions',
    '/permissions/*',
  ],
  ...['/opt-outs', '/templates', '/templates/*', '/senders', '/senders/*', '/system', '/users'],
  ...['/keys', '/audit', '/account', '/first-steps'],
];
const ASSETS_PATH = '/assets';

// Nothing from elsewhere, and nothing inline. Styles of elements are set by script, which is no inline style by this rule.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
};
const HTML = 'text/html; charset=utf-8';
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
};
/** What lies there is for programs, or has pages of its own. */
const OF_PROGRAMS = /^\/(?:v1|webhooks|health|metrics|assets|queues|docs|openapi\.json)(?:[/?]|$)/;
const FOREVER = 'public, max-age=31536000, immutable';
/** What is smaller is sent as it is. */
const WORTH_PACKING = 1_024;

const NOT_BUILT =
  'The console is not built. In a checkout: npm run build. The package has it in dist/console.\n';

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly isText: boolean;
  /** As the build packed it; what is hardly smaller then it did not. */
  readonly brotli?: Buffer;
}

/**
 * Adds the page and its files.
 *
 * @param p.prefixOf the path that others see before ours
 * @param p.folder where the build has put it
 */
export function consoleFiles(
  server: HttpServer,
  p: {
    readonly prefixOf: (request: FastifyRequest['raw']) => string;
    readonly folder?: URL;
  },
): void {
  const { prefixOf, folder = packageFolder('dist/console/') } = p;
  const page = textIn(folder, 'index.html');
  const assets = assetsIn(folder);
  const packed = packing();

  server.register((files: HttpServer, _options, done) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' };
      route.schema = { ...route.schema, hide: true };
    });
    files.addHook('onRequest', async (_request, reply) => {
      reply.headers(HEADERS);
    });
    for (const path of PAGES)
      files.get(path, async (request, reply) => {
        if (page === undefined) return reply.code(503).type('text/plain').send(NOT_BUILT);
        const html = pageAt(page, prefixOf(request.raw));
        reply.headers({ 'cache-control': 'no-cache', etag: etagOf(html) });
        if (request.headers['if-none-match'] === etagOf(html)) return reply.code(304).send();
        return reply.type(HTML).send(html);
      });
    files.get(`${ASSETS_PATH}/:name`, async (request, reply) => {
      const { name } = request.params as { readonly name: string };
      const asset = assets.get(name);
      // One of another version: whoever asks loads the page again.
      if (asset === undefined) return reply.code(404).type('text/plain').send('Not there.\n');
      reply.headers({ 'cache-control': FOREVER, vary: 'accept-encoding' });
      return send(reply.type(asset.type), asset, await packed(name, asset, request));
    });
    done();
  });
}

/**
 * A hook that shows the console where a browser asks for a page that is none: it says so in the words of people. Programs, and
 * whoever asks below a path that is for them, are answered as ever.
 */
export function unknownPages({
  prefixOf,
  folder = packageFolder('dist/console/'),
}: Parameters<typeof consoleFiles>[1]) {
  const page = textIn(folder, 'index.html');
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const { method, url, headers } = request;
    const isPage = /\btext\/html\b/.test(headers.accept ?? '') && !OF_PROGRAMS.test(url);
    if (!request.is404 || method !== 'GET' || !isPage || page === undefined) return undefined;
    reply.headers({ ...HEADERS, 'cache-control': 'no-cache' });
    return reply
      .code(404)
      .type(HTML)
      .send(pageAt(page, prefixOf(request.raw)));
  };
}

/** Its parts are found from there, whatever view the browser is at and whatever path lies before ours. */
function pageAt(page: string, prefix: string): string {
  return page.replace('<head>', () => `<head><base href="${prefix}/">`);
}

type Packed = { readonly encoding: string; readonly body: Buffer } | undefined;

function send(reply: FastifyReply, { body }: Asset, packed: Packed): FastifyReply {
  if (packed === undefined) return reply.send(body);
  return reply.header('content-encoding', packed.encoding).send(packed.body);
}

/** By gzip each file is packed when it is first asked for, once. */
function packing(): (name: string, asset: Asset, request: FastifyRequest) => Promise<Packed> {
  const known = new Map<string, Promise<Buffer>>();
  const pack = promisify(gzip);
  return async (name, { body, isText, brotli }, request) => {
    const accepted = String(request.headers['accept-encoding'] ?? '');
    if (brotli !== undefined && /\bbr\b/.test(accepted)) return { encoding: 'br', body: brotli };
    if (!isText || body.length < WORTH_PACKING || !/\bgzip\b/.test(accepted)) return undefined;
    const made = known.get(name) ?? pack(body);
    known.set(name, made);
    return { encoding: 'gzip', body: await made };
  };
}

function assetsIn(folder: URL): ReadonlyMap<string, Asset> {
  const at = new URL('assets/', folder);
  const names = unlessAbsent(() => readdirSync(at)) ?? [];
  return new Map(
    names.flatMap((name) => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      const isText = !/woff2|png/.test(type);
      const brotli = unlessAbsent(() => readFileSync(new URL(`${name}.br`, at)));
      const body = readFileSync(new URL(name, at));
      return [[name, { type, body, isText, ...given({ brotli }) }] as const];
    }),
  );
}

function textIn(folder: URL, name: string): string | undefined {
  return unlessAbsent(() => readFileSync(new URL(name, folder), 'utf8'));
}

function unlessAbsent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}
