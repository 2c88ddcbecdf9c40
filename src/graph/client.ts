/**
 * The Graph API as callpermit needs it: one client for one sender. Everything it returns is a
 * value; it throws only for our own mistakes. See `send.ts` for the one call that matters.
 */
import { given } from '../core/given.ts';
import type { SendInput } from '../core/graph.ts';
import type { GraphPort } from '../core/ports/index.ts';
import type { Outcome } from '../core/verdicts/outcome.ts';
import type { TokenOf } from './access.ts';
import { createAxiosHttp } from './adapter.ts';
import { createCall } from './call.ts';
import { createHttp } from './http.ts';
import { numberCalls } from './number.ts';
import { callPermission } from './permission.ts';
import { type SendOptions, send } from './send.ts';
import { openSockets } from './sockets.ts';
import { type TemplateCalls, templateCalls } from './templates.ts';
import { webhookCalls } from './webhook.ts';

/** What a client is made with. */
export interface GraphClientParams {
  /** `https://graph.facebook.com`; may have a path; `http:` for servers on this machine. */
  readonly baseUrl: string;
  /** `v24.0`; empty leaves it out, and the app's oldest version applies. */
  readonly version: string;
  readonly token: TokenOf;
  /** Called on every code 190: `TokenReader.refresh`. */
  readonly tokenRefused?: () => void;
  readonly phoneNumberId: string;
  readonly businessAccountId?: string;
  /** From the call to the whole answer, in ms. */
  readonly requestTimeoutMs: number;
  /** The most sockets at a time; {@link GraphClient.setConnections} changes it. */
  readonly connections?: number;
  /** PEM of an authority to trust in place of the system's, for servers with a certificate of their own. */
  readonly ca?: string;
}

/** The calls of one sender. */
export interface GraphClient extends Omit<GraphPort, keyof TemplateCalls>, TemplateCalls {
  /** One POST to `/messages`, and what it led to. */
  send(input: SendInput, options?: SendOptions): Promise<Outcome>;
  /** Changes the bound on sockets while requests run. */
  setConnections(connections: number): void;
  /** Lets what runs end; sends that had no socket yet are `unsent`. */
  close(): Promise<void>;
}

/** 80 messages a second at 0.6 s of latency (Little's law). */
const DEFAULT_CONNECTIONS = 50;

/** Management calls at a time: what people allow is asked 80 times a second, and half a second may pass until an answer. */
const OTHER_CONNECTIONS = 40;

/** Makes a client; opens no connection yet. Throws on a base URL that is none: config checks it first. */
export function createGraphClient(p: GraphClientParams): GraphClient {
  const base = new URL(p.baseUrl);
  const open = (connections: number) =>
    openSockets({
      origin: base.origin,
      connections,
      doubtMs: p.requestTimeoutMs,
      ...given({ ca: p.ca }),
    });
  const sockets = open(p.connections ?? DEFAULT_CONNECTIONS);
  // Of their own, so that none of them waits behind the messages.
  const others = open(OTHER_CONNECTIONS);
  const basePath = base.pathname.replace(/\/+$/, '');
  const http = createHttp(sockets, basePath);
  const prefix = p.version === '' ? '' : `/${encodeURIComponent(p.version)}`;
  const shared = {
    http,
    token: p.token,
    tokenRefused: p.tokenRefused ?? (() => undefined),
    requestTimeoutMs: p.requestTimeoutMs,
  };
  const call = createCall({ ...shared, http: createAxiosHttp(others, basePath), prefix });
  const path = `${prefix}/${encodeURIComponent(p.phoneNumberId)}/messages`;

  return {
    send: (input, options = {}) => send({ ...shared, path }, input, options),
    ...templateCalls(call, p.businessAccountId),
    ...numberCalls(call, p.phoneNumberId, p.token),
    ...webhookCalls(call, p.phoneNumberId, p.businessAccountId),
    callPermission: (person) => callPermission(call, p.phoneNumberId, person),
    setConnections: (connections) => sockets.setLimit(connections),
    close: () => Promise.all([sockets.close(), others.close()]).then(() => undefined),
  };
}
