/**
 * The Node client: other services hand lists over and read results in their own process, with
 * nothing between them and the ledger. It never sends; the running `callpermit sender` processes
 * do, and neither they nor the queue need be up for a list to be taken.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitOutcome, whileThere } from '../campaign/await-outcome.ts';
import { handOver } from '../campaign/hand-over.ts';
import { targetOf } from '../campaign/hand-over-target.ts';
import {
  linesForPrograms,
  problemForPrograms,
  resultForPrograms,
  resultsForPrograms,
} from '../campaign/option-names.ts';
import { makeRequest, type RequestedOne } from '../campaign/request-one.ts';
import type { Config } from '../config/config.ts';
import { loadEnvironment } from '../config/environment.ts';
import { readConfig } from '../config/read-config.ts';
import type { Environment } from '../config/settings-reader.ts';
import type { CampaignState, CampaignSummary } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import { type ForecastFigures, figuresOf } from '../core/pace/forecast.ts';
import type { RefusedLine } from '../core/people/recipient.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import type { RequestResult } from '../core/request.ts';
import type { Result } from '../core/result.ts';
import { silentLogger } from '../telemetry/log.ts';
import type { App } from '../wiring.ts';
import { CLIENT, checkInput, ENQUEUE, REQUEST, WAIT } from './check-input.ts';
import type { ClientOptions, EnqueueInput, RequestInput, WaitOptions } from './input.ts';

/** How long `request` waits where nothing else is said. */
const REQUEST_WAIT_MS = 60_000;

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
  /** What was found that does not stop it. */
  readonly warnings: readonly string[];
  /** Nobody will be asked, and no campaign of this id stays. */
  readonly dryRun?: true;
  /** What is expected of it, where that can be told; of a dry run, what it was for. */
  readonly forecast?: ForecastFigures;
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
  /**
   * Waits until a campaign is completed, cancelled or paused, and tells how it stands then. A database that
   * is away meanwhile is waited for.
   */
  waitFor(id: string, options?: WaitOptions): Promise<CampaignSummary>;
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
 * console.log((await client.waitFor(id)).counts);
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
    async enqueue(input) {
      checkInput(input, ENQUEUE, ['recipients', 'template', 'language']);
      return enqueue(await open(), input, options.sender);
    },
    async request(input) {
      checkInput(input, REQUEST, ['to', 'template', 'language']);
      return request(await open(), input, options.sender);
    },
    campaign,
    async waitFor(id, wait = {}) {
      checkInput(wait, WAIT);
      return untilItRests(() => campaign(id), wait);
    },
    async *results(id) {
      await campaign(id);
      yield* resultsForPrograms((await open()).ledger.campaigns.results({ id }));
    },
    async close() {
      const app = await opening?.catch(() => undefined);
      opening = undefined;
      await app?.close();
    },
  };
}

const POLL_MS = 1_000;

async function untilItRests(
  look: () => Promise<CampaignSummary>,
  { signal, pollMs = POLL_MS }: WaitOptions,
): Promise<CampaignSummary> {
  for (;;) {
    signal?.throwIfAborted();
    const stands = await whileThere(look);
    if (stands !== undefined && RESTING.has(stands.state)) return stands;
    await sleep(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

const RESTING: ReadonlySet<CampaignState> = new Set(['completed', 'cancelled', 'paused']);

async function enqueue(
  app: App,
  { recipients, ...options }: EnqueueInput,
  usualSender: string | undefined,
): Promise<Enqueued> {
  const done = unwrap(
    await handOver(targetOf(app, 'spared'), {
      options: { ...options, sender: options.sender ?? usualSender },
      list: app.lists.objects(recipients),
    }),
  );
  const { id, state, created, added, doubles, refused, warnings, forecast } = done;
  const refusedLines = linesForPrograms(done.refusedLines);
  const expected = given({
    dryRun: options.dryRun === true ? (true as const) : undefined,
    forecast: forecast && figuresOf(forecast),
  });
  return { id, state, created, added, doubles, refused, refusedLines, warnings, ...expected };
}

async function request(
  app: App,
  { waitMs = REQUEST_WAIT_MS, ...input }: RequestInput,
  usualSender: string | undefined,
): Promise<RequestedOne> {
  const target = { ...targetOf(app, 'spared'), lists: app.lists };
  const made = unwrap(await makeRequest(target, { ...input, sender: input.sender ?? usualSender }));
  const standing = await awaitOutcome(app, made.id, { waitMs });
  return { ...made, ...resultForPrograms(standing) };
}

async function openFor(options: ClientOptions): Promise<App> {
  checkInput(options, CLIENT);
  const config = configFor(options);
  const { openApp } = await import('../wiring.ts');
  return unwrap(await openApp(config, silentLogger, { queue: 'none' }));
}

function configFor(options: ClientOptions): Config {
  const env: Environment = {
    ...unwrap(loadEnvironment()),
    ...given({
      DATABASE_URL: options.databaseUrl,
      REDIS_URL: options.redisUrl,
      DATA_DIR: options.dataDir,
    }),
  };
  const config = unwrapAll(readConfig(env));
  // A program that was never told where the ledger is must not begin one of its own, which nobody serves.
  if (config.databaseUrl === undefined && options.dataDir === undefined) {
    throw new ProblemError(
      problem('SETTING_MISSING', 'The client was not told which database to use.', {
        where: 'DATABASE_URL',
        next: 'Set DATABASE_URL, or give createClient({ databaseUrl }). createClient({ dataDir }) uses the embedded Postgres of that folder, which the callpermit processes of this machine share.',
      }),
    );
  }
  const { sender } = options;
  if (sender === undefined || config.senders.some((s) => s.phoneNumberId === sender)) return config;
  return unwrapAll(readConfig({ ...env, WHATSAPP_PHONE_NUMBER_ID: sender }));
}

function unwrap<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new ProblemError(problemForPrograms(result.error));
}

function unwrapAll<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  const [first] = result.error;
  if (first === undefined) throw new Error('Expected at least one problem, got none');
  const message = result.error.map((p) => p.message).join(' ');
  throw new ProblemError({ ...first, message });
}
