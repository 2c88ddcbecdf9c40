/**
 * The Node client: other services hand lists over and read results in their own process, with
 * nothing between them and the ledger. It never sends; the running `callpermit sender` processes
 * do, and neither they nor the queue need be up for a list to be taken.
 */

import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { loadEnvironment } from '../config/environment.ts';
import { readConfig } from '../config/read-config.ts';
import { requireAccount } from '../config/require.ts';
import type { CampaignState, CampaignSummary } from '../core/campaign.ts';
import { flatRecipient } from '../core/people/flat-recipient.ts';
import type { RefusedLine } from '../core/people/recipient.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import type { RequestResult } from '../core/request.ts';
import type { Result } from '../core/result.ts';
import { type RequestedOne, requestOne, type SingleRequest } from '../request-one.ts';
import { fitTemplate, senderFor, submit } from '../submit.ts';
import { silentLogger } from '../telemetry/log.ts';
import { type App, openApp, openObjectList } from '../wiring.ts';

/** Where a client works. What is left out comes from the environment (`.env` included). */
export interface ClientOptions {
  /** `DATABASE_URL`; without any, the embedded Postgres of `dataDir`. */
  readonly databaseUrl?: string | undefined;
  /** `REDIS_URL`; the client itself writes to the ledger only, so Redis need not be up. */
  readonly redisUrl?: string | undefined;
  /** `DATA_DIR`. */
  readonly dataDir?: string | undefined;
  /** `WHATSAPP_PHONE_NUMBER_ID`: who asks, where a call does not say. */
  readonly sender?: string | undefined;
}

/** How long `request` waits where nothing else is said. */
const REQUEST_WAIT_MS = 60_000;

/** One person to ask. Fields beyond these are template parameters: `1`, `2`, ... or their names. */
export interface RecipientInput {
  /** The phone number: `+16505551234`; a national one only with `defaultCountry`. */
  readonly to: string | number;
  /** Your own name for this person; comes back in results. 255 characters at most. */
  readonly reference?: string | number;
  /** Another language of the template for this person. */
  readonly language?: string;
  /** Not asked before; ISO 8601 with a zone, or a Date. */
  readonly notBefore?: string | Date;
  /** Not asked after. */
  readonly notAfter?: string | Date;
  /** In the order of a positional template, or by the names of a named one. */
  readonly parameters?: readonly (string | number)[] | Readonly<Record<string, string | number>>;
  readonly [parameter: string]: unknown;
}

/** A list with what it is sent with. */
export interface EnqueueInput {
  /** Name of the message template. */
  readonly template: string;
  /** Its language code, e.g. `en` or `pt_BR`. */
  readonly language: string;
  /** Read once, in order, never held whole. All people need the same parameters. */
  readonly recipients: Iterable<RecipientInput> | AsyncIterable<RecipientInput>;
  /** Phone number id; by default the client's. */
  readonly sender?: string;
  /** The same key with the same list is the same campaign, however often it is sent. */
  readonly idempotencyKey?: string;
  /** ISO 3166 alpha-2, for numbers without a country code. */
  readonly defaultCountry?: string;
  /** Refuse the whole list for one bad line. */
  readonly strict?: boolean;
  /** `false` leaves a draft, for `callpermit campaign start`. */
  readonly start?: boolean;
  /** Do not ask Meta about the template first. Without a token nobody asks anyway. */
  readonly skipPreflight?: boolean;
}

/** One person to ask now. */
export interface RequestInput extends SingleRequest {
  /** How long to wait for the outcome, in ms; 60,000 by default. The request stays after that. */
  readonly waitMs?: number | undefined;
}

/** What became of a list. */
export interface Enqueued {
  /** The campaign's id. */
  readonly id: string;
  readonly state: CampaignState;
  /** `false` where the idempotency key was known. */
  readonly created: boolean;
  /** People that will be asked; those of an earlier call with the same key are not counted again. */
  readonly added: number;
  /** Numbers that stood in the list before. */
  readonly doubles: number;
  /** Lines that cannot be asked. */
  readonly refused: number;
  /** The first hundred of those. */
  readonly refusedLines: readonly RefusedLine[];
}

/**
 * A way into callpermit. Expected failures are thrown as {@link ProblemError}, whose `problem` says
 * what was wrong and what to do; a database that goes away as `InfrastructureError`.
 */
export interface Client {
  /** Hands a list over and starts its campaign. */
  enqueue(input: EnqueueInput): Promise<Enqueued>;
  /**
   * Asks one person now, ahead of every list, and waits until it is known what became of it, until
   * it can go on only later (`waits_for`, `due_at`), or for `waitMs`. A running `callpermit sender`
   * sends it. `results(id)` tells how it stands afterwards.
   *
   * @example
   * const { status, wamid } = await client.request({
   *   to: '+16505551234',
   *   template: 'sample_cpr_template',
   *   language: 'en',
   *   parameters: ['Ann'],
   *   waitMs: 10_000,
   * });
   */
  request(input: RequestInput): Promise<RequestedOne>;
  /** How a campaign stands: its state, and its people by state. */
  campaign(id: string): Promise<CampaignSummary>;
  /** What became of each line, by row; read from the ledger as fast as the loop takes it. */
  results(id: string): AsyncIterable<RequestResult>;
  /** Lets go of the database; calls after it open it again. */
  close(): Promise<void>;
}

