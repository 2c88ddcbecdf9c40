/** Starting and stopping the simulator, and what a test holds in its hand while it runs. */

import type { z } from 'zod';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { applyChange } from './apply-change.ts';
import { type Change, changeSchema, type ScheduleEntry, scheduleSchema } from './changes.ts';
import { type FaultRule, faultSchema } from './faults.ts';
import { checkProfile } from './load-profile.ts';
import { givenTemplateSchema, type SimulatorProfileInput } from './profile.ts';
import type { RecordFilter, RequestRecord } from './record.ts';
import { openRecordFile } from './record-file.ts';
import { createSimulatorServer } from './server.ts';
import { type SimulatorStats, statsOf } from './stats.ts';
import { addToSchedule, advanceCalendar, beginWebhooks } from './webhooks/begin.ts';
import type { PersonStanding } from './webhooks/book.ts';
import type { WebhookStats } from './webhooks/counts.ts';
import { createWorld } from './world.ts';

/** How to start one. */
export interface SimulatorOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Loopback by default: the controls have no password. */
  readonly host?: string;
  readonly profile?: SimulatorProfileInput;
}

/** A running simulator. Ids and token are those of its first sender. */
export interface Simulator {
  /** For `GRAPH_BASE_URL`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
  readonly token: string;
  /** The POSTs to `/messages`, oldest first. */
  requests(filter?: RecordFilter): readonly RequestRecord[];
  stats(): SimulatorStats;
  /** Resolves once `n` POSTs have arrived and are booked (counted since start or reset). */
  untilPosts(n: number): Promise<void>;
  /** Everybody asked, or who spoke unasked, by the simulator's own book; kept once webhooks or answers are set. */
  people(): readonly PersonStanding[];
  webhookStats(): WebhookStats;
  /**
   * Resolves once every webhook was answered with 200 and nothing more is due within `withinMs` (a minute).
   */
  untilWebhooksQuiet(options?: { readonly withinMs?: number }): Promise<void>;
  /** Sets the app's own callback URL, or ends the webhooks. */
  setWebhookTarget(url: string | undefined, appSecret?: string): void;
  /** Replaces the fault rules. */
  setFaults(rules: readonly z.input<typeof faultSchema>[]): void;
  addFaults(rules: readonly z.input<typeof faultSchema>[]): void;
  /** Changes the world at once; throws when what it names does not exist. */
  apply(...changes: readonly z.input<typeof changeSchema>[]): void;
  /** Adds to the schedule. */
  schedule(entries: readonly z.input<typeof scheduleSchema>[]): void;
  /** Puts a template in without review; gives its id. */
  addTemplate(template: z.input<typeof givenTemplateSchema>): string;
  /** Moves the calendar (pair windows, reviews, permissions), not the rate. */
  advanceClock(ms: number): void;
  reset(options?: { readonly keepTemplates?: boolean }): void;
  close(): Promise<void>;
}

/**
 * Starts a simulator. A wrong profile or a taken port is a {@link ProblemError}.
 * @example
 * const simulator = await startSimulator({ profile: { templates: [{ name: 'hello' }] } });
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const checked = checkProfile(options.profile);
  if (!checked.ok) throw new ProblemError(checked.error);
  const profile = checked.value;
  const file = profile.recordFile === undefined ? undefined : openRecordFile(profile.recordFile);
  let world = createWorld(profile, file);
  beginWebhooks(world);
  let closing: Promise<void> | undefined;
  let waiters: { readonly posts: number; readonly resolve: () => void }[] = [];

  const reset = (keepTemplates: boolean): void => {
    file?.mark();
    const kept = keepTemplates ? world.templates.all() : [];
    world.webhooks.outbox.close();
    world = createWorld(profile, file);
    for (const template of kept) world.templates.adopt(template);
    beginWebhooks(world);
  };
  const server = createSimulatorServer(
    {
      world: () => world,
      reset,
      onPost: () => {
        if (waiters.length === 0) return;
        const { posts } = world.log.totals();
        for (const waiter of waiters) if (waiter.posts <= posts) waiter.resolve();
        waiters = waiters.filter((waiter) => waiter.posts > posts);
      },
    },
    profile.keepAliveMs,
  );
  const host = options.host ?? '127.0.0.1';
  const listening = await listen(server.http, options.port ?? 0, host);
  if (!listening.ok) {
    file?.close();
    throw new ProblemError(listening.error);
  }
  const port = listening.value;
  const [first] = profile.senders;
  if (first === undefined) throw new Error('Expected a checked profile to have a sender');

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    phoneNumberId: first.phoneNumberId,
    businessAccountId: first.businessAccountId,
    token: first.tokens[0]?.value ?? '',
    requests: (filter) => [...world.log.records(filter)],
    stats: () => statsOf(world),
    people: () => [...world.webhooks.book.standings()],
    webhookStats: () => world.webhooks.outbox.stats(),
    untilWebhooksQuiet: ({ withinMs = 60_000 } = {}) => world.webhooks.outbox.untilQuiet(withinMs),
    setWebhookTarget: (url, appSecret) => {
      world.webhooks.targets.url = url;
      if (appSecret !== undefined) world.webhooks.targets.appSecret = appSecret;
    },
    untilPosts: (posts) =>
      new Promise((resolve) => {
        if (world.log.totals().posts >= posts) resolve();
        else waiters.push({ posts, resolve });
      }),
    setFaults: (rules) => world.faults.set(parseAll<FaultRule>(faultSchema, rules)),
    addFaults: (rules) => world.faults.add(parseAll<FaultRule>(faultSchema, rules)),
    apply: (...changes) => {
      for (const change of parseAll<Change>(changeSchema, changes)) {
        const missing = applyChange(world, change);
        if (missing !== undefined) throw new ProblemError(problem('NOT_FOUND', `${missing}.`));
      }
    },
    schedule: (entries) => addToSchedule(world, parseAll<ScheduleEntry>(scheduleSchema, entries)),
    addTemplate: (template) => world.templates.give(givenTemplateSchema.parse(template)).id,
    advanceClock: (ms) => advanceCalendar(world, ms),
    reset: (more = {}) => reset(more.keepTemplates ?? false),
    close: () => {
      // A second call waits for the first: tests close what their helper closes again.
      world.webhooks.outbox.close();
      closing ??= server.stop().then(() => file?.close());
      return closing;
    },
  };
}

function parseAll<T>(schema: z.ZodType<T>, inputs: readonly unknown[]): readonly T[] {
  return inputs.map((input) => schema.parse(input));
}

function listen(
  http: ReturnType<typeof createSimulatorServer>['http'],
  port: number,
  host: string,
): Promise<Result<number, Problem>> {
  return new Promise((resolve) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      resolve(
        err(
          problem(
            'USAGE',
            `The simulator cannot listen on ${host}:${port} (${cause.code ?? cause.message}).`,
            {
              next: 'Choose another port, or stop what uses this one.',
            },
          ),
        ),
      );
    });
    // Some thousand connections at once come from a sender that starts at concurrency 1,000.
    http.listen({ port, host, backlog: 4096 }, () => {
      const address = http.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
