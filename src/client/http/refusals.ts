/** Answers that are none, as the errors of the ledger client. */
import { given } from '../../core/given.ts';
import { InfrastructureError, isProblemCode, ProblemError, problem } from '../../core/problem.ts';

/** A call that went wrong, and what that says of another try. */
export class Setback extends Error {
  readonly thrown: Error;
  /** `undone`: refused before anything was done. `passing`: may be well a moment later. `final`: it will not. */
  readonly kind: 'undone' | 'passing' | 'final';
  readonly retryAfterMs: number;

  constructor(thrown: Error, kind: Setback['kind'], retryAfterMs = 0) {
    super(thrown.message);
    this.thrown = thrown;
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

const PASSING = new Set([502, 503, 504]);
const PLACE = /^(?:body|querystring|params|headers?)\//;

/**
 * What an answer that is no success means.
 * @param missing a place of the request that names something: `USAGE` of it says that there is none
 */
export async function setbackOf(response: Response, missing: string | undefined): Promise<Setback> {
  const { status, headers } = response;
  const text = await response.text().catch(() => '');
  const kind = status === 429 ? 'undone' : PASSING.has(status) ? 'passing' : 'final';
  return new Setback(
    errorOf(response, read(text), missing),
    kind,
    retryAfterOf(headers.get('retry-after')),
  );
}

function errorOf(
  { status, headers }: Response,
  body: Readonly<Record<string, unknown>> | undefined,
  missing: string | undefined,
): Error {
  const { code, detail, where, next, type: _type, title: _title, status: _, ...more } = body ?? {};
  if (typeof code !== 'string' || typeof detail !== 'string') {
    const media = headers.get('content-type')?.split(';', 1)[0] ?? 'nothing';
    return new InfrastructureError(
      'api',
      `Expected an answer of callpermit, got HTTP ${status} with ${media}`,
    );
  }
  if (!isProblemCode(code))
    return new InfrastructureError('api', `${detail} ${String(next ?? '')}`.trim());
  const isMissing = missing !== undefined && code === 'USAGE' && where === missing;
  const said = problem(isMissing ? 'NOT_FOUND' : code, detail, {
    ...given({
      where: typeof where === 'string' ? where.replace(PLACE, '') : undefined,
      next: typeof next === 'string' ? next : undefined,
    }),
  });
  // Lines that were refused stand beside, as in the ledger client's.
  return new ProblemError({ ...more, ...said });
}

function read(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3), in ms from now. */
function retryAfterOf(header: string | null): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
