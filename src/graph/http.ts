/**
 * HTTP calls of one client, straight over its sockets: for messages, of which there may be a thousand a second. All else
 * goes over axios (`adapter.ts`), which is the face that readers know and costs some 50 us more; one suite holds
 * both to the same contract.
 */
import type { Dispatcher } from 'undici';
import { type ExchangeLimits, exchange, type Reply } from './exchange.ts';
import type { Sockets } from './sockets.ts';

/** One call of a client. */
export interface HttpCall extends ExchangeLimits {
  readonly method: Dispatcher.HttpMethod;
  /** Below the base URL, with its query; begins with `/`. */
  readonly path: string;
  readonly token: string;
  /** On a connection of its own. */
  readonly alone?: boolean;
  /** JSON, serialised by the caller. */
  readonly body?: string;
}

/** Makes one HTTP call; rejects only with an `ExchangeError`. */
export type Http = (call: HttpCall) => Promise<Reply>;

/** Calls over `sockets`; `basePath` is the path of the base URL, without a slash at its end. */
export function createHttp(sockets: Sockets, basePath: string): Http {
  // All messages of a sender have the same.
  let last: { readonly token: string; readonly headers: Record<string, string> } | undefined;
  return (call) => {
    const { method, token, body, alone = false } = call;
    const path = `${basePath}${call.path}`;
    if (body === undefined)
      return exchange(sockets, { method, path, headers: headersOf(call), alone }, call);
    if (last?.token !== token) last = { token, headers: headersOf(call) };
    return exchange(sockets, { method, path, headers: last.headers, alone, body }, call);
  };
}

/** What each call says of itself. */
export function headersOf({ token, body }: HttpCall): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'callpermit',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}
