/**
 * The sockets: node:http without a framework, because the simulator must take 1,500 POSTs a second
 * on half a core and must be able to do what no framework allows (reset, silence, half an answer).
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { given } from '../core/given.ts';
import { type Answer, json } from './answer.ts';
import { applyDue } from './apply-change.ts';
import { answerControl, type ControlContext } from './controls.ts';
import type { SecondAnswer } from './fault-effects.ts';
import { readGraphPath } from './graph-path.ts';
import { drawLatency } from './latency.ts';
import { decideSend } from './messages.ts';
import type { RequestRecord } from './record.ts';
import { answerGraph, callbackToVerify } from './routes.ts';
import { bearerHash } from './tokens.ts';
import { isCallbackVerified } from './webhooks/handshake.ts';
import type { World } from './world.ts';
import { rawAnswer, writeAnswer } from './write-answer.ts';

/** Larger bodies than this are refused with 413; a send has some 600 bytes. */
const MAX_BODY_BYTES = 1_048_576;

/** What the server needs from its owner. */
export interface ServerHooks {
  /** The world of now: a reset replaces it. */
  world(): World;
  reset(keepTemplates: boolean): void;
  /** Called once a POST to `/messages` is booked. */
  onPost(record: RequestRecord): void;
}

/** The HTTP server and what must be stopped with it. */
export interface SimulatorServer {
  readonly http: Server;
  /** Drops every connection and delayed answer. */
  stop(): Promise<void>;
}

/** Makes the server; it does not listen yet. */
export function createSimulatorServer(hooks: ServerHooks, keepAliveMs: number): SimulatorServer {
  const timers = new Set<NodeJS.Timeout>();
  const later = (delayMs: number, act: () => void): void => {
    if (delayMs <= 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  };
  const http = createServer((request, response) => {
    // A client that hangs up is an ordinary thing here, and no reason to end the process.
    response.on('error', () => undefined);
    serve(hooks, later, request, response);
  });
  http.keepAliveTimeout = keepAliveMs;
  return {
    http,
    stop: () =>
      new Promise((resolve, reject) => {
        for (const timer of timers) clearTimeout(timer);
        http.close((error) => (error === undefined ? resolve() : reject(error)));
        http.closeAllConnections();
      }),
  };
}

function serve(
  hooks: ServerHooks,
  later: (delayMs: number, act: () => void) => void,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const world = hooks.world();
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  const mark = url.indexOf('?');
  const pathname = mark === -1 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));

  if (pathname.startsWith('/_sim/')) {
    const context: ControlContext = { world, reset: hooks.reset };
    readBody(request, (text) => {
      const answer = answerControl(context, method, pathname, query, parseJson(text ?? ''));
      writeAnswer(response, answer);
    });
    return;
  }

  const path = readGraphPath(pathname, world.profile.newestVersion);
  const version = { 'facebook-api-version': path.servedVersion };
  const isSend = method === 'POST' && path.edge === 'messages';
  // Arrival is taken here and not after the body, so that the meter sees what the wire saw.
  const arrivedMs = world.clock.elapsedMs();
  const n = isSend ? world.log.arrive() : world.log.arrived;
  if (isSend) world.senders.get(path.node)?.meter.arrive(arrivedMs);

  readBody(request, (text) => {
    if (text === undefined) {
      writeAnswer(response, json(413, { error: { message: 'The body is too large' } }));
      return;
    }
    applyDue(world, n);
    const tokenHash = bearerHash(request.headers.authorization);
    const isJson = (request.headers['content-type'] ?? '').includes('json');
    // Without a JSON content type Graph finds no parameters in the body.
    const parsed = isJson ? parseJson(text) : {};
    const body = isObject(parsed) ? parsed : undefined;
    const latencyMs = drawLatency(world.profile.latency, world.latencyRandom);
    if (!isSend) {
      const base = `http://${request.headers.host ?? 'localhost'}${pathname}`;
      const graph = { method, path, query, tokenHash, body, base };
      const answerIt = (isCallbackVerified = false): void => {
        const { answer, delayMs, second } = answerGraph(world, { ...graph, isCallbackVerified });
        answerAgain(later, request, response, second);
        later(latencyMs + delayMs, () => writeAnswer(response, answer, version));
      };
      const callback = callbackToVerify(world, graph);
      if (callback === undefined) answerIt();
      else void isCallbackVerified(callback.url, callback.verifyToken).then(answerIt);
      return;
    }
    const { answer, delayMs, record, second, before } = decideSend(world, {
      phoneNumberId: path.node,
      n,
      arrivedMs,
      tokenHash,
      body,
      ...given({ refusal: path.refusal }),
    });
    hooks.onPost(record);
    answerAgain(later, request, response, second);
    response.once('close', () => {
      if (record.answered === 'waiting') record.answered = 'client-gone';
    });
    const answerIt = (): void =>
      later(latencyMs + delayMs, () => reply(response, answer, version, record));
    if (before === undefined) answerIt();
    else void before.then(answerIt);
  });
}

function reply(
  response: ServerResponse,
  answer: Answer,
  version: Readonly<Record<string, string>>,
  record: RequestRecord,
): void {
  if (record.answered === 'client-gone') return;
  record.answered = answer.kind === 'stream' ? 'json' : answer.kind;
  writeAnswer(response, answer, version);
}

/** Sees to the answer that nobody asked for: on the bare socket, whatever stands on it by then. */
function answerAgain(
  later: (delayMs: number, act: () => void) => void,
  { socket }: IncomingMessage,
  response: ServerResponse,
  second: SecondAnswer | undefined,
): void {
  if (second === undefined) return;
  response.once('finish', () =>
    later(second.afterMs, () => {
      if (socket.writable) socket.write(rawAnswer(second.answer));
    }),
  );
}

/** Gives the whole body, or `undefined` if it is too large; never calls for one that breaks off. */
function readBody(request: IncomingMessage, done: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (size > MAX_BODY_BYTES) done(undefined);
    else done(Buffer.concat(chunks).toString('utf8'));
  });
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
