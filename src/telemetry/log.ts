/**
 * Logs go to standard error: standard output belongs to results. Lines are written synchronously,
 * since the ones that matter most come right before a process ends and there are few of them
 * (nothing is logged per message).
 */
import { types } from 'node:util';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { maskPhone } from '../core/phone.ts';
import { readable } from './readable.ts';
import { redact } from './redact.ts';

export type { Logger } from 'pino';

/** Field names that hold a phone number, with or without the plus. */
const PHONE_FIELDS = ['to', 'from', 'phone', 'waId', 'wa_id', 'recipient'] as const;

/** Field names that never hold anything fit for a log, one level down too. */
const SECRET_FIELDS = ['token', 'authorization', 'password', 'secret', 'apiKey', 'accessToken'];

/** How deep a chain of causes is followed; deeper ones repeat themselves. */
const MAX_CAUSES = 5;

/**
 * Makes the logger of a process.
 *
 * @param p.level a level of pino, or `silent`
 * @param p.name what the process is, e.g. `sender`
 * @param p.stream where lines go; standard error by default, readable when it is a terminal
 */
export function createLogger(p: {
  readonly level: string;
  readonly name: string;
  readonly stream?: DestinationStream;
}): Logger {
  return pino(
    {
      name: p.name,
      level: p.level,
      redact: { paths: SECRET_FIELDS.flatMap((f) => [f, `*.${f}`]), censor: '[secret]' },
      serializers: {
        ...Object.fromEntries(PHONE_FIELDS.map((field) => [field, maskField])),
        err: plainError,
      },
    },
    redacting(p.stream ?? standardError()),
  );
}

/** A logger that says nothing, for tests and libraries used without one. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** Logs a service's going and coming back once each, however often its state is reported. */
export interface StateLog {
  /** The service does not answer. Returns whether this was news. */
  down(cause: unknown): boolean;
  /** The service answers. Returns whether this was news; at the start it is not. */
  up(): boolean;
}

/**
 * Makes a {@link StateLog}: a Redis that is away for an hour fails hundreds of retries, and an
 * operator needs two lines of it.
 */
export function stateLog(
  logger: Logger,
  messages: { readonly down: string; readonly up: string },
): StateLog {
  let isDown = false;
  return {
    down: (cause) => {
      if (isDown) return false;
      isDown = true;
      logger.warn({ err: cause }, messages.down);
      return true;
    },
    up: () => {
      if (!isDown) return false;
      isDown = false;
      logger.info(messages.up);
      return true;
    },
  };
}

function standardError(): DestinationStream {
  const stream = destination({ dest: 2, sync: true });
  return process.stderr.isTTY ? { write: (line) => stream.write(readable(line)) } : stream;
}

function redacting(stream: DestinationStream): DestinationStream {
  return { write: (line) => stream.write(redact(line)) };
}

function maskField(value: unknown): unknown {
  return typeof value === 'string' ? maskPhone(value) : value;
}

/** Known fields only: errors of HTTP clients carry the whole request, headers and all. */
function plainError(error: unknown, depth = 0): unknown {
  if (!types.isNativeError(error)) return error;
  const code = 'code' in error ? error.code : undefined;
  const isLast = error.cause === undefined || depth >= MAX_CAUSES;
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(depth === 0 ? { stack: error.stack } : {}),
    ...(isLast ? {} : { cause: plainError(error.cause, depth + 1) }),
  };
}
