/**
 * Ends connections whose body does not come. A long upload takes as long as it takes, so there is no
 * limit for the whole of it: what ends one is silence, or a drip too slow to be meant. Once a
 * request is answered nobody wants the rest of its body, and a refused caller must not hold a
 * connection by sending on. While a handler is busy with what it has read, silence is its own, not the
 * caller's: who reads a body piece by piece does it through {@link piecesOf}, which notes that.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a body may be silent, and how long the rest of an answered one is taken, in ms. */
export interface BodyLimits {
  readonly silentMs: number;
  readonly answeredMs: number;
  /** Less than {@link leastBytes} within this many ms, again and again, is no upload. */
  readonly dripMs: number;
  readonly leastBytes: number;
  /** How often the connections are looked at, in ms. */
  readonly lookMs: number;
}

/** A line of the shortest list has some 30 bytes: one in a minute still counts as moving. */
export const BODY_LIMITS: BodyLimits = {
  silentMs: 30_000,
  answeredMs: 5_000,
  dripMs: 60_000,
  leastBytes: 30,
  lookMs: 1_000,
};

/** Bodies whose reader has a piece and does not ask for the next one. */
const unread = new WeakSet<IncomingMessage>();

/** The pieces of a body, for a handler that may be busy for long between two of them. */
export async function* piecesOf(body: IncomingMessage): AsyncGenerator<Uint8Array, void> {
  try {
    // Left early it must not close the connection that the answer goes over.
    for await (const piece of body.iterator({ destroyOnReturn: false })) {
      unread.add(body);
      yield piece as Uint8Array;
      unread.delete(body);
    }
  } finally {
    unread.delete(body);
  }
}

interface Coming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  bytes: number;
  /** When a byte came last, or when we were the ones who did not read. */
  movedAt: number;
  drip: { bytes: number; since: number };
  answeredAt?: number;
}

/**
 * Watches the bodies of a server's requests until it closes.
 *
 * @param cut tells a caller who was not answered yet, and ends the connection
 */
export function endSlowBodies(
  server: Server,
  limits: BodyLimits,
  cut: (socket: Socket, request: IncomingMessage) => void,
): void {
  const open = new Set<Coming>();
  // Time as it was looked at: while this process itself stood still, nobody was silent.
  let now = 0;
  let lookedAt = performance.now();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const bytes = request.socket.bytesRead;
    const coming: Coming = { request, response, bytes, movedAt: now, drip: { bytes, since: now } };
    open.add(coming);
    const forget = () => open.delete(coming);
    request.once('end', forget).once('close', forget);
  });
  const timer = setInterval(() => {
    const real = performance.now();
    now += Math.min(real - lookedAt, 2 * limits.lookMs);
    lookedAt = real;
    for (const coming of open) {
      if (!isOver(coming, limits, now)) continue;
      open.delete(coming);
      if (coming.response.headersSent) coming.request.socket.destroy();
      else cut(coming.request.socket, coming.request);
    }
  }, limits.lookMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

function isOver(coming: Coming, limits: BodyLimits, now: number): boolean {
  const { request, response, drip } = coming;
  if (request.complete || request.socket.destroyed) return false;
  if (response.writableEnded) {
    coming.answeredAt ??= now;
    return now - coming.answeredAt >= limits.answeredMs;
  }
  const bytes = request.socket.bytesRead;
  // What lies here unread waits for us, and so may a caller who cannot know what we do.
  const isOurs = request.readableLength > 0 || unread.has(request);
  if (bytes !== coming.bytes || isOurs) {
    coming.bytes = bytes;
    coming.movedAt = now;
  }
  if (isOurs || bytes - drip.bytes >= limits.leastBytes) {
    coming.drip = { bytes, since: now };
  }
  return now - coming.movedAt >= limits.silentMs || now - coming.drip.since >= limits.dripMs;
}
