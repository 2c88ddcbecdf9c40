/**
 * What each option may be, whichever way it came: from programs in JavaScript anything comes, and `'false'` is
 * not `false`. The tables are typed over the options, so that a new one without a check does not compile.
 */
import {
  type Read,
  readInstant,
  readMaxErrors,
  readName,
  readQuietHours,
  readWeight,
} from '../core/campaign-options.ts';
import { unknownName } from '../core/nearest.ts';
import { type Problem, problem } from '../core/problem.ts';
import type { HandOverOptions } from './hand-over-options.ts';
import type { SingleRequest } from './request-options.ts';

/** What was expected instead of a value, for people; nothing where it is right. */
export type Check = (value: unknown) => string | undefined;

/** A check of each option; what may be left out is checked only where it is there. */
export type Checks<T> = { readonly [K in keyof Required<T>]: Check };

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A check by its own words. */
export function expect(isRight: (value: unknown) => boolean, expected: string): Check {
  return (value) => (isRight(value) ? undefined : `Expected ${expected}`);
}

function readBy<T>(is: (value: unknown) => value is T, read: (value: T) => Read<unknown>): Check {
  return (value) => {
    // A wrong type is told in the words of the reader too: an empty text is none of these options.
    const found = is(value) ? read(value) : read('' as T);
    return found.ok ? undefined : found.error;
  };
}

function oneOf(...values: readonly string[]): Check {
  return expect((value) => isText(value) && values.includes(value), values.join(' or '));
}

function matching(pattern: RegExp, expected: string): Check {
  return expect((value) => isText(value) && pattern.test(value), expected);
}

const trueOrFalse = expect((value) => typeof value === 'boolean', 'true or false');
const instant = readBy(
  (value): value is string | Date => isText(value) || value instanceof Date,
  readInstant,
);
const SENDER = /^[\w-]{1,64}$/;
const isSender = (value: unknown) => isText(value) && SENDER.test(value);
const isColumn = (value: unknown) => isText(value) && value.length <= 1_000;
const textOrNumber = expect((value) => isText(value) || isNumber(value), 'a text or a number');

/** What each option of a list may be. */
export const LIST_CHECKS: Checks<HandOverOptions> = {
  template: matching(/^[^\p{Cc}\p{Cs}]{1,512}$/u, 'the name of a template, 1 to 512 characters'),
  language: matching(/^\s*[A-Za-z0-9_-]{2,15}\s*$/, 'a language code, like en or pt_BR'),
  name: readBy(isText, readName),
  sender: expect(
    (value) =>
      isSender(value) ||
      (Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every(isSender)),
    'a phone number id, or an array of 1 to 100 of them',
  ),
  idempotencyKey: expect(
    (value) => isText(value) && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value),
    '1 to 255 characters in one line',
  ),
  start: trueOrFalse,
  skipPreflight: trueOrFalse,
  startAt: instant,
  expireAt: instant,
  quietHours: readBy(isText, readQuietHours),
  weight: readBy(isNumber, readWeight),
  onPairLimit: oneOf('wait', 'skip'),
  includeGranted: trueOrFalse,
  includeDeclined: trueOrFalse,
  maxErrors: readBy(
    (value): value is number | string => isText(value) || isNumber(value),
    readMaxErrors,
  ),
  defaultCountry: matching(/^[A-Za-z]{2}$/, 'a country as two letters, like US'),
  numbers: oneOf('national', 'international'),
  map: expect(
    (value) =>
      isObject(value) &&
      Object.entries(value).every(
        ([column, to]) =>
          isColumn(column) &&
          (isColumn(to) || (Array.isArray(to) && to.length > 0 && to.every(isColumn))),
      ),
    'an object of columns, like { "Phone Number": "to", "name": "1" }',
  ),
  ignoreColumns: expect(
    (value) => value === 'all' || (Array.isArray(value) && value.every(isColumn)),
    'an array of columns, or "all"',
  ),
  strict: trueOrFalse,
  dryRun: trueOrFalse,
  again: trueOrFalse,
};

const { template, language, idempotencyKey, defaultCountry, numbers } = LIST_CHECKS;
const { onPairLimit, includeGranted, includeDeclined, skipPreflight } = LIST_CHECKS;

/** What each field of a single request may be. */
export const REQUEST_CHECKS: Checks<SingleRequest> = {
  ...{ template, language, idempotencyKey, defaultCountry, numbers },
  ...{ onPairLimit, includeGranted, includeDeclined, skipPreflight },
  to: textOrNumber,
  parameters: expect(
    (value) =>
      (Array.isArray(value) || isObject(value)) &&
      Object.values(value).every((one) => textOrNumber(one) === undefined),
    'an array or an object of texts and numbers',
  ),
  reference: textOrNumber,
  sender: expect(isSender, 'a phone number id'),
  notAfter: instant,
};

/** The first option that is none. What is left out is right, but for those that are required. */
export function wrongOption<T extends object>(
  options: T,
  checks: Partial<Checks<T>>,
  required: readonly (keyof T)[] = [],
): Problem | undefined {
  for (const [where, check] of Object.entries<Check | undefined>(checks)) {
    const value = options[where as keyof T];
    const isRequired = required.includes(where as keyof T);
    const expected = value === undefined && !isRequired ? undefined : check?.(value);
    if (expected === undefined) continue;
    const next = isRequired ? 'Give it so.' : 'Give it so, or leave it out.';
    return problem('USAGE', `${where}: ${expected}, got ${shown(value)}.`, { where, next });
  }
  return undefined;
}

/** The first name that is no option's. */
export function unknownOption(options: object, names: readonly string[]): Problem | undefined {
  const where = Object.keys(options).find((name) => !names.includes(name));
  if (where === undefined) return undefined;
  const message = unknownName(where, names);
  return problem('USAGE', message.endsWith('?') ? message : `${message}.`, {
    where,
    next: `The options are ${names.join(', ')}.`,
  });
}

/** A value for people, in short. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (isText(value)) return value.length > 40 ? 'a longer text' : `the text "${value}"`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
