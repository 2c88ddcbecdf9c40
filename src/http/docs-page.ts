/**
 * `/docs`: the description of the API as a page for people, in which it can be tried out. All of it comes from this
 * server. A browser sends no key by itself, so the dashboard's password opens it; a program's key does too.
 */
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { askPassword } from './password.ts';
import type { People } from './people.ts';
import type { HttpServer } from './typed-server.ts';

const DOCS_PATH = '/docs';

// Nothing from elsewhere. The page has pictures in its style sheet, and sets styles of elements by script, which is
// no inline style by this rule.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Adds the page; behind the description of the API.
 *
 * @param p.describe the description as its caller sees it
 * @param p.holdsKey whether a request brings a key of ours
 */
export function docsPage(
  server: HttpServer,
  p: {
    readonly dashboard: Config['dashboard'];
    readonly describe: (request: FastifyRequest) => Record<string, unknown>;
    readonly holdsKey: (request: FastifyRequest) => Promise<boolean>;
    readonly people: People;
  },
): void {
  server.register((pages, _options, done) => {
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'password' };
    });
    const { dashboard, people, holdsKey: isLetIn } = p;
    pages.addHook(
      'onRequest',
      askPassword(dashboard, { policy: POLICY, path: DOCS_PATH, people, isLetIn }),
    );
    pages.addHook('onRequest', async (request, reply) => {
      // Behind a slash the page finds its parts by relative paths, also where a proxy puts it elsewhere.
      if (request.url.split('?', 1)[0] !== DOCS_PATH) return undefined;
      return reply.redirect(`${DOCS_PATH}/`);
    });
    pages.register(swaggerUi, {
      routePrefix: DOCS_PATH,
      theme: {
        title: 'callpermit: HTTP API',
        // The bar names another project, and asks for addresses of other descriptions.
        css: [{ filename: 'own.css', content: '.swagger-ui .topbar { display: none; }' }],
      },
      uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0, tagsSorter: 'alpha' },
      transformSpecificationClone: false,
      transformSpecification: (_document, request) => withWayBack(p.describe(request)),
    });
    done();
  });
}

/** To the console, by a path that holds behind a proxy's, too. */
function withWayBack(description: Record<string, unknown>): Record<string, unknown> {
  const info = description.info as { readonly description: string };
  const text = `[Back to callpermit](../)\n\n${info.description}`;
  return { ...description, info: { ...info, description: text } };
}
