/**
 * What stands before pages: a session, or the dashboard's password, which a browser asks for and sends along by itself. So a
 * page of another site must not be able to use either, and nothing from elsewhere is loaded.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { covers } from '../core/api-key.ts';
import { actorOf, passwordCheck } from './access.ts';
import type { PersonCalling } from './callers.ts';
import { logInFirst } from './login-page.ts';
import type { People } from './people.ts';
import { isNotOfOthers, isRead } from './same-origin.ts';

const NO_PASSWORD =
  'This page is closed: nobody can log in. Make a user (callpermit user add), or ' +
  'Set DASHBOARD_USER and DASHBOARD_PASSWORD and start the service again.\n';
const WRONG_PASSWORD = 'This page asks for DASHBOARD_USER and DASHBOARD_PASSWORD.\n';
const OTHER_SITE = 'A page of another site may change nothing here.\n';

/** What a page behind the password may load and run. */
export interface PagePolicy {
  /** Content-Security-Policy. */
  readonly policy: string;
  /** Where the pages lie; their scripts are given the token of a session. */
  readonly path: string;
  readonly people: People;
  /** Lets programs in that bring something else; nobody by default. */
  readonly isLetIn?: (request: FastifyRequest) => Promise<boolean>;
}

/** Makes the hook that stands before pages. */
export function askPassword(
  dashboard: Config['dashboard'],
  { policy, path, people, isLetIn = async () => false }: PagePolicy,
) {
  const isAllowed = passwordCheck(dashboard);

  /** Somebody with a session may look at everything; what changes something is asked for by our own pages only. */
  function letIn(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: PersonCalling,
  ): FastifyReply | undefined {
    request.actor = actorOf(caller);
    if (isRead(request)) {
      const csrf = people.csrfFor(request, reply, caller);
      if (isPage(request)) people.cookies.tellPages(request, reply, { csrf, path });
    } else {
      const { message } = people.foreign(request, caller.person) ?? {};
      if (message !== undefined) return reply.code(403).send({ error: 'FORBIDDEN', message });
      if (!covers(caller.scope, 'send'))
        return reply.code(403).send({ error: 'FORBIDDEN', message: VIEWER });
    }
    request.caller = caller;
    return undefined;
  }

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
    if (isAllowed?.(request.headers.authorization) === true) {
      request.actor = { kind: 'password', name: dashboard?.user ?? '' };
    } else if (!(await isLetIn(request))) {
      const found = await people.find(request);
      if (found.kind === 'person') return letIn(request, reply, found.caller);
      if (found.kind === 'refused' && found.name !== undefined)
        request.actor = { kind: 'user', name: found.name, role: found.role };
      if (isPage(request) && !wantsPassword(request) && (await people.isUsed()))
        return reply.redirect(logInFirst(request.url), 303);
      if (isAllowed) reply.header('www-authenticate', 'Basic realm="callpermit", charset="UTF-8"');
      return reply
        .code(401)
        .type('text/plain')
        .send(isAllowed ? WRONG_PASSWORD : NO_PASSWORD);
    }
    if (!isRead(request) && !isNotOfOthers(request))
      return reply.code(403).type('text/plain').send(OTHER_SITE);
    return undefined;
  };
}

const VIEWER = 'A viewer looks; an operator may change jobs and queues.';

/** A browser that goes there, and no script of its page. */
function isPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

/** By the link of the log-in page, or by having given it before. */
function wantsPassword({ headers, query }: FastifyRequest): boolean {
  return headers.authorization !== undefined || Object.hasOwn(Object(query), 'password');
}
