/** Turns whatever was thrown into problems for people: nobody ever sees a stack. */
import { given } from './given.ts';
import { InfrastructureError, type Problem, ProblemError, problem } from './problem.ts';
import { withoutLikelySecrets } from './secret-text.ts';

/** A problem, or a bug of ours that is shown like one. */
export type Shown = Omit<Problem, 'code'> & { readonly code: Problem['code'] | 'INTERNAL' };

const OUT_OF_REACH = {
  database: {
    code: 'DATABASE_UNREACHABLE',
    what: 'The database is out of reach',
    next: 'Check DATABASE_URL and that Postgres runs (`callpermit doctor`), then try again.',
  },
  queue: {
    code: 'QUEUE_UNREACHABLE',
    what: 'The queue is out of reach',
    next: 'Check that Redis runs if REDIS_URL is set, else the database, which holds the queue (`callpermit doctor`), then try again.',
  },
  graph: {
    code: 'GRAPH_UNREACHABLE',
    what: 'The Graph API is out of reach',
    next: 'Check GRAPH_BASE_URL and the network (`callpermit doctor`), then try again.',
  },
  api: {
    code: 'API_UNREACHABLE',
    what: 'The API of callpermit is out of reach',
    next: 'Check its address and that `callpermit api` runs, then try again.',
  },
} as const;

/**
 * The problems behind anything thrown. What was typed is quoted in many of them, and may be a secret in the wrong
 * place: none is ever shown.
 * @param p.hasCause with what a driver or a library said, which names addresses; true unless told
 */
export function shownProblems(
  error: unknown,
  { hasCause = true }: { readonly hasCause?: boolean } = {},
): readonly Shown[] {
  return foundIn(error, hasCause).map((shown) => ({
    ...shown,
    message: withoutLikelySecrets(shown.message),
    ...given({
      where: shown.where === undefined ? undefined : withoutLikelySecrets(shown.where),
      next: shown.next === undefined ? undefined : withoutLikelySecrets(shown.next),
    }),
  }));
}

function foundIn(error: unknown, hasCause: boolean): readonly Shown[] {
  if (error instanceof ProblemError) return [error.problem];
  if (error instanceof AggregateError && error.errors.some((e) => e instanceof ProblemError)) {
    return error.errors.flatMap((one) => foundIn(one, hasCause));
  }
  const said = (text: string, what: string) => (hasCause ? `${what}: ${text}` : what);
  if (error instanceof InfrastructureError) {
    const { code, what, next } = OUT_OF_REACH[error.service];
    return [problem(code, `${said(error.message, what)}.`, { next })];
  }
  const detail = error instanceof Error ? error.message : String(error);
  return [
    {
      code: 'INTERNAL',
      message: said(detail, 'Something went wrong that callpermit did not expect'),
      next: 'Run it again with LOG_LEVEL=debug to see the cause, and report it.',
    },
  ];
}
