/** One person who cannot be asked: on a list beside the others, or alone. */
const PERSON = { exit: 1, http: 400 } as const;

/**
 * Every expected failure a user can meet, in one table: its code decides the exit code of the
 * command line and the status of the HTTP answer. Messages are made where the facts are known;
 * each says what was wrong, where, and (`next`) what to do.
 */
export const PROBLEMS = {
  // settings
  SETTING_INVALID: { exit: 1, http: 500 },
  SETTING_MISSING: { exit: 1, http: 500 },
  PACKAGE_MISSING: { exit: 1, http: 500 },
  // what the user typed or posted
  USAGE: { exit: 1, http: 400 },
  UNAUTHORIZED: { exit: 1, http: 401 },
  FORBIDDEN: { exit: 1, http: 403 },
  OTHER_ORIGIN: { exit: 1, http: 403 },
  CSRF_TOKEN: { exit: 1, http: 403 },
  NOT_FOUND: { exit: 1, http: 404 },
  METHOD_NOT_ALLOWED: { exit: 1, http: 405 },
  CONFLICT: { exit: 1, http: 409 },
  TOO_MANY_REQUESTS: { exit: 1, http: 429 },
  // lists
  LIST_UNREADABLE: { exit: 1, http: 400 },
  LIST_COLUMNS: { exit: 1, http: 422 },
  LIST_EMPTY: { exit: 1, http: 422 },
  LIST_TOO_LARGE: { exit: 1, http: 413 },
  SENDER_COUNTRY: { exit: 1, http: 422 },
  LIST_REFUSED: { exit: 1, http: 422 },
  LIST_ALL_REFUSED: { exit: 1, http: 422 },
  // one person, by the codes of refused lines
  PHONE_AMBIGUOUS: PERSON,
  PHONE_COUNTRY_MISSING: PERSON,
  PHONE_COUNTRY_UNKNOWN: PERSON,
  PHONE_DECIMAL: PERSON,
  PHONE_EMPTY: PERSON,
  PHONE_EXTENSION: PERSON,
  PHONE_IMPOSSIBLE: PERSON,
  PHONE_INVALID: PERSON,
  PHONE_LOCAL: PERSON,
  PHONE_PREFIX_00: PERSON,
  PHONE_SCIENTIFIC: PERSON,
  PHONE_SEVERAL: PERSON,
  PHONE_TOO_LONG: PERSON,
  PHONE_TOO_SHORT: PERSON,
  PARAMETER_EMPTY: PERSON,
  PARAMETER_MISSING: PERSON,
  PARAMETER_NEWLINE: PERSON,
  PARAMETER_PLACEHOLDER: PERSON,
  PARAMETER_PROGRAM_VALUE: PERSON,
  PARAMETER_SPACES: PERSON,
  PARAMETER_SPREADSHEET_ERROR: PERSON,
  PARAMETER_TAB: PERSON,
  PARAMETER_TOO_LONG: PERSON,
  PARAMETER_UNKNOWN: PERSON,
  LINE_TOO_LONG: PERSON,
  COLUMNS_TOO_MANY: PERSON,
  LANGUAGE_INVALID: PERSON,
  USER_ID_INVALID: PERSON,
  LANGUAGE_MISSING: PERSON,
  REFERENCE_TOO_LONG: PERSON,
  VALUE_NOT_TEXT: PERSON,
  NUMBER_INEXACT: PERSON,
  TIME_INVALID: PERSON,
  TIME_WITHOUT_ZONE: PERSON,
  WINDOW_EMPTY: PERSON,
  // templates
  TEMPLATE_INVALID: { exit: 1, http: 422 },
  TEMPLATE_NOT_FOUND: { exit: 1, http: 422 },
  TEMPLATE_NOT_APPROVED: { exit: 1, http: 422 },
  TEMPLATE_REJECTED: { exit: 1, http: 422 },
  TEMPLATE_WITHOUT_COMPONENT: { exit: 1, http: 422 },
  TEMPLATE_COLUMNS: { exit: 1, http: 422 },
  // Meta said no to a management call
  GRAPH_REFUSED: { exit: 1, http: 502 },
  TOKEN_REFUSED: { exit: 3, http: 502 },
  // campaigns
  CAMPAIGN_STATE: { exit: 1, http: 409 },
  LIST_AGAIN: { exit: 1, http: 409 },
  IDEMPOTENCY_MISMATCH: { exit: 1, http: 409 },
  // out of reach
  DATABASE_UNREACHABLE: { exit: 4, http: 503 },
  DATABASE_TOO_OLD: { exit: 4, http: 503 },
  DATABASE_POOLED: { exit: 4, http: 503 },
  LEDGER_NEWER: { exit: 4, http: 503 },
  QUEUE_UNREACHABLE: { exit: 4, http: 503 },
  GRAPH_UNREACHABLE: { exit: 4, http: 503 },
  API_UNREACHABLE: { exit: 4, http: 503 },
  OUTCOMES_LOST: { exit: 4, http: 503 },
} as const satisfies Record<string, { readonly exit: 1 | 3 | 4; readonly http: number }>;

/** The code of an expected failure. */
export type ProblemCode = keyof typeof PROBLEMS;

/** One expected failure, ready to be shown to a person. */
export interface Problem {
  readonly code: ProblemCode;
  /** What was wrong, with the value that was (never a secret, never a full phone number). */
  readonly message: string;
  /** What to do next. */
  readonly next?: string;
  /** Where: a file, a row, a column, a setting. */
  readonly where?: string;
}

/** Whether a code is one of the table. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** Makes a problem; `next` and `where` only when they help. */
export function problem(
  code: ProblemCode,
  message: string,
  more: { readonly next?: string; readonly where?: string } = {},
): Problem {
  return { code, message, ...more };
}

/**
 * Carries a {@link Problem} through code that can only throw (streams, commander actions);
 * it is turned back into the value at the edge.
 */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(p: Problem, options?: { readonly cause?: unknown }) {
    super(p.message, options);
    this.name = 'ProblemError';
    this.problem = p;
  }
}

/** What may be out of reach; `api` is callpermit's own, as its HTTP client sees it. */
export type Service = 'database' | 'queue' | 'graph' | 'api';

/** Broken infrastructure: not an answer, so not a value. The edge turns it into exit code 4 / 503. */
export class InfrastructureError extends Error {
  readonly service: Service;
  constructor(service: Service, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'InfrastructureError';
    this.service = service;
  }
}
