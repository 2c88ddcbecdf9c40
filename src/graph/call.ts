/**
 * Management calls: everything but the send. A value, Meta's refusal, or out of reach. Reads are
 * repeated on a broken connection; writes, like the send, only when they certainly did not leave.
 * Each goes on a connection of its own: their answers name nobody, and what `call_permissions` says of
 * one person must never be another's (`doubts.ts`). They are few; a handshake each costs nothing.
 */

import pRetry from 'p-retry';
import { given } from '../core/given.ts';
import type { GraphFailure } from '../core/graph.ts';
import { MESSAGE_CHARS, outsideText } from '../core/outside-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type TokenOf, tokenOrError } from './access.ts';
import { ExchangeError, type Reply } from './exchange.ts';
import type { Http } from './http.ts';
import { readJson } from './json.ts';
import { readGraphError, redactor } from './reply.ts';
import { neverLeft, UNSENT_RETRIES } from './send.ts';

/** One management call. */
export interface ManagementCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without version and base URL: `/<node>/<edge>`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
}

/** Makes a management call; the value is the answer's JSON. */
export type Call = (call: ManagementCall) => Promise<Result<unknown, GraphFailure>>;

/** Binds the calls to one server and token. */
export function createCall(p: {
  readonly http: Http;
  readonly token: TokenOf;
  readonly tokenRefused: () => void;
  /** `/v24.0`, or empty. */
  readonly prefix: string;
  readonly requestTimeoutMs: number;
}): Call {
  return async (call) => {
    const begun = performance.now();
    const deadline = begun + p.requestTimeoutMs;
    const access = await tokenOrError(p.token);
    if ('error' in access) return err({ kind: 'refused', error: access.error });
    try {
      const reply = await pRetry(
        () =>
          p.http({
            method: call.method,
            path: `${p.prefix}${call.path}${queryOf(call.query)}`,
            token: access.token,
            alone: true,
            deadline,
            begun,
            ...given({ body: call.body === undefined ? undefined : JSON.stringify(call.body) }),
          }),
        {
          ...UNSENT_RETRIES,
          maxRetryTime: p.requestTimeoutMs,
          shouldRetry: ({ error }) =>
            neverLeft(error) || (call.method === 'GET' && connectionBroke(error)),
        },
      );
      const result = readReply(reply, access.token);
      if (!result.ok && result.error.kind === 'refused' && result.error.error.code === 190) {
        p.tokenRefused();
      }
      return result;
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const doubt =
        error.written && call.method !== 'GET' ? '; it may have been carried out anyway' : '';
      const detail = outsideText(error.message, MESSAGE_CHARS);
      return err({ kind: 'unreachable', detail: `${detail}${doubt}` });
    }
  };
}

function readReply(reply: Reply, token: string): Result<unknown, GraphFailure> {
  const json = readJson(reply);
  const error = readGraphError(reply, json, redactor(token));
  if (error !== undefined) return err({ kind: 'refused', error });
  if (reply.status >= 200 && reply.status < 300 && json !== undefined) return ok(json);
  const detail = `HTTP ${reply.status} without a Graph ${reply.status < 300 ? 'answer' : 'error object'}`;
  return err({
    kind: 'unreachable',
    detail,
    ...(reply.status === 404 ? { notFound: true } : {}),
  });
}

function connectionBroke(error: unknown): boolean {
  return error instanceof ExchangeError && error.reason === 'connection-lost';
}

function queryOf(query: ManagementCall['query']): string {
  const set = Object.entries(query ?? {}).filter((e): e is [string, string] => e[1] !== undefined);
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
}
