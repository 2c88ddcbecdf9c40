/**
 * The refusals of each route, as `/openapi.json` describes them. What every route of a kind may answer follows from the
 * route (a key, a path, a body); what is its own stands in a table. A status that a route answers and does not describe is
 * found by the tests, which hold each answer against the description.
 */
import type { FastifyContextConfig, RouteOptions } from 'fastify';
import { z } from 'zod';
import { PROBLEMS } from '../core/problem.ts';
import { problemSchema } from './schemas.ts';

const MEANINGS = {
  400: 'The request is not valid.',
  401: 'The request brings no key and no session, or none of this service.',
  403: "The key's scope or the role does not cover it, or a page of another site asks.",
  404: 'There is no such thing.',
  408: 'The body took too long to arrive.',
  409: 'It does not go with what is there.',
  413: 'The body is too large.',
  415: 'The body is of a type that is not taken.',
  417: 'The header `Expect` asks for something else than `100-continue`.',
  422: 'The request can be read, but not done as it is.',
  429: 'The key or the user has made its requests of this minute.',
  431: 'The header of the request is too large.',
  500: 'A fault of callpermit, or of its settings.',
  502: 'Meta refused what callpermit asked of it.',
  503: 'Something that is needed does not answer now.',
} as const;

/** A status of a refusal that the description knows. */
export type RefusedStatus = keyof typeof MEANINGS;

/** What operations refuse with beside what all of their kind do. */
const OF_THEIR_OWN: Readonly<Record<string, readonly RefusedStatus[]>> = {
  getReadiness: [503],
  createCampaign: [409, 422, 502],
  importCampaign: [409, 422, 502],
  sendRecipients: [409, 422],
  startCampaign: [409],
  pauseCampaign: [409],
  resumeCampaign: [409],
  cancelCampaign: [409],
  retryRequests: [409],
  createRequest: [409, 422, 502],
  settleRequest: [409],
  checkPermissions: [502],
  addSuppressions: [422],
  importSuppressions: [422],
  replayEvents: [404],
  listTemplates: [502],
  createTemplate: [409, 422, 502],
  getTemplate: [502],
  deleteTemplate: [502],
  logIn: [400, 401, 403, 429, 500, 503],
  addUser: [409],
  changeUser: [409],
  removeUser: [409],
  createKey: [409],
};

/** Operations with a person in their path: of whom nothing is known they say just that. */
const OF_ANYBODY: ReadonlySet<string> = new Set([
  'getPerson',
  'putSuppression',
  'removeSuppression',
]);

const SECONDS = { schema: { type: 'integer', minimum: 0 } };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds until then.', ...SECONDS } };
const LATER: ReadonlySet<number> = new Set([429, 503]);

/** What is known of a route when it is described. */
export interface DescribedRoute {
  readonly config: FastifyContextConfig | undefined;
  readonly method: RouteOptions['method'];
  readonly url: string;
  readonly operationId: string | undefined;
  readonly hasBody: boolean;
}

/** The statuses a route refuses with. */
function refusalsOf(route: DescribedRoute): readonly RefusedStatus[] {
  const { access, scope } = route.config ?? {};
  const { operationId = '' } = route;
  const all: RefusedStatus[] = [...(OF_THEIR_OWN[operationId] ?? [])];
  // Of the protocol, before anything else is looked at.
  all.push(417, 431);
  const looks = route.method === 'GET';
  // Keys are looked up in the ledger.
  if (access !== 'open') all.push(400, 401, 429, 500, 503);
  // Pages of other sites may change nothing, whatever the scope.
  if (access !== 'open' && (!looks || (scope ?? 'read') !== 'read')) all.push(403);
  if (route.url.includes(':') && !OF_ANYBODY.has(operationId)) all.push(404);
  if (route.hasBody) all.push(408, 413, 415);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The components `Problem` and, for each status, its refusal. */
export function problemComponents(): { readonly schemas: object; readonly responses: object } {
  const { $schema: _, ...schema } = z.toJSONSchema(problemSchema);
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  const responses = Object.entries(MEANINGS).map(([status, meaning]) => [
    nameOf(status),
    {
      description: `${meaning} ${codesOf(Number(status))}`.trim(),
      ...(LATER.has(Number(status)) ? { headers: RETRY_AFTER } : {}),
      content,
    },
  ]);
  return { schemas: { Problem: schema }, responses: Object.fromEntries(responses) };
}

/** What stands for the refusals of a route in its `responses`. */
export function refusalReferences(route: DescribedRoute): Readonly<Record<string, object>> {
  return Object.fromEntries(
    refusalsOf(route).map((status) => [
      String(status),
      { $ref: `#/components/responses/${nameOf(status)}` },
    ]),
  );
}

function nameOf(status: string | number): string {
  return `Refused${status}`;
}

// Those of one person's values are many, and each says itself what it is.
const MOST_CODES = 12;

function codesOf(status: number): string {
  const codes = Object.entries(PROBLEMS).flatMap(([code, { http }]) =>
    http === status ? [`\`${code}\``] : [],
  );
  const more = codes.length > MOST_CODES ? ' ...' : '';
  return codes.length === 0 ? '' : `Codes: ${codes.slice(0, MOST_CODES).join(', ')}${more}`;
}
