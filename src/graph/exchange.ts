/**
 * One HTTP exchange, and the one thing nobody else tells: whether a byte of it may have left.
 *
 * undici calls `onRequestStart` when a connection stands and, in the same synchronous stretch,
 * writes head and body (`writeH1` in client-h1.js, 7.30.2). Throwing there leaves the socket
 * untouched and usable; this is where `mayWrite` is asked. Everything after it counts as written:
 * a reset cannot be told from an answer that was lost. undici writes a request a second time only
 * after an "informational" close; should it ever try, the second `onRequestStart` throws.
 *
 * HTTP/1.1 has nothing but order to tell whose an answer is: see `doubts.ts`. Whoever asks says it of
 * each whole answer (`judge`), before the socket may serve another request.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Client, Dispatcher } from 'undici';
import type { Belonging } from './doubts.ts';
import type { Sockets } from './sockets.ts';

/** What goes out. `path` begins with `/` and holds the query. */
export interface ExchangeRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** On a connection of its own, closed with the answer: nobody else's answer can come on it. */
  readonly alone?: boolean;
}

/** What bounds it. */
export interface ExchangeLimits {
  /** On the clock of `performance.now()`, in ms: no request is written and no answer awaited after it. */
  readonly deadline: number;
  /** When the call began, same clock: for messages only, since a retry begins later. */
  readonly begun: number;
  /** Asked once, synchronously, right before the first byte; `false` withholds the request. */
  readonly mayWrite?: () => boolean;
  /**
   * Says of a whole answer whose it is, called once and synchronously; `mismatched` drops the socket.
   * Without it no socket is dropped and no answer doubted.
   */
  readonly judge?: (reply: Reply) => Belonging;
  /** Called at most once, after a `nameless` answer: its socket turned out to mix up answers. */
  readonly onDoubt?: () => void;
}

/** A whole answer, its body as it came. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Why there is no whole answer. Only `connection-failed` is worth another try at once. */
export type ExchangeFailure =
  | 'connection-failed'
  | 'connection-lost'
  | 'timeout'
  | 'closed'
  | 'withheld'
  | 'too-large';

/**
 * No whole answer. Holds no headers and no URL, so it may be shown and logged. It is expected, so it has no stack: where
 * a process is late, many claims are withheld, and a stack each (15 us) would keep it late.
 */
export class ExchangeError extends Error {
  readonly reason: ExchangeFailure;
  /** False: certainly no byte of this request reached the peer. */
  readonly written: boolean;
  /** What had come of the answer, where its head had. */
  readonly partial: Reply | undefined;

  constructor(reason: ExchangeFailure, written: boolean, detail: string, partial?: Reply) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ExchangeError';
    this.reason = reason;
    this.written = written;
    this.partial = partial;
  }
}

/** Carries one request over one socket of the set; rejects only with {@link ExchangeError}. */
export function exchange(
  sockets: Sockets,
  request: ExchangeRequest,
  limits: ExchangeLimits,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let settled = false;
    let written = false;
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];

    const body = (): Buffer =>
      (chunks.length === 1 ? chunks[0] : undefined) ?? Buffer.concat(chunks);
    const reply = (): Reply => ({ status, headers, body: body() });

    function settle(): boolean {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      return true;
    }

    function fail(reason: ExchangeFailure, detail: string): ExchangeError {
      const error = new ExchangeError(reason, written, detail, status === 0 ? undefined : reply());
      if (settle()) reject(error);
      return error;
    }

    function giveUp(detail: string): void {
      if (settled) return;
      leaveLine();
      const error = fail('timeout', detail);
      controller?.abort(error);
    }

    function onDeadline(): void {
      const waited = Math.round(limits.deadline - limits.begun);
      if (!written) giveUp(`no connection within ${waited} ms`);
      // A process that was frozen finds both its timer and the answer due: read the answer first.
      else setImmediate(() => giveUp(`no answer within ${waited} ms`));
    }

    const timer = setTimeout(onDeadline, Math.max(0, limits.deadline - performance.now()));
    let leaveLine = (): void => undefined;

    function handler(client: Client): Dispatcher.DispatchHandler {
      // Only when undici is done with the request may the socket serve another one.
      const release = (): void => queueMicrotask(() => sockets.giveBack(client));
      return {
        onRequestStart(started) {
          if (settled || written) throw new Error('not to be written');
          if (performance.now() >= limits.deadline) {
            throw fail('timeout', 'its deadline passed before it was written');
          }
          if (limits.mayWrite?.() === false) throw fail('withheld', 'withheld');
          written = true;
          controller = started;
        },
        onResponseStart(_controller, code, head) {
          if (code < 200) return;
          status = code;
          headers = head;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          const whole = reply();
          const belongs = limits.judge?.(whole) ?? 'own';
          if (belongs === 'nameless') sockets.keepInDoubt(client, limits.onDoubt);
          if (settle()) resolve(whole);
          if (belongs === 'mismatched') queueMicrotask(() => sockets.spoil(client));
          else release();
        },
        onResponseError(_controller, error) {
          if (!settled) fail(lossReason(written, error), describe(error));
          release();
        },
      };
    }

    leaveLine = sockets.take((client) => {
      if (client === undefined) {
        fail('closed', 'the client is closed');
        return;
      }
      client.dispatch(
        {
          method: request.method,
          path: request.path,
          headers: request.headers,
          body: request.body ?? null,
          idempotent: false,
          ...(request.alone === true ? { reset: true } : {}),
        },
        handler(client),
      );
    });
  });
}

function lossReason(written: boolean, error: Error): ExchangeFailure {
  if (!written) return 'connection-failed';
  return codeOf(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'too-large' : 'connection-lost';
}

/** Node reports a refused host with several addresses as an `AggregateError` of empty message. */
function describe(error: Error): string {
  const inner =
    error instanceof AggregateError ? error.errors.find((e) => e instanceof Error) : undefined;
  const message = error.message || (inner instanceof Error ? inner.message : '') || error.name;
  const code = codeOf(error) ?? (inner instanceof Error ? codeOf(inner) : undefined);
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

function codeOf(error: Error): string | undefined {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
