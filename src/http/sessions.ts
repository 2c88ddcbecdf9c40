/**
 * `/v1/session` and `/v1/sessions`: somebody logs in by a browser, looks who they are, gives themselves another password, logs
 * out, here or everywhere.
 */
import type { FastifyRequest } from 'fastify';
import { problem } from '../core/problem.ts';
import type { PasswordHashes } from '../users/hash-queue.ts';
import type { LoggedIn } from '../users/log-in.ts';
import { changeOwnPassword } from '../users/own-password.ts';
import type { PersonCalling } from './callers.ts';
import { endedSessions, newSession, ownPassword, session } from './console-schemas.ts';
import { type LogInDesk, logInAt } from './log-in.ts';
import { csrfOf } from './people.ts';
import { sendProblem } from './problems.ts';
import type { HttpServer } from './typed-server.ts';

/** A name and a password. */
const BODY_BYTES = 8 * 1024;

const OTHER_ORIGIN = problem('OTHER_ORIGIN', 'A page of another site may log nobody in.', {
  where: 'header Origin',
  next: 'Programs send a key instead: header Authorization.',
});

const OF_PROXY = problem('FORBIDDEN', 'A proxy logs this user in: there is no password here.', {
  where: 'CONSOLE_USER_HEADER',
  next: 'Change it where the proxy asks for it.',
});

/** Adds them. */
export function sessionRoutes(
  server: HttpServer,
  desk: LogInDesk & { readonly hashes: PasswordHashes },
): void {
  const tags = ['console'];
  const { people, users } = desk;
  // Whoever may look may log out.
  const config = { access: 'session', scope: 'read' } as const;

  server.post(
    '/v1/session',
    {
      config: { access: 'open' },
      bodyLimit: BODY_BYTES,
      schema: {
        ...{ tags, operationId: 'logIn', summary: 'Log in by a browser', security: [] },
        description:
          'Sets the cookie `callpermit_session` (behind https `__Host-callpermit_session`, and behind a path `__Secure-callpermit_session`), by which this browser may call what its role covers. What changes something needs the header `X-CSRF-Token`, too. 12 hours without a request end it, and 7 days in any case. After ten wrong passwords an address has four more a minute.',
        body: newSession,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      // Else a page of another site could log somebody in as its own user, and see what they do.
      if (!people.isOfOurs(request)) return sendProblem(reply, OTHER_ORIGIN);
      const begun = await logInAt(desk, request, reply, request.body);
      if (!begun.ok) return sendProblem(reply, begun.error);
      return begunSession(begun.value);
    },
  );

  server.patch(
    '/v1/session',
    {
      config,
      bodyLimit: BODY_BYTES,
      schema: {
        ...{ tags, operationId: 'changeOwnPassword', summary: 'Give oneself another password' },
        description:
          'Ends all sessions of this user, and begins another in this browser: a new cookie, a new `csrfToken`. A wrong `password` is 403 and counts as a wrong log-in does.',
        body: ownPassword,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const { name, person } = callerOf(request);
      if (person.by === 'proxy') return sendProblem(reply, OF_PROXY);
      const given = { ...request.body, name, address: request.ip };
      const changed = await changeOwnPassword(desk, given);
      if (!changed.ok) {
        const { problem: why, retryAfter } = changed.error;
        if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
        return sendProblem(reply, why);
      }
      people.cookies.set(request, reply, changed.value.token);
      return begunSession(changed.value);
    },
  );

  server.get(
    '/v1/session',
    {
      config,
      schema: {
        ...{ tags, operationId: 'getSession', summary: 'Who this browser is logged in as' },
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { role, by, endsAt } = caller.person;
      const csrfToken = people.csrfFor(request, reply, caller);
      reply.header('cache-control', 'no-store');
      return {
        ...{ user: caller.name, role, by, csrfToken },
        expiresAt: endsAt?.toISOString() ?? null,
      };
    },
  );

  server.delete(
    '/v1/session',
    {
      config,
      schema: {
        ...{ tags, operationId: 'logOut', summary: 'Log this browser out' },
        description: 'Its cookie is refused from then on by every process.',
        response: { 200: endedSessions },
      },
    },
    async (request, reply) => {
      const { sessionId } = callerOf(request).person;
      people.cookies.clear(request, reply);
      return { ended: sessionId === undefined ? 0 : await users.end({ id: sessionId }) };
    },
  );

  server.delete(
    '/v1/sessions',
    {
      config,
      schema: {
        ...{ tags, operationId: 'logOutEverywhere', summary: 'Log out in all browsers' },
        response: { 200: endedSessions },
      },
    },
    async (request, reply) => {
      const { name } = callerOf(request);
      people.cookies.clear(request, reply);
      return { ended: await users.end({ name }) };
    },
  );
}

function begunSession({ name, role, token, endsAt }: LoggedIn) {
  return {
    ...{ user: name, role, by: 'session' as const, csrfToken: csrfOf(token, name) },
    expiresAt: endsAt.toISOString(),
  };
}

/** Of a route that only sessions reach. */
function callerOf({ caller }: FastifyRequest): PersonCalling {
  if (caller?.person === undefined) throw new Error('a route of sessions was reached without one');
  return { ...caller, person: caller.person };
}
