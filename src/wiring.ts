/**
 * Puts the adapters together: the one place that knows all of them. Those that a command may not need are loaded where
 * they are opened (ARCHITECTURE.md, "What is loaded when").
 */
import type { Queue } from 'bullmq';
import type { Config } from './config/config.ts';
import { problemOfOpening } from './config/opening-problem.ts';
import { requireSender } from './config/require.ts';
import { given } from './core/given.ts';
import type {
  EventQueuePort,
  GraphPort,
  IntakeQueuePort,
  IntakeWorker,
  ListIntake,
  QueuePort,
  SpoolEraser,
  SpoolFile,
} from './core/ports/index.ts';
import type { Problem } from './core/problem.ts';
import type { Result } from './core/result.ts';
import { err, ok } from './core/result.ts';
import type { RunningEvents } from './events/run-events.ts';
import { listIntake } from './intake/sources.ts';
import type { Ledger } from './ledger/ledger.ts';
import { createLedger } from './ledger/ledger.ts';
import { checkDirect, type Reach, reach } from './ledger/past-pooler.ts';
import type { QueueFacts } from './queue/redis-facts.ts';
import { lookedAtQueue, noQueue } from './queue/unopened.ts';
import type { RunningReplies } from './replies/run-replies.ts';
import type { RunningSenders } from './sending/run-senders.ts';
import type { Logger } from './telemetry/log.ts';
import { openDatabases } from './wiring/databases.ts';
import { type EventNews, eventNews, startEvents } from './wiring/events.ts';
import type { AppMetrics, MetricsWatch } from './wiring/metrics.ts';
import { openQueue } from './wiring/open-queue.ts';
import { startSenders } from './wiring/senders.ts';
import type { RequestTraces, TracesWatch } from './wiring/traces.ts';
import { logWatch, type Watch, watchedLedger, watchedLine } from './wiring/watch.ts';
import { startReplies, type Webhooks, webhooksOf } from './wiring/webhooks.ts';

/** Everything a command, a service or a client works with. */
export interface App {
  readonly config: Config;
  readonly log: Logger;
  readonly ledger: Ledger;
  /** Names of the migrations that this process ran as it opened the ledger. */
  readonly migrated: readonly string[];
  readonly queue: QueuePort;
  /** What stands before the database, and where news of others is heard. */
  readonly reach: Reach;
  /** What ended processes have left in this machine's folder, to take a person out of it. */
  spool(): Promise<SpoolEraser>;
  /** The way in for lists. */
  readonly lists: ListIntake;
  /** Where webhooks are stored, and how Meta's are told from others'. */
  readonly webhooks: Webhooks;
  /** What is counted in this process, where it was opened so. */
  readonly metrics?: AppMetrics;
  /** What requests are traced by, where it was opened so. */
  readonly traces?: RequestTraces;
  /** A sender's line to Meta, opened when first asked for. */
  graph(senderId?: string): Promise<Result<GraphPort, Problem>>;
  /** Feeds, sends and sweeps in this process, for the given senders or for all. */
  runSenders(senderIds?: readonly string[]): Promise<RunningSenders>;
  /**
   * Applies webhooks in this process, whoever stored them.
   * @param asking senders whose people Meta may be asked about
   */
  runReplies(asking: readonly string[]): Promise<RunningReplies>;
  /** Takes the jobs that other services add to the intake queue, in this process. */
  runIntake(): Promise<IntakeWorker>;
  /** The intake queue, to take a person's jobs out of it; opened when first asked for. */
  intakeQueue(): Promise<Pick<IntakeQueuePort, 'remove'>>;
  /** The queue of events, to take a person's jobs out of it; opened when first asked for. */
  eventQueue(): Promise<Pick<EventQueuePort, 'remove'>>;
  /** Moves new events and tells them to subscribers, in this process. */
  runEvents(): Promise<RunningEvents>;
  /** Who hears that this process moved new events. */
  readonly eventNews: EventNews;
  /** What is wrong with the queue (of a sender) although it answers, or that it does not; `null`: nothing. */
  queueComplaint(senderId?: string): Promise<string | null>;
  /** What `doctor` says of the queue's server. */
  queueFacts(): Promise<QueueFacts>;
  /** BullMQ's own queues, two a sender, the intake queue and that of events: for the dashboard. */
  dashboard(): readonly Queue[];
  close(): Promise<void>;
}

/**
 * How much of the queue is needed. `needed`: it must answer now. `lazy`: made ready, used when it answers. `look`:
 * looked at as it is, if it answers, and opened by the first look. `none`: never touched.
 */
export type QueueNeed = 'needed' | 'lazy' | 'look' | 'none';

/** What a command needs of what is opened. */
export interface OpenOptions {
  readonly queue?: QueueNeed;
  /** Counts what this process does. */
  readonly metrics?: MetricsWatch;
  /** Traces what this process does; closed with the app. */
  readonly traces?: TracesWatch;
}

const PING_MS = 5_000;

/**
 * Opens the database (the embedded one where no `DATABASE_URL` is), brings its schema up to date,
 * and opens the queue. What cannot be reached is a problem with exit code 4.
 */