/**
 * Makes a client. Nothing is opened before the first call.
 *
 * @example
 * const client = createClient({ databaseUrl: 'postgres://localhost/callpermit', sender: '1055512345' });
 * const { id } = await client.enqueue({
 *   template: 'sample_cpr_template',
 *   language: 'en',
 *   recipients: [{ to: '+16505551234', reference: 'order 7', parameters: ['Ann'] }],
 *   idempotencyKey: 'orders-of-today',
 * });
 * console.log((await client.campaign(id)).counts);
 * for await (const result of client.results(id)) console.log(result.reference, result.status);
 * await client.close();
 */
export function createClient(options: ClientOptions = {}): Client {
  let opening: Promise<App> | undefined;

  async function open(): Promise<App> {
    opening ??= openFor(options);
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  async function campaign(id: string): Promise<CampaignSummary> {
    const found = await (await open()).ledger.campaigns.get(id);
    if (found !== undefined) return found;
    const next = '`callpermit campaign list` shows those that are there.';
    throw new ProblemError(problem('NOT_FOUND', `There is no campaign ${id}.`, { next }));
  }

  return {
    enqueue: async (input) => enqueue(await open(), input, options.sender),
    request: async (input) => request(await open(), input, options.sender),
    campaign,
    async *results(id) {
      await campaign(id);
      yield* (await open()).ledger.campaigns.results({ id });
    },
    async close() {
      const app = await opening?.catch(() => undefined);
      opening = undefined;
      await app?.close();
    },
  };
}

async function enqueue(
  app: App,
  input: EnqueueInput,
  usualSender: string | undefined,
): Promise<Enqueued> {
  const { template, language } = input;
  const sender = unwrap(senderFor(app.config, input.sender ?? usualSender));
  const country = input.defaultCountry ?? app.config.defaultCountry;
  const list = unwrap(
    await openObjectList(flat(input.recipients), only({ defaultCountry: country })),
  );
  try {
    // A service that only hands lists over needs no token: its senders have one.
    const canAsk = requireAccount(app.config, sender.phoneNumberId).ok;
    const skip = input.skipPreflight === true || !canAsk;
    const { columns } = list;
    const fit = unwrap(await fitTemplate(app, { sender, template, language, columns, skip }));
    const { idempotencyKey, strict, start } = input;
    const bodySha256 = await digestOf(input, country);
    const how = only({ idempotencyKey, bodySha256, defaultCountry: country, strict, start });
    const done = unwrap(await submit(app, list, { sender, template, language, fit, ...how }));
    const { id, state, created, added, doubles, refused, refusedLines } = done;
    return { id, state, created, added, doubles, refused, refusedLines };
  } finally {
    // A list that was never read has its source still waiting. Only a generator that has begun
    // passes a `return` on; the first step gives the line that is read already.
    const batches = list.batches[Symbol.asyncIterator]();
    await batches.next();
    await batches.return?.();
  }
}

/** Of people who are here as a whole, hex: their key is bound to them before a line is written. */
async function digestOf(
  { recipients, idempotencyKey }: EnqueueInput,
  country: string | undefined,
): Promise<string | undefined> {
  if (idempotencyKey === undefined || !Array.isArray(recipients)) return undefined;
  const list = unwrap(await openObjectList(flat(recipients), only({ defaultCountry: country })));
  for await (const _ of list.lines);
  return createHash('sha256')
    .update(JSON.stringify([list.sha256(), country ?? null]))
    .digest('hex');
}

async function request(
  app: App,
  input: RequestInput,
  usualSender: string | undefined,
): Promise<RequestedOne> {
  const { phoneNumberId } = unwrap(senderFor(app.config, input.sender ?? usualSender));
  const skipPreflight =
    input.skipPreflight === true || !requireAccount(app.config, phoneNumberId).ok;
  const waitMs = input.waitMs ?? REQUEST_WAIT_MS;
  return unwrap(await requestOne(app, { ...input, sender: phoneNumberId, skipPreflight, waitMs }));
}

async function* flat(recipients: EnqueueInput['recipients']): AsyncGenerator<unknown, void> {
  for await (const recipient of recipients) yield flatRecipient(recipient);
}

async function openFor(options: ClientOptions): Promise<App> {
  const config = configFor(options);
  return unwrap(await openApp(config, silentLogger, { queue: 'none' }));
}

function configFor(options: ClientOptions): Config {
  const env = {
    ...unwrap(loadEnvironment()),
    ...only({
      DATABASE_URL: options.databaseUrl,
      REDIS_URL: options.redisUrl,
      DATA_DIR: options.dataDir,
    }),
  };
  const config = unwrapAll(readConfig(env));
  const { sender } = options;
  if (sender === undefined || config.senders.some((s) => s.phoneNumberId === sender)) return config;
  return unwrapAll(readConfig({ ...env, WHATSAPP_PHONE_NUMBER_ID: sender }));
}

function unwrap<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.error);
}

function unwrapAll<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  const [first] = result.error;
  if (first === undefined) throw new Error('Expected at least one problem, got none');
  const message = result.error.map((p) => p.message).join(' ');
  throw new ProblemError({ ...first, message });
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is `undefined`: an option not given is a field not there. */
function only<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
