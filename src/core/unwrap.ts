/** From an expected failure as a value to a throw, at the edges that turn what is thrown into messages. */
import { type Problem, ProblemError } from './problem.ts';
import type { Result } from './result.ts';

/** The value, or a throw of its problem; of several, an `AggregateError` of them. */
export function unwrap<T>(result: Result<T, Problem | readonly Problem[]>): T {
  if (result.ok) return result.value;
  throw thrown(result.error);
}

/** Makes what is thrown for one problem or several. */
export function thrown(error: Problem | readonly Problem[]): Error {
  if (!isList(error)) return new ProblemError(error);
  const [only, ...others] = error;
  if (only !== undefined && others.length === 0) return new ProblemError(only);
  return new AggregateError(
    error.map((p) => new ProblemError(p)),
    error.map((p) => p.message).join(' '),
  );
}

function isList(error: Problem | readonly Problem[]): error is readonly Problem[] {
  return Array.isArray(error);
}
