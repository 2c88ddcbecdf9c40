/**
 * People in browsers: whose session the cookie is, or whom a proxy names that is believed. A session is looked for in the
 * ledger with each request, as keys are, so that who was logged out, disabled or given another role is so at once in every
 * process.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import type { UserStore } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { isRole, isUserName, nameKey, type Role, scopeOf } from '../core/user.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Person, PersonCalling } from './callers.ts';
import type { Proxies } from './prefix.ts';
import { isOfOurs } from './same-origin.ts';
import { digestOf, placeAmong } from './same-secret.ts';
import { type SessionCookies, sessionCookies } from './session-cookies.ts';

/** Who a request's cookie or header says it is. */
export type FoundPerson =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'person'; readonly caller: PersonCalling }
  /** `name`: whose session it was. */
  | {
      readonly kind: 'refused';
      readonly problem: Problem;
      readonly name?: string;
      readonly role?: Role;
    };

/** Finds people. */
export interface People {
  readonly cookies: SessionCookies;
  /** @param p.isWatching it does not keep a session from its end */
  find(request: FastifyRequest, p?: { readonly isWatching?: boolean }): Promise<FoundPerson>;
  /** Why a request of somebody in a browser may not change anything; `undefined`: a page of ours makes it. */
  foreign(request: FastifyRequest, person: Person, given?: string): Problem | undefined;
  /** Whether a page of ours makes a request of somebody who is nobody yet. */
  isOfOurs(request: FastifyRequest): boolean;
  /** The token of a person's pages; sets the cookie it belongs to, where there is none yet. */
  csrfFor(request: FastifyRequest, reply: FastifyReply, caller: PersonCalling): string;
  /** Whether anybody can log in. */
  isUsed(): Promise<boolean>;
}

const COOKIE = 'header Cookie';
const TOKEN = /^cps_[\w-]{43}$/;

/** Makes the look for people. */
export function findPeople(p: {
  readonly config: Pick<Config, 'console' | 'publicUrl'>;
  readonly users: Pick<UserStore, 'use' | 'find' | 'list'>;
  readonly around: Proxies;
  readonly log: Pick<Logger, 'warn'>;
}): People {
  const { users, around, config } = p;
  const { userHeader, roleHeader, defaultRole } = config.console;
  const cookies = sessionCookies(config, around);
  let isToldOfOthers = false;
  const isOurs = (request: FastifyRequest) =>
    isOfOurs(request, { publicUrl: config.publicUrl, isSecure: cookies.isSecure(request) });

  async function bySession(request: FastifyRequest, isUsed: boolean): Promise<FoundPerson> {
    const token = cookies.read(request);
    // One that was cleared.
    if (token === undefined || token === '') return { kind: 'nobody' };
    const session = await users.use(token, { isUsed });
    if (session === undefined) return { kind: 'refused', problem: NO_SESSION };
    const { name, role } = session;
    if (!session.isInForce) return { kind: 'refused', problem: NO_SESSION, name, role };
    const { id: sessionId, endsAt } = session;
    const csrf = csrfOf(token, name);
    return person(name, { by: 'session', role, csrf, sessionId, endsAt });
  }

  async function byProxy(request: FastifyRequest): Promise<FoundPerson> {
    const given = userHeader === undefined ? [] : all(request, userHeader);
    if (given.length === 0) return { kind: 'nobody' };
    if (!around.trusts(request.socket.remoteAddress ?? '')) {
      if (!isToldOfOthers)
        p.log.warn(
          { header: userHeader, from: request.socket.remoteAddress },
          'a header that names a user came from an address that is not in TRUST_PROXY; it is not believed',
        );
      isToldOfOthers = true;
      return { kind: 'nobody' };
    }
    const [name = '', ...more] = given;
    const roles = roleHeader === undefined ? [] : all(request, roleHeader);
    const [told = ''] = roles.map((text) => text.toLowerCase());
    const isBad = more.length > 0 || !isUserName(name) || roles.length > 1;
    if (isBad || (roles.length === 1 && !isRole(told)))
      return { kind: 'refused', problem: BAD_HEADER };
    const user = await users.find(name, '');
    if (user !== undefined && user.disabledAt !== null)
      return { kind: 'refused', problem: DISABLED, name: user.name, role: user.role };
    const role = isRole(told) ? told : (user?.role ?? defaultRole);
    const token = cookies.read(request) ?? '';
    const csrf = TOKEN.test(token) ? { csrf: csrfOf(token, name) } : {};
    return person(user?.name ?? name, { by: 'proxy', role, ...csrf });
  }

  return {
    cookies,
    async find(request, { isWatching = false } = {}) {
      const named = await byProxy(request);
      return named.kind === 'nobody' ? bySession(request, !isWatching) : named;
    },
    isOfOurs: isOurs,
    foreign(request, { csrf }, given) {
      if (!isOurs(request)) return OTHER_ORIGIN;
      const { 'x-csrf-token': own, 'x-xsrf-token': ofPages } = request.headers;
      const token = given ?? own ?? ofPages;
      const isRight =
        csrf !== undefined &&
        typeof token === 'string' &&
        placeAmong([digestOf(csrf)], token) !== -1;
      return isRight ? undefined : NO_TOKEN;
    },
    csrfFor(request, reply, { name, person: { csrf } }) {
      if (csrf !== undefined) return csrf;
      const token = `cps_${randomBytes(32).toString('base64url')}`;
      cookies.set(request, reply, token);
      return csrfOf(token, name);
    },
    isUsed: async () =>
      userHeader !== undefined || (await users.list()).some((user) => user.disabledAt === null),
  };
}

/** The token that pages of a session send along: it follows from the cookie and whose it is, and leads to neither. */
export function csrfOf(token: string, name: string): string {
  return createHmac('sha256', token)
    .update(`csrf ${nameKey(name)}`)
    .digest('base64url');
}

function person(name: string, known: Person): FoundPerson {
  const id = `${known.by}:${nameKey(name)}`;
  return { kind: 'person', caller: { id, name, scope: scopeOf(known.role), person: known } };
}

function all(request: FastifyRequest, header: string): readonly string[] {
  const given = request.raw.headersDistinct[header] ?? [];
  return given.map((text) => text.trim()).filter((text) => text !== '');
}

const LOG_IN = 'Log in: POST /v1/session, or the page /login.';
const NO_SESSION = problem('UNAUTHORIZED', 'The session is over, or none of this service.', {
  where: COOKIE,
  next: LOG_IN,
});
const BAD_HEADER = problem('UNAUTHORIZED', "The proxy's header names no user, or no role.", {
  where: 'CONSOLE_USER_HEADER',
  next: 'It has one name of letters, digits and ._@+- ; CONSOLE_ROLE_HEADER has viewer, operator or admin.',
});
const DISABLED = problem('UNAUTHORIZED', 'This user is disabled.', {
  where: 'CONSOLE_USER_HEADER',
  next: 'An admin enables them: PATCH /v1/users/{name}.',
});
const OTHER_ORIGIN = problem('OTHER_ORIGIN', 'A page of another site may change nothing here.', {
  where: 'header Origin',
  next: 'Programs send a key instead of a cookie: header Authorization.',
});
const NO_TOKEN = problem('CSRF_TOKEN', 'The header X-CSRF-Token is not that of the session.', {
  where: 'header X-CSRF-Token',
  next: 'Send `csrfToken` of GET /v1/session.',
});
