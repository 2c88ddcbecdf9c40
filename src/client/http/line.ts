/**
 * The line to the API: one exchange, repeated only where nothing can happen twice by it. A GET looks, and what carries an
 * idempotency key is made once; anything else is repeated only where it was refused before anything was done (429).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { InfrastructureError } from '../../core/problem.ts';
import type { HttpAt } from './options.ts';
import { Setback, setbackOf } from './refusals.ts';

/** What is asked. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** Begins with `/v1/`. */
  readonly path: string;
  /** What is `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Beside the time limit: what the call itself waits for. */
  readonly waitMs?: number;
  /** Where the request names something that may not be there: `USAGE` of it is `NOT_FOUND`. */
  readonly missing?: string;
}

/** How a stream is opened. */
export interface StreamCall extends Omit<Call, 'body' | 'waitMs'> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array>;
  /** Until the head of the answer is there, in ms; without one as long as it takes. */
  readonly headMs?: number;
}

/** The line. */
export interface Line {
  /** The answer as JSON. */
  call<T>(call: Call): Promise<T>;
  /** The answer as it comes; one try. */
  open(call: StreamCall): Promise<Response>;
  /** Ends what is under way. */
  close(): void;
}

// Timers of Node that are longer go off at once.
const LONGEST_MS = 2 ** 31 - 1;
const RETRIES = 4;
const FIRST_MS = 250;
const MOST_MS = 5_000;

/** What may end a call. */
interface Limits {
  readonly signal: AbortSignal | undefined;
  /** The client was closed. */
  readonly closed: AbortSignal;
  /** Its time is over. */
  readonly late: AbortSignal;
  readonly ms: number;
}

/** Makes it; nothing is opened before the first call. */
export function openLine(at: HttpAt): Line {
  let closing = new AbortController();

  async function fetched(
    call: Omit<StreamCall, 'body'> & { readonly body?: unknown },
    signals: readonly AbortSignal[],
  ): Promise<Response> {
    const { body } = call;
    const isStream = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
    const init = {
      method: call.method,
      // Where an address leads elsewhere, a key does not follow.
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${at.key}`,
        ...(body === undefined || isStream ? {} : { 'content-type': 'application/json' }),
        ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
        ...call.headers,
      },
      signal: AbortSignal.any([...signals]),
      ...(body === undefined ? {} : { body: isStream ? body : JSON.stringify(body) }),
      ...(isStream ? { duplex: 'half' } : {}),
    };
    return fetch(`${at.url}${call.path}${queryOf(call.query)}`, init as RequestInit);
  }

  /** What is thrown where no answer came. */
  function unanswered(error: unknown, p: Limits): Error {
    p.signal?.throwIfAborted();
    const { host } = new URL(at.url);
    const cause = { cause: error };
    if (p.closed.aborted)
      return new InfrastructureError('api', 'The client was closed meanwhile', cause);
    if (p.late.aborted)
      return new InfrastructureError('api', `${host} did not answer within ${p.ms} ms`, cause);
    const { cause: reason } = error as { readonly cause?: unknown };
    const why = reason instanceof Error && reason.message !== '' ? `: ${reason.message}` : '';
    return new InfrastructureError('api', `${host} does not answer${why}`, cause);
  }

  return {
    async call<T>(call: Call) {
      const { signal } = call;
      signal?.throwIfAborted();
      const closed = closing.signal;
      const ms = Math.min(LONGEST_MS, Math.ceil(at.timeoutMs + (call.waitMs ?? 0)));
      const ends = performance.now() + ms;
      const late = AbortSignal.timeout(ms);
      const signals = [late, closed, ...(signal === undefined ? [] : [signal])];
      let before: Setback | undefined;
      const mayRepeat = call.method === 'GET' || call.idempotencyKey !== undefined;
      const once = async (): Promise<T> => {
        try {
          const response = await fetched(call, signals);
          if (!response.ok) throw await setbackOf(response, call.missing);
          return (await response.json()) as T;
        } catch (error) {
          if (error instanceof Setback) throw error;
          const isOver = late.aborted || closed.aborted;
          const thrown = unanswered(error, { signal, closed, late, ms });
          throw new Setback(thrown, isOver ? 'final' : 'passing');
        }
      };
      const again = async (error: unknown): Promise<boolean> => {
        if (!(error instanceof Setback) || error.kind === 'final') return false;
        before = error;
        if (!mayRepeat && error.kind !== 'undone') return false;
        // Who would have to wait longer than the caller hears it now.
        if (performance.now() + error.retryAfterMs >= ends) return false;
        await sleep(error.retryAfterMs, undefined, { signal: AbortSignal.any(signals) }).catch(
          () => {},
        );
        return !late.aborted && !closed.aborted && signal?.aborted !== true;
      };
      try {
        return await pRetry(once, {
          ...{ retries: RETRIES, minTimeout: FIRST_MS, maxTimeout: MOST_MS, randomize: true },
          maxRetryTime: ms,
          shouldRetry: ({ error }) => again(error),
          signal: AbortSignal.any([closed, ...(signal === undefined ? [] : [signal])]),
        });
      } catch (error) {
        signal?.throwIfAborted();
        // What went wrong before its time was over says more than that it is over.
        if (late.aborted && before !== undefined) throw before.thrown;
        throw error instanceof Setback
          ? error.thrown
          : unanswered(error, { signal, closed, late, ms });
      }
    },
    async open(call) {
      const { signal, headMs } = call;
      signal?.throwIfAborted();
      const closed = closing.signal;
      const head = new AbortController();
      const timer = headMs === undefined ? undefined : setTimeout(() => head.abort(), headMs);
      const signals = [head.signal, closed, ...(signal === undefined ? [] : [signal])];
      try {
        const response = await fetched(call, signals);
        if (response.ok) return response;
        throw (await setbackOf(response, call.missing)).thrown;
      } catch (error) {
        const isKnown = error instanceof Error && 'problem' in error;
        if (isKnown || error instanceof InfrastructureError) throw error;
        throw unanswered(error, { signal, closed, late: head.signal, ms: headMs ?? 0 });
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      closing.abort();
      closing = new AbortController();
    },
  };
}

function queryOf(query: Call['query'] = {}): string {
  const said = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return said.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(said))}`;
}
