/**
 * The cookie of a session. Scripts cannot read it, other sites' pages do not send it, and behind https it is sent over nothing
 * else; the prefix of its name keeps a neighbour's subdomain from setting one of its own.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import type { Proxies } from './prefix.ts';

const NAME = 'callpermit_session';
/** By which axios, and so bull-board's pages, gives a token back (as `X-XSRF-TOKEN`). */
const FOR_PAGES = 'XSRF-TOKEN';

/** Sets, reads and takes back cookies. */
export interface SessionCookies {
  /** Whether who asks has come by https. */
  isSecure(request: FastifyRequest): boolean;
  read(request: FastifyRequest): string | undefined;
  set(request: FastifyRequest, reply: FastifyReply, token: string): void;
  clear(request: FastifyRequest, reply: FastifyReply): void;
  /** Gives pages of others' making the token that proves where a request comes from. */
  tellPages(request: FastifyRequest, reply: FastifyReply, p: { csrf: string; path: string }): void;
}

/** Makes them. */
export function sessionCookies(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  { prefixOf }: Pick<Proxies, 'prefixOf'>,
): SessionCookies {
  const isPublicSecure = publicUrl?.startsWith('https:') === true;
  const isSecure = (request: FastifyRequest) => isPublicSecure || request.protocol === 'https';
  // `__Host-` asks for the path `/`; behind a path the cookie would go to all that is beside it.
  const nameFor = (request: FastifyRequest) => {
    if (!isSecure(request)) return NAME;
    return `${prefixOf(request.raw) === '' ? '__Host-' : '__Secure-'}${NAME}`;
  };
  const attributes = (request: FastifyRequest, path: string) =>
    `Path=${path}; SameSite=Strict${isSecure(request) ? '; Secure' : ''}`;
  const pathOf = (request: FastifyRequest) => prefixOf(request.raw) || '/';
  return {
    isSecure,
    read: (request) => cookieOf(request.headers.cookie, nameFor(request)),
    set(request, reply, token) {
      const how = `${attributes(request, pathOf(request))}; HttpOnly`;
      reply.header('set-cookie', `${nameFor(request)}=${token}; ${how}`);
    },
    clear(request, reply) {
      const how = `${attributes(request, pathOf(request))}; HttpOnly; Max-Age=0`;
      reply.header('set-cookie', `${nameFor(request)}=; ${how}`);
    },
    tellPages(request, reply, { csrf, path }) {
      const how = attributes(request, `${prefixOf(request.raw)}${path}`);
      reply.header('set-cookie', `${FOR_PAGES}=${csrf}; ${how}`);
    },
  };
}

/** Of a header `Cookie`; of several of a name the first, whose path is the longest. */
function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key = '', ...rest] = part.split('=');
    if (key.trim() === name) return rest.join('=').trim();
  }
  return undefined;
}
