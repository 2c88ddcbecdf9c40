/**
 * The HTTP side of callpermit: one fastify server that is closed by default (a key before every
 * route that does not say otherwise) and answers every failure as an RFC 9457 problem.
 */
import { METHODS } from 'node:http';
import Fastify from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { given } from '../core/given.ts';
import { ProblemError } from '../core/problem.ts';
import type { Scrypt } from '../users/hash-queue.ts';
import type { App } from '../wiring.ts';
import { checkScope, identify } from './access.ts';
import { accessLog } from './access-log.ts';
import { answerBadHttp, refuseExpectations } from './bad-http.ts';
import { findCallers, holdsKey } from './callers.ts';
import { campaignImportRoutes } from './campaign-import.ts';
import { campaignOutlookRoutes } from './campaign-outlook.ts';
import { campaignResultRoutes } from './campaign-results.ts';
import { campaignRoutes } from './campaigns.ts';
import { consoleRoutes, openConsole } from './console.ts';
import { consoleFiles, unknownPages } from './console-files.ts';
import { isPacked, UnknownEncodingError } from './content-encoding.ts';
import { dashboardRoutes } from './dashboard.ts';
import { diagnosisRoutes } from './diagnosis.ts';
import { docsPage } from './docs-page.ts';
import { findDoubledKeys } from './doubled-keys.ts';
import { eventStreamRoutes, type StreamLimits } from './event-streams.ts';
import { eventRoutes } from './events.ts';
import { exportRoutes } from './exports.ts';
import { refuseUnfitAddresses, tooDeep, unfitIn } from './fit-requests.ts';
import { healthRoutes, receiverHealthRoutes } from './health.ts';
import { historyRoutes } from './histories.ts';
import { boundLargeBodies } from './large-bodies.ts';
import { countAnswers, metricsRoute } from './metrics.ts';
import { nearness } from './near.ts';
import { describeApi } from './openapi.ts';
import { operatorRoutes } from './operator.ts';
import { otherMethods } from './other-methods.ts';
import { permissionCheckRoutes } from './permission-check.ts';
import { permissionRoutes } from './permissions.ts';
import { type Proxies, proxies } from './prefix.ts';
import { errorHandler, notFoundHandler } from './problems.ts';
import { limitRates } from './rate-limits.ts';
import { recipientRoutes } from './recipients.ts';
import { REQUEST_ID, requestId, tellRequestId } from './request-ids.ts';
import { requestLookUpRoutes } from './request-look-ups.ts';
import { requestRoutes } from './requests.ts';
import { senderRoutes } from './senders.ts';
import { setupRoutes } from './setup.ts';
import { sharedAnswers } from './shared-answers.ts';
import { BODY_LIMITS, type BodyLimits, endSlowBodies } from './slow-bodies.ts';
import { suppressionImportRoutes } from './suppression-import.ts';
import { suppressionRoutes } from './suppressions.ts';
import { templateRoutes } from './templates.ts';
import { traceRequests } from './trace-requests.ts';
import type { HttpServer } from './typed-server.ts';
import type { HandLimits } from './webhook-hand.ts';
import { webhookRoutes } from './webhooks.ts';

// Inline lists are held in memory whole: 10 MB are some 100,000 people. Longer ones are streamed.
const BODY_BYTES = 10 * 1024 * 1024;
// A header is one packet as a rule; what takes longer holds a connection for nothing.
const HEADERS_MS = 10_000;
// Fastify's own ten seconds for a plugin were over where twenty programs wanted the processor: nothing of ours waits for others.
const START_MS = 120_000;
// When to come back, in seconds, where what we need is out of reach for now.
const RETRY_AFTER = '5';
// What a request that is under way when the server closes may still take, streamed lists included.
const CLOSE_MS = 10_000;
const API_ROUTES = 'GET /openapi.json lists the routes.';

