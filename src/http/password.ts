/**
 * What stands before pages: the dashboard's password, which a browser asks for and sends along by itself. So a page of
 * another site must not be able to use it, and nothing from elsewhere is loaded.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { passwordCheck } from './access.ts';

const NO_PASSWORD =
  'This page is closed: no password is set. ' +
  'Set DASHBOARD_USER and DASHBOARD_PASSWORD and start the service again.\n';
const WRONG_PASSWORD = 'This page asks for DASHBOARD_USER and DASHBOARD_PASSWORD.\n';
const OTHER_SITE = 'A page of another site may change nothing here.\n';

/** What a page behind the password may load and run. */
export interface PagePolicy {
  /** Content-Security-Policy. */
  readonly policy: string;
  /** Lets programs in that bring something else; nobody by default. */
  readonly isLetIn?: (request: FastifyRequest) => Promise<boolean>;
}

/** Makes the hook that stands before pages. */
export function askPassword(
  dashboard: Config['dashboard'],
  { policy, isLetIn = async () => false }: PagePolicy,
) {
  const isAllowed = passwordCheck(dashboard);
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, no-cache',
    });
    if (isAllowed?.(request.headers.authorization) !== true && !(await isLetIn(request))) {
      if (isAllowed) reply.header('www-authenticate', 'Basic realm="callpermit", charset="UTF-8"');
      return reply
        .code(401)
        .type('text/plain')
        .send(isAllowed ? WRONG_PASSWORD : NO_PASSWORD);
    }
    if (!isSameSite(request)) return reply.code(403).type('text/plain').send(OTHER_SITE);
    return undefined;
  };
}

/** Whether a request only looks. */
export function isRead(request: FastifyRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

// A browser sends the password along with whatever a page of another site makes it post. It also says who
// made it: Sec-Fetch-Site on https and loopback, Origin elsewhere; programs send neither.
function isSameSite(request: FastifyRequest): boolean {
  if (isRead(request)) return true;
  const { 'sec-fetch-site': site, origin } = request.headers;
  // As the browser sees it, where a proxy that is believed says so.
  const { host } = request;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
