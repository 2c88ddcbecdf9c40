/**
 * Everything that changes something over HTTP is in the audit log before it is answered, also what a known caller was refused.
 * What a program can do a thousand times a minute is counted: its single requests, each of which is in the ledger anyway, and
 * refusals of any kind.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { readPerson } from '../core/people/read-person.ts';
import type { Action } from '../core/ports/index.ts';
import { withoutSecrets } from '../core/secret-text.ts';
import { maskNumbers } from '../telemetry/mask-numbers.ts';
import type { AuditTrail } from '../users/audit-trail.ts';
import { isRead } from './same-origin.ts';
import type { HttpServer } from './typed-server.ts';

/** Written down by their own routes, which know more. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(['logIn']);
const OF_PROGRAMS: ReadonlySet<string> = new Set(['createRequest']);
/** No key, no right, too many: who is refused so can be so at any rate. */
const NOT_LET_IN: ReadonlySet<number> = new Set([401, 403, 429]);
const MOST_CHARACTERS = 200;

/** Adds the hook; before the routes. */
export function auditActions(
  server: HttpServer,
  p: { readonly trail: AuditTrail; readonly config: Pick<Config, 'defaultCountry'> },
): void {
  server.addHook('onSend', async (request, reply) => {
    const { actor } = request;
    if (actor === undefined) return;
    const status = reply.statusCode;
    const outcome = outcomeOf(status);
    if (isRead(request)) {
      // Somebody has a cookie that was logged out.
      if (status === 401) p.trail.count({ actor, what: 'useEndedSession', outcome, status });
      return;
    }
    const what = whatOf(request);
    if (BY_THEMSELVES.has(what)) return;
    if (NOT_LET_IN.has(status) || (actor.kind === 'key' && OF_PROGRAMS.has(what))) {
      p.trail.count({ actor, what, outcome, status });
      return;
    }
    // It says what would become of a list, and nothing stays: that is looking.
    if (isDryRun(what, request)) return;
    const to = await whomOf(request, p.config);
    const target = to.target ?? targetOf(request, reply);
    const { person } = to;
    await p.trail.record({
      ...{ actor, what, target, person, outcome, status, requestId: request.id },
    });
  });
  server.addHook('onClose', () => p.trail.close());
}

/** How an action ended that was answered so. */
function outcomeOf(status: number): Action['outcome'] {
  return status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';
}

/** The operation, or of pages that are no operations the method and the route. */
function whatOf({ method, routeOptions }: FastifyRequest): string {
  const { operationId } = (routeOptions.schema ?? {}) as { readonly operationId?: string };
  return operationId ?? `${method} ${routeOptions.url ?? '(none)'}`;
}

/** What has a dry run, and where it is asked for; said elsewhere, or of anything else, the word means nothing. */
const DRY_RUNS: ReadonlyMap<string, 'query' | 'body'> = new Map([
  ['createCampaign', 'body'],
  ['importCampaign', 'query'],
  ['sendRecipients', 'query'],
]);

function isDryRun(what: string, request: FastifyRequest): boolean {
  const place = DRY_RUNS.get(what);
  // As it was read, or as it was written where it could not be.
  return place !== undefined && [true, 'true'].includes(fieldsOf(request[place]).dryRun as never);
}

type Fields = Readonly<Record<string, unknown>>;

/** Whom it is done to: one person is named, so that they can be forgotten; several are counted. */
async function whomOf(
  request: FastifyRequest,
  { defaultCountry: usual }: Pick<Config, 'defaultCountry'>,
): Promise<{ readonly target?: string; readonly person?: string }> {
  const [params, query, body] = [request.params, request.query, request.body].map(fieldsOf);
  const people = [params?.to ?? body?.to ?? body?.people ?? []].flat();
  if (people.length === 0) return {};
  if (people.length > 1) return { target: `${people.length} people` };
  const [one] = people;
  const text = typeof one === 'string' ? one : fieldsOf(one).to;
  if (typeof text !== 'string') return {};
  const { defaultCountry = usual, numbers } = { ...body, ...query } as {
    readonly defaultCountry?: string;
    readonly numbers?: 'national' | 'international';
  };
  const read = await readPerson(text, { defaultCountry, numbers }).catch(() => undefined);
  return read?.ok === true
    ? { person: read.value.replace(/^\+/, '') }
    : { target: '(not readable)' };
}

/** To what: the last part of the address, or what was made. */
function targetOf(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const { id, name, queueName, jobId } = fieldsOf(request.params);
  const made = /[^/]+$/.exec(String(reply.getHeader('location') ?? ''))?.[0];
  const ofBoard = [queueName, jobId].filter((part) => part !== undefined).join(' ');
  // A list that is a body has its campaign's name in the query.
  const given = fieldsOf(request.body).name ?? fieldsOf(request.query).name;
  const found = id ?? name ?? (ofBoard || undefined) ?? made ?? given;
  if (typeof found !== 'string') return undefined;
  return maskNumbers(withoutSecrets(found.slice(0, MOST_CHARACTERS)), new Set());
}

function fieldsOf(value: unknown): Fields {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : {};
}
