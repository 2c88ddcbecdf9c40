/**
 * What programs give to a client, checked before anything is opened or asked: those in JavaScript have no compiler. The
 * same for both clients, so that what is wrong is told in the same words.
 */
import { RETRYABLE } from '../campaign/operator.ts';
import {
  type Check,
  type Checks,
  expect,
  LIST_CHECKS,
  REQUEST_CHECKS,
  unknownOption,
  wrongOption,
} from '../campaign/option-checks.ts';
import { CAMPAIGN_STATES } from '../core/campaign.ts';
import { readInstant } from '../core/campaign-options.ts';
import { EVENT_TYPES } from '../core/events/event-types.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { REQUEST_STATES } from '../core/request.ts';
import { readSpan } from '../core/span.ts';
import { STATE_CHOICES } from '../replies/book-filter.ts';
import type {
  CallOptions,
  CampaignQuery,
  ClientOptions,
  EnqueueInput,
  ListenOptions,
  OptOut,
  PermissionQuery,
  PersonQuery,
  RequestInput,
  ResultQuery,
  RetryInput,
  SuppressOptions,
  WaitOptions,
} from './input.ts';

// Timers of Node that are longer go off at once.
const LONGEST_MS = 2 ** 31 - 1;
const MOST_ITEMS = 1_000;
const MOST_OPT_OUTS = 10_000;
const MOST_CHARACTERS = 200;
const ID = /^[\w-]{1,64}$/;

const text = expect((value) => typeof value === 'string', 'a text');
const { defaultCountry, template } = LIST_CHECKS;
const { sender } = REQUEST_CHECKS;
const reason = expect(
  (value) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,500}$/u.test(value),
  '1 to 500 characters in one line',
);

/** Not a text, though one can be read letter by letter. */
function isMany(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

function someOf(choices: readonly string[]): Check {
  const isOne = (value: unknown) => typeof value === 'string' && choices.includes(value);
  return expect(
    (value) => isOne(value) || (Array.isArray(value) && value.length > 0 && value.every(isOne)),
    `some of ${choices.join(', ')}`,
  );
}

const signal = expect((value) => value instanceof AbortSignal, 'an AbortSignal');
const pageItems = expect(
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_ITEMS,
  `a whole number from 1 to ${MOST_ITEMS}`,
);

/** What any call takes beside its input. */
export const CALL: Checks<CallOptions> = { signal };

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
export const WAIT: Checks<WaitOptions> = { signal, pollMs: milliseconds(1, LONGEST_MS) };

/** What `createClient` takes. */
export const CLIENT: Checks<ClientOptions> = {
  databaseUrl: text,
  redisUrl: text,
  dataDir: text,
  sender: text,
};

/** What `campaigns` takes. */
export const CAMPAIGNS: Checks<CampaignQuery> = {
  ...{ signal, pageItems, template },
  state: someOf(CAMPAIGN_STATES),
  name: expect(
    (value) => typeof value === 'string' && value.length >= 1 && value.length <= 255,
    '1 to 255 characters',
  ),
  since: (value) => {
    const given = typeof value === 'string' || value instanceof Date ? value : '';
    const read = readInstant(given);
    return read.ok ? undefined : read.error;
  },
};

/** What `results` takes. */
export const RESULTS: Checks<ResultQuery> = { signal, pageItems, state: someOf(REQUEST_STATES) };

/** What `permissions` takes. */
export const PERMISSIONS: Checks<PermissionQuery> = {
  ...{ signal, pageItems, sender },
  state: someOf(STATE_CHOICES),
  expiringWithin: (value) => {
    const read = readSpan(typeof value === 'string' ? value : '');
    return read.ok ? undefined : read.error;
  },
  campaign: expect((value) => typeof value === 'string' && ID.test(value), 'the id of a campaign'),
};

/** What `permission` and `mayCall` take. */
export const PERSON: Checks<PersonQuery> = { signal, sender, defaultCountry };

/** What `suppress` takes beside people. */
export const SUPPRESS: Checks<SuppressOptions> = { signal, defaultCountry, reason };

/** What `retry` takes. */
export const RETRY: Checks<RetryInput> = {
  signal,
  code: expect((value) => Number.isInteger(value), "an error code of Meta's"),
  state: someOf(RETRYABLE),
  uncertain: expect((value) => typeof value === 'boolean', 'true or false'),
};

/** What `on` takes beside type and listener. */
export const LISTEN: Checks<ListenOptions> = {
  signal,
  after: text,
  onError: expect((value) => typeof value === 'function', 'a function'),
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

/** The id, or a problem: what cannot be one is the id of nothing. */
export function checkId(id: string): void {
  if (typeof id !== 'string') refuse('id', 'the id of a campaign');
  if (!ID.test(id)) throw noCampaign(id);
}

/** The problem where there is no such campaign. */
export function noCampaign(id: string): ProblemError {
  const next = '`callpermit campaign list` shows those that are there.';
  return new ProblemError(problem('NOT_FOUND', `There is no campaign ${id}.`, { next }));
}

/** A text that may name a person. */
export function checkPerson(to: string): void {
  if (typeof to !== 'string' || to.trim() === '' || to.length > MOST_CHARACTERS)
    refuse('to', 'a phone number like +16505551234, or a user id like US.1349');
}

/** The people of a call of `suppress`, each with their reason. */
export function optOutsOf(people: string | OptOut | readonly (string | OptOut)[]): OptOut[] {
  const all = Array.isArray(people) ? people : [people];
  if (all.length < 1 || all.length > MOST_OPT_OUTS)
    refuse('people', `1 to ${MOST_OPT_OUTS} people`);
  return all.map((one: unknown) => {
    const given = (typeof one === 'string' ? { to: one } : one) as OptOut;
    checkInput(given, { to: text, reason }, ['to']);
    checkPerson(given.to);
    return given;
  });
}

/** A type of events, or all of them. */
export function checkType(type: string, listener: unknown): void {
  const types: readonly string[] = ['*', ...EVENT_TYPES];
  if (!types.includes(type)) refuse('type', `one of ${types.join(', ')}`);
  if (typeof listener !== 'function') refuse('listener', 'a function');
}

function refuse(where: string, expected: string): never {
  throw new ProblemError(
    problem('USAGE', `${where}: Expected ${expected}.`, { where, next: 'Give it so.' }),
  );
}
