/** What programs give to the client, checked before anything is opened: those in JavaScript have no compiler. */
import {
  type Check,
  type Checks,
  expect,
  LIST_CHECKS,
  REQUEST_CHECKS,
  unknownOption,
  wrongOption,
} from '../campaign/option-checks.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { ClientOptions, EnqueueInput, RequestInput, WaitOptions } from './input.ts';

// Timers of Node that are longer go off at once.
const LONGEST_MS = 2 ** 31 - 1;

const text = expect((value) => typeof value === 'string', 'a text');

/** Not a text, though one can be read letter by letter. */
function isMany(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/** What `enqueue` takes. */
export const ENQUEUE: Checks<EnqueueInput> = {
  recipients: expect(isMany, 'an array of people, or another iterable of them'),
  ...LIST_CHECKS,
};

/** What `request` takes. */
export const REQUEST: Checks<RequestInput> = {
  ...REQUEST_CHECKS,
  waitMs: milliseconds(0, Number.POSITIVE_INFINITY),
};

/** What `waitFor` takes. */
export const WAIT: Checks<WaitOptions> = {
  signal: expect((value) => value instanceof AbortSignal, 'an AbortSignal'),
  pollMs: milliseconds(1, LONGEST_MS),
};

/** What `createClient` takes. */
export const CLIENT: Checks<ClientOptions> = {
  databaseUrl: text,
  redisUrl: text,
  dataDir: text,
  sender: text,
};

function milliseconds(least: number, most: number): Check {
  return expect(
    (value) => typeof value === 'number' && value >= least && value <= most,
    `a number of milliseconds from ${least} up`,
  );
}

/** Throws the first problem: a name that is no option, or a value that is none. */
export function checkInput<T extends object>(
  input: T,
  checks: Checks<T>,
  required: readonly (keyof T)[] = [],
): void {
  if (typeof input !== 'object' || input === null)
    throw new ProblemError(
      problem('USAGE', 'Expected an object with the options.', {
        next: `The options are ${Object.keys(checks).join(', ')}.`,
      }),
    );
  const wrong = unknownOption(input, Object.keys(checks)) ?? wrongOption(input, checks, required);
  if (wrong !== undefined) throw new ProblemError(wrong);
}