/** A server that listens. */
export interface RunningHttp {
  /** `http://host:port` as a client on this machine would type it. */
  readonly url: string;
  /** Takes no more requests, lets those under way finish (for {@link CLOSE_MS} at most). */
  close(): Promise<void>;
}

/** What is served, where, and how patiently. */
export interface HttpOptions {
  /** 0 takes a free one; `PORT` by default. */
  readonly port?: number;
  /** `HOST` by default, which is loopback unless set. */
  readonly host?: string;
  /** How long bodies may be silent; {@link BODY_LIMITS} by default. */
  readonly bodies?: BodyLimits;
  /** Bytes of a streamed list, unpacked; 1 GiB by default. */
  readonly listBytes?: number;
  /** Webhooks and probes only; else the API and the dashboard too. */
  readonly onlyWebhooks?: boolean;
  /** Takes webhooks that are not signed; for a server that only this machine reaches. */
  readonly acceptUnsigned?: boolean;
  /** How patient streams of events are; a minute for one that takes nothing, unless told. */
  readonly streams?: StreamLimits;
  /** How much of webhooks is held at once; {@link HAND_LIMITS} by default. */
  readonly hand?: HandLimits;
  /** Hashes passwords, instead of node's scrypt. */
  readonly hash?: Scrypt;
}

/**
 * Listens for other services, people with the dashboard's password, Meta's webhooks, and probes.
 *
 * @example
 * const http = await startHttp(app, { port: 0 });
 * await fetch(`${http.url}/health/ready`);
 * await http.close();
 */
export async function startHttp(app: App, p: HttpOptions = {}): Promise<RunningHttp> {
  const around = proxies(app.config);
  const server = bareServer(app, around, p);
  if (app.metrics !== undefined) server.addHook('onResponse', countAnswers(app.metrics));
  const refuseOthers = otherMethods(server);
  if (p.onlyWebhooks) receiverHealthRoutes(server, app);
  else await addApi(server, app, around, p);
  webhookRoutes(server, app, p);
  refuseOthers();
  await server.ready();
  await server.listen({ port: p.port ?? app.config.port, host: p.host ?? app.config.host });
  return { url: urlOf(server), close: () => closeServer(server) };
}

