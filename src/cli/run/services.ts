/**
 * The long-running processes: `sender`, `api`, `receiver`, `up`. The commands and the entry points in `workers/`
 * run these same functions. A signal stops taking, finishes what is in flight and returns 0.
 */

import type { Config } from '../../config/config.ts';
import { isLoopbackHost } from '../../config/loopback.ts';
import { loadPart } from '../../config/optional-packages.ts';
import { requireAppSecrets, requireSender } from '../../config/require.ts';
import { given } from '../../core/given.ts';
import { ProblemError, problem } from '../../core/problem.ts';
import { systemCode } from '../../core/system-code.ts';
import type { App } from '../../wiring.ts';
import { type Cli, withApp } from './cli.ts';
import { EXIT } from './exit-code.ts';
import { unwrap } from './failure.ts';
import { dieBy, listenForShutdown, StoppedBySignal } from './shutdown.ts';
import { keepHeapSmall } from './small-heap.ts';

/** What a service is asked to be. */
export interface ServiceOptions {
  /** Only these senders; all configured ones by default. */
  readonly sender?: readonly string[];
  readonly port?: number;
  readonly host?: string;
  /** Take webhooks that are not signed. */
  readonly acceptUnsigned?: true;
  /** Print one JSON object once it is ready. */
  readonly json?: true;
}

/** The kinds of processes. */
export type ServiceKind = 'sender' | 'api' | 'up' | 'receiver';

interface Part {
  close(): Promise<unknown>;
}

/** Runs until a signal; resolves when everything in flight is committed. */
export async function serve(cli: Cli, kind: ServiceKind, options: ServiceOptions): Promise<void> {
  const config = cli.config();
  const sends = kind === 'sender' || kind === 'up';
  // A sender without a token would start, claim nothing and look healthy.
  const ids = options.sender ?? config.senders.map((s) => s.phoneNumberId);
  if (sends) for (const id of ids.length > 0 ? ids : [undefined]) unwrap(requireSender(config, id));
  checkWebhooks(config, kind, options);
  const http = kind === 'sender' ? undefined : await loadHttp();
  const shutdown = listenForShutdown((signal) => {
    cli.lastLog.info(`${signal}: taking nothing new, finishing what is in flight`);
  });
  const { signal } = shutdown;
  const queue = kind === 'receiver' ? 'none' : 'lazy';
  // A server that has /metrics needs something to answer there; others load nothing for it.
  const counted = kind === 'api' || kind === 'up' || config.metricsPort !== undefined;
  const opening = { name: kind, queue, kind: 'service', signal, counted } as const;
  try {
    await withApp(cli, opening, async (app) => {
      const parts: Part[] = [];
      try {
        const url = http && (await openHttp(app, http, { ...options, kind }, parts));
        const metricsUrl = await openMetricsServer(app, parts);
        parts.push(await keepWebhooks(app));
        parts.push(await app.runReplies(sends ? ids : []));
        // By every process that asks or answers: a service that only adds jobs needs no HTTP, nor one of its own.
        if (kind !== 'receiver') parts.push(await app.runIntake());
        // By those that answer: a sender has claims to make, a receiver is only to answer Meta.
        if (kind === 'api' || kind === 'up') parts.push(await app.runEvents());
        // A sender at 1,000/s took up to 200 MB, of which 35 live: V8 lets the old part grow to two and a half times that.
        // A list of a million lines that came over HTTP took 280 MB.
        if (kind !== 'receiver') keepHeapSmall();
        if (sends) parts.push(await app.runSenders(options.sender));
        printReady(cli, app, { kind, ids: sends ? ids : [], url, metricsUrl }, options);
        await shutdown.begun;
      } finally {
        const ends = await Promise.all(parts.map((part) => part.close()));
        if (ends.some(isUnsettled)) cli.exitCode = EXIT.unreachable;
      }
    });
  } catch (error) {
    if (!(error instanceof StoppedBySignal)) throw error;
    dieBy(error.signal);
  }
  cli.lastLog.info('stopped');
  shutdown.stopListening();
}

