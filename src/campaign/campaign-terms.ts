/** Options of a campaign, checked: what the ledger keeps of them, and by what its list is read. */
import {
  type Read,
  readInstant,
  readMaxErrors,
  readName,
  readQuietHours,
  readWeight,
} from '../core/campaign-options.ts';
import { given } from '../core/given.ts';
import type { ListRules, NewCampaign } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { CampaignOptions, ReadingOptions } from './hand-over-options.ts';

/** What a campaign keeps of its options; who asks and how the template is filled comes beside it. */
export type CampaignTerms = Pick<
  NewCampaign,
  | 'name'
  | 'idempotencyKey'
  | 'startAt'
  | 'expireAt'
  | 'quietHours'
  | 'weight'
  | 'onPairLimit'
  | 'includeGranted'
  | 'includeDeclined'
  | 'maxErrors'
>;

/** Reads the options; the first one that is none is a problem. */
export function readTerms(
  options: CampaignOptions,
  now: number = Date.now(),
): Result<CampaignTerms, Problem> {
  const read = {
    name: optional(options.name, readName),
    startAt: optional(options.startAt, readInstant),
    expireAt: optional(options.expireAt, readInstant),
    quietHours: optional(options.quietHours, readQuietHours),
    weight: optional(options.weight, readWeight),
    maxErrors: optional(options.maxErrors, readMaxErrors),
    onPairLimit: optional(options.onPairLimit, readOnPairLimit),
    idempotencyKey: optional(options.idempotencyKey, readKey),
  };
  for (const [where, value] of Object.entries(read))
    if (!value.ok) return err(problem('USAGE', `${where}: ${value.error}.`, { where }));
  // What is said again under its key is the campaign that it made, also once its time is over.
  const from = found(read.idempotencyKey) === undefined ? now : Number.NEGATIVE_INFINITY;
  const window = emptyWindow(found(read.startAt), found(read.expireAt), from);
  if (window !== undefined) return err(window);
  const { includeGranted, includeDeclined } = options;
  return ok(
    given({
      name: found(read.name),
      startAt: found(read.startAt),
      expireAt: found(read.expireAt),
      quietHours: found(read.quietHours),
      weight: found(read.weight),
      maxErrors: found(read.maxErrors),
      onPairLimit: found(read.onPairLimit),
      idempotencyKey: found(read.idempotencyKey),
      includeGranted: includeGranted === true ? true : undefined,
      includeDeclined: includeDeclined === true ? true : undefined,
    }),
  );
}

/**
 * What the lines of a list are read by, before anything is known of the template.
 * @param usual the country of the settings
 */
export function readingRules(
  { defaultCountry, numbers, map, ignoreColumns }: ReadingOptions,
  usual: string | undefined,
): ListRules {
  return given({
    defaultCountry: defaultCountry?.toUpperCase() ?? usual,
    numbers,
    map,
    ignoreColumns,
  });
}

/** Why nobody could ever be asked between the two times; `now`: ms, as `Date.now()`. */
function emptyWindow(
  startAt: Date | undefined,
  expireAt: Date | undefined,
  now: number,
): Problem | undefined {
  if (expireAt === undefined) return undefined;
  const where = '--expire-at';
  const next = 'Give a later time, or leave it out.';
  const at = expireAt.toISOString();
  if (expireAt.getTime() <= now)
    return problem('USAGE', `${where}: ${at} is over already; nobody would be asked.`, {
      where,
      next,
    });
  if (startAt === undefined || startAt < expireAt) return undefined;
  const message = `${where}: ${at} is not after --start-at; nobody would be asked.`;
  return problem('USAGE', message, { where, next });
}

function optional<T, R>(value: T | undefined, read: (value: T) => Read<R>): Read<R | undefined> {
  return value === undefined ? ok(undefined) : read(value);
}

function found<T>(read: Read<T>): T | undefined {
  return read.ok ? read.value : undefined;
}

function readOnPairLimit(value: 'wait' | 'skip'): Read<'wait' | 'skip'> {
  return value === 'wait' || value === 'skip' ? ok(value) : err('Expected wait or skip');
}

function readKey(value: string): Read<string> {
  const isKey = value !== '' && value.length <= 255 && !/[\p{Cc}\p{Cs}]/u.test(value);
  return isKey ? ok(value) : err('Expected 1 to 255 characters in one line');
}
