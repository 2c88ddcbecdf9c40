/**
 * Logs go to standard error: standard output belongs to results. Lines are written synchronously,
 * since the ones that matter most come right before a process ends and there are few of them
 * (per message only at `debug`). A line that cannot be written is lost, and nothing else: a full
 * disk must not end what sends.
 */
import { types } from 'node:util';
import { type DestinationStream, type Logger, pino } from 'pino';
import { redact } from './redact.ts';

export type { Logger } from 'pino';

/** How deep a chain of causes is followed; deeper ones repeat themselves. */
const MAX_CAUSES = 5;

/**
 * Makes the logger of a process.
 *
 * @param p.level a level of pino, or `silent`
 * @param p.name what the process is, e.g. `sender`
 * @param p.stream where lines go
 * @param p.ids ids of senders: digits that are nobody's phone number
 */
export function createLogger(p: {
  readonly level: string;
  readonly name: string;
  readonly stream: DestinationStream;
  readonly ids?: readonly string[];
  /** Numbers of people are written as they are (`LOG_PII`); tokens are not. */
  readonly showsNumbers?: boolean;
}): Logger {
  const shown = { ids: new Set(p.ids), numbers: p.showsNumbers ?? false };
  return pino(
    {
      name: p.name,
      level: p.level,
      serializers: { err: plainError },
    },
    { write: (line) => unlessRefused(() => p.stream.write(redact(line, shown))) },
  );
}

/** A logger that says nothing, for tests and libraries used without one. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** Logs a service's going and coming back once each, however often its state is reported. */
export interface StateLog {
  /** The service does not answer. */
  down(cause: unknown): void;
  /** The service answers; at the start that is no news. */
  up(): void;
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
      if (isDown) return;
      isDown = true;
      logger.warn({ err: cause }, messages.down);
    },
    up: () => {
      if (!isDown) return;
      isDown = false;
      logger.info(messages.up);
    },
  };
}

function unlessRefused(write: () => unknown): void {
  try {
    write();
  } catch {
    // ENOSPC, EPIPE, EIO: there is no place left to say it.
  }
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