export async function openApp(
  config: Config,
  log: Logger,
  options: OpenOptions = {},
): Promise<Result<App, Problem>> {
  const undo: (() => Promise<unknown>)[] = [];
  const unwind = async () => {
    for (const step of undo.splice(0).reverse()) {
      await step().catch((error: unknown) => log.debug({ err: error }, 'closing'));
    }
  };
  try {
    const connectionString = await connect(config, log, undo);
    const { metrics, traces } = options;
    if (traces !== undefined) undo.push(() => traces.close());
    const databases = openDatabases(connectionString, log, traces?.database);
    undo.push(() => databases.close());
    const { sending: database } = databases;
    const watches: readonly Watch[] = [logWatch(log), metrics, traces].filter(
      (one) => one !== undefined,
    );
    const ledger = watchedLedger(watches, createLedger(database, config, databases));
    const reached = await reach(database, config.databaseDirectUrl);
    const migrated = await ledger.migrate();
    const ledgerId = await ledger.identity();
    const { listenUrl } = reached;
    const isPastPooler = reached.route === 'transactions' && listenUrl !== undefined;
    const isLookedAt = options.queue === 'look';
    if (isPastPooler && options.queue !== 'none' && !isLookedAt)
      await checkDirect(listenUrl, ledgerId);
    if (reached.route === 'transactions')
      log.info('a transaction pooler stands before the database');

    const open = async () => {
      const more = { ...reached, isLookedAt, ...given({ telemetry: traces?.telemetry }) };
      const found = await openQueue(config, log, connectionString, more);
      return traces?.queue(found) ?? found;
    };
    const opened = options.queue === 'none' || isLookedAt ? undefined : await open();
    let late: Promise<Awaited<ReturnType<typeof open>>> | undefined;
    const openedLate = async () => {
      late ??= open();
      return late;
    };
    undo.push(async () => (await late)?.close());
    const queue = opened ?? (isLookedAt ? lookedAtQueue(open) : noQueue);
    undo.push(() => queue.close());
    if (options.queue === 'needed') await queue.ping(PING_MS);
    metrics?.look({
      ledger,
      queue: opened,
      senders: config.senders.map(({ phoneNumberId }) => phoneNumberId),
      pools: databases.pools,
    });

    const adapters = new Map<string, GraphPort>();
    undo.push(() => Promise.all([...adapters.values()].map((adapter) => adapter.close())));
    const app: App = {
      config,
      log,
      ledger,
      migrated,
      queue,
      reach: reached,
      lists: openIntake(),
      webhooks: webhooksOf(ledger.webhooks, metrics?.app.refusedWebhook),
      ...given({ metrics: metrics?.app, traces: traces?.requests }),
      async spool() {
        const { openSpool } = await import('./ledger/spool.ts');
        return openSpool({ dataDir: config.dataDir, ledgerId });
      },
      async graph(senderId) {
        const sender = requireSender(config, senderId);
        if (!sender.ok) return sender;
        const { graphLine } = await import('./graph/line.ts');
        const id = sender.value.phoneNumberId;
        const line = adapters.get(id) ?? watchedLine(watches, id, graphLine(config, sender.value));
        adapters.set(id, line);
        return ok(line);
      },
      runSenders: (senderIds) =>
        startSenders(
          { app, ledgerId, listenUrl, database, complaint: app.queueComplaint },
          senderIds,
        ),
      runReplies: (asking) => startReplies(app, asking),
      async runIntake() {
        const { startIntake } = await import('./wiring/intake-queue.ts');
        await loadForRequests();
        return startIntake(app, (opened ?? (await openedLate())).intake);
      },
      intakeQueue: async () => (opened ?? (await openedLate())).intake,
      eventQueue: async () => (opened ?? (await openedLate())).events,
      runEvents: () => startEvents(app, async () => (opened ?? (await openedLate())).events),
      eventNews: eventNews(),
      queueComplaint: async (senderId) => (await opened?.complaint(senderId)) ?? null,
      async queueFacts() {
        if (opened === undefined) throw new Error('this command was opened without a queue');
        return opened.facts();
      },
      dashboard: () =>
        opened === undefined
          ? []
          : [
              ...config.senders.flatMap((s) => opened.queues(s.phoneNumberId)),
              opened.intake.queue(),
              ...(config.events.queue ? [opened.events.queue()] : []),
            ],
      close: unwind,
    };
    return ok(app);
  } catch (error) {
    await unwind();
    const known = problemOfOpening(error, config);
    if (known === undefined) throw error;
    log.debug({ err: error }, known.message);
    return err(known);
  }
}

/**
 * Loads what the requests to a service will need, before the first one: an import holds the whole process for up to
 * 0.4 s, and in `callpermit up` claims with a send time would wait for it.
 */
export async function loadForRequests(): Promise<void> {
  await Promise.all([import('./graph/line.ts'), import('./intake/open-list.ts')]);
}

/** Only the way in for lists, which needs nothing else. */
export function openIntake(): ListIntake {
  return listIntake();
}

/** Only the line to Meta, for commands that need no database. The sender's id may be left out. */
export async function openGraph(
  config: Config,
  senderId?: string,
): Promise<Result<GraphPort, Problem>> {
  const { graphLine } = await import('./graph/line.ts');
  if (
    senderId === undefined &&
    config.senders.length === 0 &&
    config.account.businessAccountId !== undefined
  ) {
    return ok(graphLine(config, { phoneNumberId: '0', messagesPerSecond: 1, ...config.account }));
  }
  const sender = requireSender(config, senderId);
  return sender.ok ? ok(graphLine(config, sender.value)) : sender;
}

/** What processes left for a ledger whose database did not answer; which ledger, nobody asks here. */
export async function lookAtSpool(config: Config): Promise<readonly SpoolFile[]> {
  const { openSpool } = await import('./ledger/spool.ts');
  return openSpool({ dataDir: config.dataDir, ledgerId: undefined }).waiting();
}

async function connect(
  config: Config,
  log: Logger,
  undo: (() => Promise<unknown>)[],
): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const { startEmbeddedPostgres } = await import('./embedded-postgres/index.ts');
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => log.info(message),
  });
  undo.push(() => embedded.release());
  return embedded.connectionString;
}