/** A receiver without a secret would refuse all that comes; unsigned ones are for tests on one machine. */
function checkWebhooks(config: Config, kind: ServiceKind, options: ServiceOptions): void {
  const { host = config.host, acceptUnsigned = false } = options;
  if (kind === 'receiver' && !acceptUnsigned) unwrap(requireAppSecrets(config));
  if (!acceptUnsigned || isLoopbackHost(host)) return;
  const message = `--accept-unsigned would take webhooks from anybody who reaches ${host}.`;
  const next = 'Set HOST to 127.0.0.1, or leave the option out and set WHATSAPP_APP_SECRET.';
  throw new ProblemError(problem('USAGE', message, { where: 'HOST', next }));
}

async function keepWebhooks(app: App): Promise<Part> {
  const { keepDeliveries } = await import('../../replies/keep-deliveries.ts');
  const { webhookRetentionDays: days } = app.config;
  return keepDeliveries({ store: app.webhooks.store, days, log: app.log });
}

/** Before anything is opened: its packages may not be there. */
function loadHttp() {
  return loadPart('http', () => import('../../http/server.ts'));
}

async function openHttp(
  app: App,
  { startHttp }: Awaited<ReturnType<typeof loadHttp>>,
  options: ServiceOptions & { readonly kind: ServiceKind },
  parts: Part[],
): Promise<string> {
  const { port = app.config.port, host = app.config.host, acceptUnsigned = false } = options;
  const onlyWebhooks = options.kind === 'receiver';
  const { loadForRequests } = await import('../../wiring.ts');
  if (!onlyWebhooks) await loadForRequests();
  try {
    const http = await startHttp(app, { port, host, onlyWebhooks, acceptUnsigned });
    parts.push(http);
    return http.url;
  } catch (cause) {
    throw notListening(cause, { host, port }, 'PORT');
  }
}

/** The server of `METRICS_PORT`, where it is set. */
async function openMetricsServer(app: App, parts: Part[]): Promise<string | undefined> {
  const { config, metrics } = app;
  if (config.metricsPort === undefined || metrics === undefined) return undefined;
  const at = { host: config.metricsHost, port: config.metricsPort };
  const { startMetricsServer } = await import('../../http/metrics-server.ts');
  try {
    const server = await startMetricsServer({ ...app, metrics }, at);
    parts.push(server);
    return server.url;
  } catch (cause) {
    throw notListening(cause, at, 'METRICS_PORT');
  }
}

function notListening(
  cause: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  where: 'PORT' | 'METRICS_PORT',
): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  const message = `Cannot listen on ${host}:${port} (${code}).`;
  const setting = where === 'PORT' ? 'PORT or HOST' : 'METRICS_PORT or METRICS_HOST';
  const next = `Choose another ${setting}, or stop what uses this one.`;
  return new ProblemError(problem('USAGE', message, { where, next }), { cause });
}

function printReady(
  cli: Cli,
  app: App,
  ready: {
    readonly kind: ServiceKind;
    readonly ids: readonly string[];
    readonly url: string | undefined;
    readonly metricsUrl: string | undefined;
  },
  options: ServiceOptions,
): void {
  const { kind, ids, url, metricsUrl } = ready;
  const http = given({ url, metrics: metricsUrl });
  app.log.info({ ...http, ...(ids.length > 0 ? { senders: ids } : {}) }, 'ready');
  // A program reads the addresses in its JSON.
  if (url !== undefined && !options.json) {
    cli.terminal.note(
      kind === 'receiver'
        ? `Webhooks ${url}/webhooks/whatsapp`
        : `Console ${url}   API ${url}/v1   queues ${url}/queues   (people: callpermit user add)`,
    );
  }
  if (ids.length > 0) cli.terminal.note(`Sending for ${ids.join(', ')}. Ctrl-C stops.`);
  if (options.json) {
    cli.terminal.print(JSON.stringify({ state: 'ready', kind, senders: ids, ...http }));
  }
}

/** Running senders say how many outcomes the ledger did not take before they had to end. */
function isUnsettled(end: unknown): boolean {
  return Number((end as { readonly unsettled?: unknown } | undefined)?.unsettled ?? 0) > 0;
}
