/**
 * Who may call what. A route is closed unless it says otherwise, so a new one is never open by forgetting: it needs a
 * key, to look at things one of any scope, and for whatever else one that may administer.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { covers, type KeyScope } from '../core/api-key.ts';
import type { Actor } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { roleFor } from '../core/user.ts';
import {
  type Caller,
  type Credentials,
  credentialsOf,
  type FindCaller,
  type PersonCalling,
} from './callers.ts';
import type { FoundPerson, People } from './people.ts';
import { sendProblem } from './problems.ts';
import { isRead } from './same-origin.ts';
import { digestOf, placeAmong } from './same-secret.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `open`: anybody; `password`: basic auth of the dashboard, asked for by the page's own plugin; `key-or-password`:
     * either; `key-or-near`: a key, or nothing where this machine itself asks; `session`: somebody in a browser; absent: a
     * bearer key, or somebody in a browser.
     */
    readonly access?: 'open' | 'password' | 'key-or-password' | 'key-or-near' | 'session';
    /** What the key must be good for; absent: `read` to look (GET, HEAD), else `admin`. */
    readonly scope?: KeyScope;
  }
  interface FastifyRequest {
    /** Whose key it carries; absent where a route needs none. */
    caller?: Caller;
    /** Whether they would be let in again now: for answers that have no end. */
    isStillIn?: () => Promise<boolean>;
    /** Who does it, for the audit log; also where they are refused. */
    actor?: Actor;
  }
}

const BEARER = 'Bearer realm="callpermit"';
const WHERE = 'header Authorization';
const NEXT =
  'Send the header `Authorization: Bearer <key>` with a key of `callpermit key create`, or one of API_KEYS.';

const REFUSED: Readonly<Record<Exclude<Credentials['kind'], 'key'> | 'wrong', Problem>> = {
  none: problem('UNAUTHORIZED', 'The request carries no API key.', { where: WHERE, next: NEXT }),
  'no-bearer': problem('UNAUTHORIZED', 'The header Authorization holds no Bearer key.', {
    where: WHERE,
    next: NEXT,
  }),
  wrong: problem('UNAUTHORIZED', 'The API key is not one of this service, or it is revoked.', {
    where: WHERE,
    next: NEXT,
  }),
  // RFC 6750, 3.1: a request is malformed that says twice who calls. Who is meant would be for a proxy to choose.
  several: problem('USAGE', 'The request has more than one header Authorization.', {
    where: WHERE,
    next: 'Send it once.',
  }),
};

const NO_SESSION = problem('UNAUTHORIZED', 'The request carries no session.', {
  where: 'header Cookie',
  next: 'Log in: POST /v1/session. A key has none.',
});

const MAY: Readonly<Record<KeyScope, string>> = {
  read: 'look',
  send: 'look, and make and steer campaigns and requests',
  admin: 'do everything',
};

/**
 * Makes the hook that finds out who calls, before every route that is not open.
 * @param p.dashboard whose password opens what is for people and programs alike
 * @param p.isNear whether this machine itself asks
 */
export function identify(
  find: FindCaller,
  p: {
    readonly dashboard?: Config['dashboard'];
    readonly isNear?: (request: IncomingMessage) => boolean;
    readonly people?: Pick<People, 'find' | 'foreign'>;
  } = {},
) {
  const { dashboard, people, isNear = () => false } = p;
  const isAllowed = passwordCheck(dashboard);
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const access = request.routeOptions.config?.access;
    if (access === 'open' || access === 'password') return undefined;
    if (access === 'key-or-password' && isAllowed?.(request.headers.authorization))
      return undefined;
    const given = credentialsOf(request);
    // Who brings a key is asked for it, so that a wrong one is noticed.
    if (access === 'key-or-near' && given.kind === 'none' && isNear(request.raw)) return undefined;
    const isKey = given.kind === 'key' && access !== 'session';
    // Who brings a key is known by it, whatever a browser sends along.
    if (people !== undefined && !isKey && given.kind !== 'several') {
      const found = await people.find(request);
      if (found.kind !== 'nobody') return letIn(request, reply, found, people);
    }
    if (access === 'session' && given.kind !== 'several') return sendProblem(reply, NO_SESSION);
    const caller = given.kind === 'key' ? await find(given.key) : undefined;
    if (caller === undefined) {
      reply.header('www-authenticate', BEARER);
      return sendProblem(reply, REFUSED[given.kind === 'key' ? 'wrong' : given.kind]);
    }
    request.caller = caller;
    if (given.kind === 'key') request.isStillIn = async () => (await find(given.key)) !== undefined;
    request.actor = { kind: 'key', name: caller.name, role: caller.scope };
    return undefined;
  };
}

/** Somebody in a browser is let in, where a page of ours asks. */
function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  found: Exclude<FoundPerson, { readonly kind: 'nobody' }>,
  people: Pick<People, 'find' | 'foreign'>,
): FastifyReply | undefined {
  if (found.kind === 'refused') {
    if (found.name !== undefined)
      request.actor = { kind: 'user', name: found.name, role: found.role };
    reply.header('www-authenticate', BEARER);
    return sendProblem(reply, found.problem);
  }
  const { caller } = found;
  request.actor = actorOf(caller);
  const foreign = isRead(request) ? undefined : people.foreign(request, caller.person);
  if (foreign !== undefined) return sendProblem(reply, foreign);
  request.caller = caller;
  request.isStillIn = async () =>
    (await people.find(request, { isWatching: true })).kind === 'person';
  return undefined;
}

/** Somebody in a browser, as the audit log names them. */
export function actorOf({ name, person }: PersonCalling): Actor {
  return { kind: person.by === 'proxy' ? 'proxy' : 'user', name, role: person.role };
}

/** The hook that looks whether the caller's key is good for the route. */
export async function checkScope(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { caller } = request;
  const needs = scopeOf(request);
  if (caller === undefined || covers(caller.scope, needs)) return undefined;
  if (caller.person !== undefined) {
    const { role } = caller.person;
    const own = `${caller.name} may ${MAY[caller.scope]} (role ${role}); this needs the role ${roleFor(needs)}.`;
    return sendProblem(
      reply,
      problem('FORBIDDEN', own, {
        where: 'role',
        next: 'An admin gives roles: callpermit user role.',
      }),
    );
  }
  reply.header('www-authenticate', `${BEARER}, error="insufficient_scope", scope="${needs}"`);
  const message = `The key "${caller.name}" may ${MAY[caller.scope]} (scope ${caller.scope}); this needs the scope ${needs}.`;
  const next = `Send a key that may ${MAY[needs]}: callpermit key create NAME --scope ${needs}.`;
  return sendProblem(reply, problem('FORBIDDEN', message, { where: WHERE, next }));
}

function scopeOf(request: FastifyRequest): KeyScope {
  const { method, is404 } = request;
  // Who asks for what is not there may know it.
  const usual = is404 || method === 'GET' || method === 'HEAD' ? 'read' : 'admin';
  return request.routeOptions.config?.scope ?? usual;
}

/** Makes the check of `Authorization: Basic`; `undefined` where no password is set. */
export function passwordCheck(
  dashboard: Config['dashboard'],
): ((authorization: string | undefined) => boolean) | undefined {
  if (dashboard === undefined) return undefined;
  const expected = [digestOf(`${dashboard.user}:${dashboard.password.reveal()}`)];
  return (authorization) => {
    const given = /^Basic +([\w+/=-]+) *$/i.exec(authorization ?? '')?.[1];
    const text = given === undefined ? undefined : Buffer.from(given, 'base64').toString('utf8');
    return text !== undefined && placeAmong(expected, text) !== -1;
  };
}
