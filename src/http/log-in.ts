/** Somebody logs in by a browser: their session is begun, the one they had is ended, and it is written down. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, UserStore } from '../core/ports/index.ts';
import { PROBLEMS, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AuditTrail } from '../users/audit-trail.ts';
import { type LoggedIn, type LogInTarget, logIn } from '../users/log-in.ts';
import type { People } from './people.ts';

const WHAT = 'logIn';
/** What was typed as a name may be a password. */
const UNKNOWN: Actor = { kind: 'nobody', name: '(unknown user)' };

/** What a browser logs in at. */
export interface LogInDesk extends LogInTarget {
  readonly users: UserStore;
  readonly people: People;
  readonly trail: AuditTrail;
}

/** Begins a session of its own, whatever the browser brought; sets its cookie. */
export async function logInAt(
  { people, trail, ...target }: LogInDesk,
  request: FastifyRequest,
  reply: FastifyReply,
  given: { readonly user: string; readonly password: string },
): Promise<Result<LoggedIn, Problem>> {
  const { user: name, password } = given;
  const begun = await logIn(target, { name, password, address: request.ip });
  if (!begun.ok) {
    const { problem, retryAfter, name: known } = begun.error;
    const actor: Actor = known === undefined ? UNKNOWN : { kind: 'user', name: known };
    trail.count({ actor, what: WHAT, outcome: 'refused', status: PROBLEMS[problem.code].http });
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    return err(problem);
  }
  const before = await target.users.use(people.cookies.read(request) ?? '', { isUsed: false });
  if (before?.isInForce) await target.users.end({ id: before.id });
  const session = begun.value;
  people.cookies.set(request, reply, session.token);
  await trail.record({
    actor: { kind: 'user', name: session.name, role: session.role },
    ...{ what: WHAT, outcome: 'done', status: 200, requestId: request.id, target: request.ip },
  });
  return ok(session);
}
