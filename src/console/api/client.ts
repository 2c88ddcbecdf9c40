/**
 * The HTTP API as the console calls it: typed by its own description (`schema.ts`, `npm run console:types`), at the path where the
 * page lies. A refusal becomes an {@link ApiError} that says what was wrong and what to do.
 */
import createClient, { type Middleware } from 'openapi-fetch';
import { freshness } from './freshness.ts';
import { silence } from './presence.ts';
import type { components, paths } from './schema.ts';
import { csrfToken } from './session-token.ts';

/** A type that the description names. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Where the page lies, without a slash at the end: the path of a proxy is part of it. */
export const BASE = document.baseURI.replace(/\/+$/, '');

/** A problem as the API answers it (RFC 9457). */
export interface ApiProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly where?: string;
  readonly next?: string;
  /** Fields of this kind of problem only. */
  readonly [more: string]: unknown;
}

/** The API refused something, or could not be reached (`UNREACHABLE`). */
export class ApiError extends Error {
  readonly problem: ApiProblem;
  constructor(problem: ApiProblem, options?: ErrorOptions) {
    super(problem.detail, options);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const [loaded] = performance.getEntriesByType('navigation');
const fresh = freshness(
  () => performance.now(),
  loaded instanceof PerformanceNavigationTiming && loaded.type === 'reload',
);

/** Proves that a page of ours asks, and that it has changed something; reads the problem of what is refused. */
const manners: Middleware = {
  onRequest({ request, id }) {
    silence.began(id);
    const token = csrfToken();
    if (CHANGES.has(request.method) && token !== undefined)
      request.headers.set('x-csrf-token', token);
    // A stream may tell of it, and have it read, before it is answered.
    if (CHANGES.has(request.method)) fresh.acted();
    if (request.method === 'GET' && fresh.needs(request.url))
      request.headers.set('cache-control', 'no-cache');
    return request;
  },
  async onResponse({ request, response, id }) {
    silence.ended(id, true);
    // Whatever was answered: what was refused may be so for what somebody else has done.
    if (CHANGES.has(request.method)) fresh.acted();
    if (!response.ok) throw await errorOf(response);
  },
  onError({ error, id }) {
    silence.ended(id, false);
    return error instanceof ApiError ? error : unreachable(error);
  },
};

const client = createClient<paths>({ baseUrl: BASE, credentials: 'same-origin' });
client.use(manners);

/** Calls: `api.GET('/v1/campaigns', { params: { query: { limit: 50 } } })`. */
export const api = client;

/** What an answer brought; a refusal has been thrown before. */
export async function dataOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new Error('Expected a body in the answer, got none.');
  return data;
}

/** The problem of a refusal; of one that is not ours (a proxy's page) its status alone. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  const read = isProblem(body) ? body : { code: `HTTP_${status}`, detail: response.statusText };
  return new ApiError({ ...read, status });
}

/** No answer at all. */
export function unreachable(cause: unknown): ApiError {
  const problem = { status: 0, code: 'UNREACHABLE', detail: 'The service does not answer.' };
  return new ApiError(problem, { cause });
}

/** Whether the service, or what it cannot be without, is away for now; Meta alone may be so while all else is there. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status, code } = error.problem;
  // What a proxy says in our place has no code of ours.
  if (status === 502 || status === 504) return code === `HTTP_${status}`;
  return status === 0 || (status === 503 && code !== 'GRAPH_UNREACHABLE');
}

function isProblem(body: unknown): body is { readonly code: string; readonly detail: string } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  );
}