function bareServer(
  app: App,
  around: Proxies,
  { bodies = BODY_LIMITS, onlyWebhooks = false }: HttpOptions,
): HttpServer {
  const onError = errorHandler(app.log);
  const { traces } = app;
  const server = Fastify({
    bodyLimit: BODY_BYTES,
    pluginTimeout: START_MS,
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: bodies.lookMs },
    // Requests that come while the server closes are answered: their senders need no special case.
    return503OnClosing: false,
    trustProxy: (address) => around.trusts(address),
    rewriteUrl: (request) => around.withoutPrefix(request),
    routerOptions: { maxParamLength: 200 },
    genReqId: requestId,
    clientErrorHandler: (error, socket) => answerBadHttp(app.log, error, socket),
    frameworkErrors: (error, request, reply) => {
      reply.header(REQUEST_ID, request.id);
      onError(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  endSlowBodies(server.server, bodies, (socket, request) => {
    answerBadHttp(app.log, { code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket, requestId(request));
    socket.destroySoon();
  });
  refuseExpectations(server.server);
  boundLargeBodies(server);
  hearAllMethods(server);
  readJson(server);
  refuseUnfitAddresses(server);
  server.setErrorHandler(onError);
  server.setNotFoundHandler(notFoundHandler(onlyWebhooks ? undefined : API_ROUTES));
  if (traces !== undefined) traceRequests(server, traces);
  server.addHook('onRequest', tellRequestId);
  server.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode === 503 && !reply.hasHeader('retry-after'))
      reply.header('retry-after', RETRY_AFTER);
  });
  server.addHook('onResponse', accessLog(app.log));
  return server;
}

/** What stands behind a key. A receiver has nothing: who asks it for something else finds that there is nothing. */
async function addApi(
  server: HttpServer,
  app: App,
  around: Proxies,
  { hash, streams, listBytes }: HttpOptions,
): Promise<void> {
  const find = findCallers(app.config.apiKeys, app.ledger.keys);
  server.decorateRequest('caller', undefined);
  const desk = openConsole(server, app, { around, ...given({ hash }) });
  const { people } = desk;
  const isNear = nearness(app.config, around);
  const { dashboard } = app.config;
  server.addHook('onRequest', unknownPages({ prefixOf: around.prefixOf }));
  server.addHook('onRequest', identify(find, { isNear, people, ...given({ dashboard }) }));
  await limitRates(server, app.config.apiRequestsPerMinute);
  server.addHook('onRequest', checkScope);
  // Routes say where things are on this server; whoever comes through a proxy finds them behind its path.
  server.addHook('onSend', async (request, reply) => {
    const at = reply.getHeader('location');
    if (typeof at === 'string' && at.startsWith('/'))
      reply.header('location', `${around.prefixOf(request.raw)}${at}`);
  });

  const describe = await describeApi(server, { around, publicUrl: app.config.publicUrl });
  docsPage(server, {
    dashboard: app.config.dashboard,
    describe,
    holdsKey: (request) => holdsKey(request, find),
    people,
  });
  healthRoutes(server, app, find);
  diagnosisRoutes(server, app);
  setupRoutes(server, app);
  if (app.metrics !== undefined) metricsRoute(server, app.metrics);
  const share = sharedAnswers();
  campaignRoutes(server, app, share);
  recipientRoutes(server, app, listBytes);
  campaignImportRoutes(server, app, listBytes);
  exportRoutes(server, app);
  campaignResultRoutes(server, app);
  historyRoutes(server, app, share);
  campaignOutlookRoutes(server, app, share);
  operatorRoutes(server, app);
  requestRoutes(server, app);
  requestLookUpRoutes(server, app);
  permissionRoutes(server, app);
  permissionCheckRoutes(server, app);
  suppressionRoutes(server, app);
  suppressionImportRoutes(server, app, listBytes);
  templateRoutes(server, app);
  senderRoutes(server, app);
  eventRoutes(server, app);
  eventStreamRoutes(server, app, streams);
  consoleRoutes(server, app, desk);
  consoleFiles(server, { prefixOf: around.prefixOf });
  dashboardRoutes(server, {
    queues: app.dashboard(),
    dashboard: app.config.dashboard,
    people,
    mayAct: app.config.dashboardActions,
    prefixOf: around.prefixOf,
    ping: (ms) => app.queue.ping(ms),
  });
}

/** Fastify knows nine methods and has no route for the others that node reads: they are no unknown paths. */
function hearAllMethods(server: HttpServer): void {
  for (const method of METHODS)
    if (!server.supportedMethods.includes(method)) server.addHttpMethod(method);
}

/** Many clients say JSON on every POST, also where there is nothing to say (`/pause`). */
function readJson(server: HttpServer): void {
  // Fastify would hand it on as a text, to be refused for its form.
  server.removeContentTypeParser('text/plain');
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (isPacked(request.headers)) return done(new UnknownEncodingError());
    const text = String(body);
    if (text === '') return done(null);
    const deep = tooDeep(text);
    if (deep !== undefined) return done(new ProblemError(deep));
    void parse(request, text, (error, value) => {
      if (error !== null) return done(error);
      const refusal = unfitIn(text, value) ?? findDoubledKeys(request, text, value);
      if (refusal === undefined) done(null, value);
      else done(new ProblemError(refusal));
    });
  });
}

async function closeServer(server: HttpServer): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}

function urlOf(server: HttpServer): string {
  const at = server.server.address();
  if (at === null || typeof at === 'string') throw new Error(`Expected a port, got ${String(at)}`);
  const isAny = at.address === '::' || at.address === '0.0.0.0';
  const host = isAny ? '127.0.0.1' : at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return `http://${host}:${at.port}`;
}
