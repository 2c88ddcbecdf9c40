/** Probes: `live` says that the process answers at all, `ready` that it can do its work. */
import { type PROBLEMS, type Problem, problem } from '../core/problem.ts';
import { within } from '../core/within.ts';
import type { App } from '../wiring.ts';
import { type FindCaller, holdsKey } from './callers.ts';
import { sendProblem } from './problems.ts';
import { liveness, readiness } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

// Orchestrators give a probe a second or more by default; a service that takes longer is not ready.
const PROBE_MS = 2_000;

/** Adds `/health/live` and `/health/ready`, which need no key; only to who has one `ready` names senders. */
export function healthRoutes(
  server: HttpServer,
  app: Pick<App, 'ledger' | 'queue'>,
  find: FindCaller,
): void {
  const tags = ['health'];
  const config = { access: 'open' } as const;

  server.get(
    '/health/live',
    {
      config,
      schema: {
        ...{ tags, security: [], operationId: 'getLiveness' },
        summary: 'Whether the process answers at all',
        response: { 200: liveness },
      },
    },
    async () => ({ status: 'live' as const }),
  );

  server.get(
    '/health/ready',
    {
      config,
      schema: {
        ...{ tags, security: [], operationId: 'getReadiness' },
        summary: 'Whether database and queue answer, and which senders are silent',
        response: { 200: readiness },
      },
    },
    async (request, reply) => {
      const [database, queue] = await Promise.all([
        answers(within(PROBE_MS, app.ledger.ping())),
        answers(app.queue.ping(PROBE_MS)),
      ]);
      const checks = { database: word(database), queue: word(queue) };
      if (database && queue) {
        const silent = await within(PROBE_MS, silentSenders(app)).catch(() => []);
        const isTold = await within(PROBE_MS, holdsKey(request, find)).catch(() => false);
        const shown = isTold ? silent : silent.map(withoutIds);
        return { status: 'ready' as const, checks, silent: shown };
      }
      return sendProblem(reply, outOfReach({ database, queue }), { checks });
    },
  );
}

/** The same for a process that only takes webhooks: it needs the database, and knows of no sender. */
export function receiverHealthRoutes(server: HttpServer, app: Pick<App, 'ledger'>): void {
  const config = { access: 'open' } as const;
  server.get('/health/live', { config }, async () => ({ status: 'live' }));
  server.get('/health/ready', { config }, async (_request, reply) => {
    const database = await answers(within(PROBE_MS, app.ledger.ping()));
    const checks = { database: word(database) };
    if (database) return { status: 'ready', checks };
    return sendProblem(reply, outOfReach({ database, queue: true }), { checks });
  });
}

async function silentSenders(app: Pick<App, 'ledger'>) {
  const senders = await app.ledger.senders.list();
  return senders.flatMap(({ senderId, silence }) =>
    silence === null
      ? []
      : [{ sender: senderId, since: silence.since?.toISOString() ?? null, why: silence.why }],
  );
}

// Reasons may quote Meta, who names numbers and ids; years and codes are shorter.
function withoutIds({ since, why }: { since: string | null; why: string }) {
  return { since, why: why.replace(/\d{7,}/g, '…') };
}

function outOfReach(up: { database: boolean; queue: boolean }): Problem {
  const out = [...(up.database ? [] : ['the database']), ...(up.queue ? [] : ['the queue'])];
  const code: keyof typeof PROBLEMS = up.database ? 'QUEUE_UNREACHABLE' : 'DATABASE_UNREACHABLE';
  return problem(code, `Not ready: ${out.join(' and ')} did not answer within ${PROBE_MS} ms.`, {
    next: '`callpermit doctor` says what is wrong.',
  });
}

function word(up: boolean): 'ok' | 'no answer' {
  return up ? 'ok' : 'no answer';
}

async function answers(ping: Promise<unknown>): Promise<boolean> {
  return ping.then(
    () => true,
    () => false,
  );
}
