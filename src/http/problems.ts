/**
 * Every answer that is not a success is an RFC 9457 problem, whoever made it: our use cases, zod,
 * fastify, Node's HTTP parser, or a bug. Nothing of an unexpected error reaches the answer: it is
 * logged, and the caller gets the request's id to look for.
 */

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { problemForPrograms } from '../campaign/option-names.ts';
import { given } from '../core/given.ts';
import {
  InfrastructureError,
  PROBLEMS,
  type Problem,
  type ProblemCode,
  ProblemError,
  problem,
} from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';

/** A problem with fields of its own, e.g. the lines a list was refused for. */
export class DetailedProblemError extends ProblemError {
  readonly more: Readonly<Record<string, unknown>>;
  constructor(p: Problem, more: Readonly<Record<string, unknown>>) {
    super(p);
    this.name = 'DetailedProblemError';
    this.more = more;
  }
}

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** A problem with the HTTP status it is answered with. */
export interface HttpProblem {
  readonly status: number;
  readonly code: ProblemCode | 'INTERNAL';
  readonly message: string;
  readonly next?: string;
  readonly where?: string;
  /** Fields of this kind of problem only, e.g. `checks` of the readiness probe. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const OUT_OF_REACH: Readonly<Record<InfrastructureError['service'], Problem>> = {
  database: problem('DATABASE_UNREACHABLE', 'The database does not answer.', {
    next: 'Repeat the request later; nothing of it is lost that was answered before.',
  }),
  queue: problem('QUEUE_UNREACHABLE', 'The queue does not answer.', {
    next: 'Repeat the request later.',
  }),
  graph: problem('GRAPH_UNREACHABLE', 'The Graph API does not answer.', {
    next: 'Repeat the request later.',
  }),
  api: problem('API_UNREACHABLE', 'The API of another callpermit does not answer.', {
    next: 'Repeat the request later.',
  }),
};

// What fastify itself refuses a request for, with our messages; the statuses are fastify's own.
const FRAMEWORK: Readonly<Record<string, Omit<Problem, 'code'>>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    message: 'The body is larger than this route takes.',
    next: 'Send long lists as a stream: POST /v1/campaigns without recipients, then POST /v1/campaigns/{id}/recipients.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    message: 'The content type of the body is not one this route takes.',
    where: 'header Content-Type',
    next: 'Send application/json, or to /recipients application/x-ndjson or text/csv.',
  },
  UNKNOWN_ENCODING: {
    message: 'The body is packed in a way that this route does not take.',
    where: 'header Content-Encoding',
    next: 'Send it unpacked; a list to /recipients may come in gzip.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { message: 'The body is empty; JSON was expected.', where: 'body' },
  FST_ERR_CTP_INVALID_JSON_BODY: { message: 'The body is not valid JSON.', where: 'body' },
  FST_ERR_BAD_URL: { message: 'The address is not a valid URL path.', where: 'path' },
  FST_ERR_MAX_PARAM_LENGTH: { message: 'A part of the address is too long.', where: 'path' },
};

/** Answers with a problem of ours. */
export function sendProblem(
  reply: FastifyReply,
  p: Problem,
  more?: Readonly<Record<string, unknown>>,
): FastifyReply {
  return send(reply, { ...p, status: PROBLEMS[p.code].http, ...(more ? { more } : {}) });
}

/** The body of a problem, ready for the wire. */
export function problemBody(p: HttpProblem): string {
  return JSON.stringify({
    // RFC 9457, 4.2: about:blank where the status says it all; ours says more, so it has a name.
    type: `urn:callpermit:problem:${p.code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(p.code),
    status: p.status,
    detail: p.message,
    code: p.code,
    ...given({ where: p.where, next: p.next }),
    ...p.more,
  });
}

/** Fastify's error handler: whatever was thrown, by us or by it, becomes a problem. */
export function errorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = asHttpProblem(error);
    if (known !== undefined) {
      if (known.status >= 500) log.warn({ err: error, request: request.id }, 'request failed');
      return send(reply, known);
    }
    log.error({ err: error, request: request.id, route: request.routeOptions.url }, 'bug');
    return send(reply, {
      status: 500,
      code: 'INTERNAL',
      message: 'Something went wrong inside callpermit.',
      next: `Look for request ${request.id} in the log of this process.`,
    });
  };
}

/** Makes fastify's handler for routes that are not there; `next` says where they are listed, if they are. */
export function notFoundHandler(next: string | undefined) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?', 1)[0];
    return sendProblem(
      reply,
      problem('NOT_FOUND', `There is no route ${request.method} ${path}.`, given({ next })),
    );
  };
}

/** What an error means to the caller; `undefined` where it is a bug of ours. */
function asHttpProblem(error: unknown): HttpProblem | undefined {
  if (error instanceof ProblemError) {
    const { code, message, next, where } = problemForPrograms(error.problem);
    return {
      status: PROBLEMS[code].http,
      code,
      message,
      ...given({ next, where }),
      ...(error instanceof DetailedProblemError ? { more: error.more } : {}),
    };
  }
  if (error instanceof InfrastructureError) {
    const p = OUT_OF_REACH[error.service];
    return { ...p, status: PROBLEMS[p.code].http };
  }
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error);
  const { statusCode, code } = (error ?? {}) as Partial<FastifyError>;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  const known = code === undefined ? undefined : FRAMEWORK[code];
  // An unparsable body arrives as a plain SyntaxError with status 400.
  const refusal =
    known ?? FRAMEWORK[error instanceof SyntaxError ? 'FST_ERR_CTP_INVALID_JSON_BODY' : ''];
  return {
    status: statusCode,
    code: 'USAGE',
    ...(refusal ?? {
      message: error instanceof Error ? error.message : 'The request was refused.',
    }),
  };
}

function send(reply: FastifyReply, p: HttpProblem): FastifyReply {
  // A string, so that no response schema of the route is laid over it.
  return reply.code(p.status).header('content-type', PROBLEM_TYPE).send(problemBody(p));
}

interface Refusal {
  readonly validation: readonly {
    readonly instancePath: string;
    readonly message?: string;
    /** Of names that are not taken: which. */
    readonly params?: Readonly<Record<string, unknown>>;
  }[];
  readonly validationContext?: string;
}

function validationProblem(error: Refusal): HttpProblem {
  const place = error.validationContext ?? 'body';
  const issues = error.validation.map(({ instancePath, message = 'not valid', params }) => {
    const [unknown] = Array.isArray(params?.keys) ? params.keys : [];
    const path = instancePath.replace(/\/$/, '');
    return { where: `${place}${path}${unknown === undefined ? '' : `/${unknown}`}`, message };
  });
  const first = issues[0];
  return {
    status: 400,
    code: 'USAGE',
    message: first ? `${first.where}: ${first.message}` : 'The request is not valid.',
    where: first?.where ?? place,
    next: 'GET /openapi.json describes each request.',
    // A thousand wrong lines make a thousand issues; ten show what is wrong.
    more: { issues: issues.slice(0, 10) },
  };
}

function titleOf(code: string): string {
  const text = code.toLowerCase().replaceAll('_', ' ');
  return text[0]?.toUpperCase() + text.slice(1);
}
