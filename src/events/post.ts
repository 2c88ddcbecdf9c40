/**
 * One event to one receiver over HTTP, signed by the rules of Standard Webhooks. Redirects are not followed: where an answer
 * points to was checked by nobody. Sockets are kept, some a receiver.
 */
import { Webhook } from 'standardwebhooks';
import type { Dispatcher } from 'undici';
import type { StoredEvent } from '../core/ports/index.ts';
import { systemCode } from '../core/system-code.ts';
import { isPrivateLiteral, type Lookup, notPublic, publicLookup } from './public-addresses.ts';

/** What came of it. */
export type Posted =
  | { readonly kind: 'ok' }
  /** 410: the receiver wants no more of them. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterMs?: number };

/** A line to a receiver. */
export interface Poster {
  post(event: StoredEvent): Promise<Posted>;
  close(): Promise<void>;
}

/** How it posts. */
export interface PosterOptions {
  readonly url: string;
  readonly secret: string;
  readonly allowPrivate: boolean;
  /** Sockets at most. */
  readonly connections: number;
  /** For the whole exchange; 15 s by default. */
  readonly timeoutMs?: number;
  readonly lookup?: Lookup;
}

const TIMEOUT_MS = 15_000;
const CONNECT_MS = 10_000;
/** Of an answer that says nothing to us; what is longer is cut off, with its socket. */
const ANSWER_BYTES = 16_384;
const MOST_RETRY_AFTER_MS = 3_600_000;

/** Opens a line to a receiver; undici is loaded by the first. */
export async function openPoster(p: PosterOptions): Promise<Poster> {
  const { Pool } = await import('undici');
  const { origin, pathname, search, hostname } = new URL(p.url);
  const signer = new Webhook(p.secret);
  const { timeoutMs = TIMEOUT_MS } = p;
  const pool = new Pool(origin, {
    connections: p.connections,
    pipelining: 1,
    connect: {
      timeout: Math.min(CONNECT_MS, timeoutMs),
      ...(p.allowPrivate ? {} : { lookup: publicLookup(p.lookup) as never }),
    },
  });
  const path = `${pathname}${search}`;
  return {
    async post(event) {
      // Sockets to an address look nothing up.
      if (!p.allowPrivate && isPrivateLiteral(hostname)) return failed(notPublic(hostname));
      const body = bodyOf(event);
      const now = new Date();
      try {
        const answer = await pool.request({
          ...{ method: 'POST', path, body, signal: AbortSignal.timeout(timeoutMs) },
          headers: {
            'content-type': 'application/json',
            'user-agent': 'callpermit',
            'webhook-id': event.id,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
            'webhook-signature': signer.sign(event.id, now, body),
          },
        });
        await answer.body.dump({ limit: ANSWER_BYTES }).catch(() => undefined);
        return judge(answer);
      } catch (error) {
        return failed(error);
      }
    },
    close: () => pool.destroy(),
  };
}

/** The body: an event as others see it. */
function bodyOf({ id, type, occurredAt, data }: Omit<StoredEvent, 'pos'>): string {
  return JSON.stringify({ id, type, occurredAt, data });
}

function judge({ statusCode, headers }: Dispatcher.ResponseData): Posted {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'ok' };
  if (statusCode === 410) return { kind: 'gone' };
  const seconds = Number(headers['retry-after']);
  const why = `HTTP ${statusCode}`;
  if (!Number.isFinite(seconds) || seconds <= 0) return { kind: 'failed', why };
  return { kind: 'failed', why, retryAfterMs: Math.min(seconds * 1_000, MOST_RETRY_AFTER_MS) };
}

// Not by `instanceof`: errors of other realms are none by it.
function failed(error: unknown): Posted {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: unknown };
  if (name === 'TimeoutError' || name === 'ConnectTimeoutError')
    return { kind: 'failed', why: 'no answer in time' };
  const why = message || (systemCode(error) ?? systemCode(cause) ?? String(error));
  return { kind: 'failed', why };
}
