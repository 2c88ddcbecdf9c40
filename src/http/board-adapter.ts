/**
 * bull-board's pages on our server. Its own adapter for fastify brings a file server that Node 20
 * cannot always load (an ES module required from CommonJS), a template engine for five placeholders
 * and a page that asks Google for fonts; this one needs none of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';

/** What `createBullBoard` is given; `routes` adds everything it then knows to a server. */
export interface BoardAdapter extends IServerAdapter {
  routes(pages: FastifyInstance): void;
}

/** Where bull-board's built pages lie. */
export function boardFiles(): string {
  return dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'));
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** Its own pages say nothing of a place beside them; their style sheet has no part for one. */
const BACK_STYLE =
  'position:fixed;right:1rem;bottom:1rem;z-index:1000;padding:.5rem .75rem;border-radius:.375rem;' +
  'background:#1864ab;color:#fff;font:600 .875rem system-ui,sans-serif;text-decoration:underline';

/**
 * Makes the adapter.
 *
 * @param basePathOf where who asks finds the pages, e.g. `/queues`
 * @param back where they came from
 */
export function boardAdapter(
  basePathOf: (request: FastifyRequest) => string,
  back: { readonly text: string; readonly pathOf: (request: FastifyRequest) => string },
): BoardAdapter {
  const known: {
    queues?: BullBoardQueues;
    views?: string;
    statics?: { readonly route: string; readonly path: string };
    entry?: AppViewRoute;
    api?: readonly AppControllerRoute[];
    ui?: UIConfig;
    onError?: (error: Error) => ControllerHandlerReturnType;
  } = {};
  const set = <K extends keyof typeof known>(name: K, value: (typeof known)[K]) => {
    known[name] = value;
    return adapter;
  };

  const adapter: BoardAdapter = {
    setQueues: (queues) => set('queues', queues),
    setViewsPath: (path) => set('views', path),
    setStaticPath: (route, path) => set('statics', { route, path }),
    setEntryRoute: (route) => set('entry', route),
    setErrorHandler: (handler) => set('onError', handler),
    setApiRoutes: (routes) => set('api', routes),
    setUIConfig: (config) => set('ui', config),
    routes(pages) {
      const { queues, views, statics, entry, api, ui = {}, onError } = known;
      if (!(queues && views && statics && entry && api && onError)) {
        throw new Error('Expected createBullBoard to have been called with this adapter');
      }
      pages.setErrorHandler<Error>((error, _request, reply) => {
        const { status, body } = onError(error);
        return reply.code(status ?? 500).send(body);
      });
      serveFiles(pages, statics);
      const page = readFileSync(join(views, 'index.ejs'), 'utf8');
      for (const url of [entry.route].flat()) {
        pages.get(url, (request, reply) => {
          const { params } = entry.handler({ basePath: basePathOf(request), uiConfig: ui });
          const way = wayBack(back.text, back.pathOf(request));
          return reply.type('text/html; charset=utf-8').send(withLink(fill(page, params), way));
        });
      }
      for (const { method, route, handler } of api) {
        for (const url of [route].flat()) {
          pages.route({
            method: [method].flat().map((m) => m.toUpperCase() as HTTPMethods),
            url,
            handler: async (request, reply) => {
              const { status, body } = await handler({
                queues,
                uiConfig: ui,
                params: request.params as Record<string, unknown>,
                query: request.query as Record<string, unknown>,
                body: (request.body ?? {}) as Record<string, unknown>,
                headers: request.headers as Record<string, string | undefined>,
              });
              return reply.code(status ?? 200).send(body);
            },
          });
        }
      }
    },
  };
  return adapter;
}

/** 3 MB in some 80 files: read once, so that no request ever names a path on the disk. */
function serveFiles(pages: FastifyInstance, p: { readonly route: string; readonly path: string }) {
  for (const file of readdirSync(p.path, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const content = readFileSync(path);
    const type = TYPES[extname(file.name)] ?? 'application/octet-stream';
    // Names with a hash in them never hold anything else.
    const cache = /\.[0-9a-f]{10}\./.test(file.name)
      ? 'private, max-age=31536000, immutable'
      : 'private, no-cache';
    const url = `${p.route}${path.slice(p.path.length).replaceAll('\\', '/')}`;
    pages.get(url, (_request, reply) =>
      reply.headers({ 'content-type': type, 'cache-control': cache }).send(content),
    );
  }
}

/** Fills the page's placeholders, and takes out the one link that leads elsewhere. */
function fill(page: string, values: Readonly<Record<string, unknown>>): string {
  return page
    .replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/, '')
    .replace(/<%([=-])\s*(\w+)\s*%>/g, (_all, mode: string, name: string) => {
      const text = String(values[name] ?? '');
      return mode === '=' ? escapeHtml(text) : text;
    });
}

/** Before all that the page draws, so that it is the first that a keyboard reaches, and there while nothing else is. */
function withLink(page: string, link: string): string {
  return page.replace('<div id="root">', `${link}<div id="root">`);
}

function wayBack(text: string, path: string): string {
  return `<a href="${escapeHtml(path)}" style="${BACK_STYLE}">${escapeHtml(text)}</a>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
