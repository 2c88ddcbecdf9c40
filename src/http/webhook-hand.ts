/**
 * The bytes of webhook bodies that this process holds, being read or waiting for their commit. They are bounded as a
 * whole. A body that has been coming for a while is given up first where the room is needed: who sends slowly on
 * many connections must not keep out those whose bodies come at once, as Meta's do.
 */
import type { IncomingMessage } from 'node:http';

/** How much is held at most, and how long a body may come. */
export interface HandLimits {
  readonly bodyBytes: number;
  readonly allBytes: number;
  readonly deliveries: number;
  /** All of a body has so long, in ms. */
  readonly wholeMs: number;
  /** After so long it may be given up for others, in ms. */
  readonly slowMs: number;
}

/** Meta sends at most 3 MB at once and gives up after about 20 s. */
export const HAND_LIMITS: HandLimits = {
  bodyBytes: 4 * 1024 * 1024,
  allBytes: 64 * 1024 * 1024,
  deliveries: 10_000,
  wholeMs: 20_000,
  slowMs: 1_000,
};

/** What a piece of a body takes beside its bytes: a body may come in pieces of one byte each. */
const PIECE_BYTES = 256;

/** Why a body was not read. */
export type Unread = 'too-large' | 'overload' | 'too-slow' | 'broken-off';

/** A body with its place in the hand, which is free once it is let go. */
export interface Held {
  readonly body: Buffer;
  letGo(): void;
}

/** What is in hand. */
export interface Hand {
  read(request: IncomingMessage): Promise<Held | Unread>;
}

interface Coming {
  readonly since: number;
  giveUp(): void;
}

/** Makes an empty hand. */
export function createHand(limits: HandLimits = HAND_LIMITS): Hand {
  let bytes = 0;
  let deliveries = 0;
  /** The longest first. */
  const coming = new Set<Coming>();

  /** @param own whose piece it is; a body without one is a delivery more */
  function hasRoom(more: number, own?: Coming): boolean {
    const fits = () =>
      bytes + more <= limits.allBytes && (own !== undefined || deliveries < limits.deliveries);
    if (fits()) return true;
    const now = performance.now();
    for (const slow of coming) {
      if (slow === own) continue;
      if (fits() || now - slow.since < limits.slowMs) break;
      slow.giveUp();
    }
    return fits();
  }

  function read(request: IncomingMessage): Promise<Held | Unread> {
    if (request.destroyed) return Promise.resolve('broken-off');
    const said = Number(request.headers['content-length'] ?? 0);
    if (said > limits.bodyBytes) return Promise.resolve('too-large');
    if (!hasRoom(said)) return Promise.resolve('overload');
    deliveries += 1;
    return new Promise((resolve) => {
      const pieces: Buffer[] = [];
      let length = 0;
      let held = 0;
      const letGo = () => {
        bytes -= held;
        held = 0;
        deliveries -= 1;
      };
      const end = (as: Held | Unread) => {
        clearTimeout(timer);
        coming.delete(own);
        request.off('data', take).off('end', whole).off('error', broken).off('close', broken);
        // A request that breaks off after its answer tells so once more.
        request.on('error', () => {});
        if (typeof as === 'string') {
          pieces.length = 0;
          letGo();
          request.resume();
        }
        resolve(as);
      };
      const take = (piece: Buffer) => {
        length += piece.length;
        if (length > limits.bodyBytes) return end('too-large');
        const weight = piece.length + PIECE_BYTES;
        if (!hasRoom(weight, own)) return end('overload');
        bytes += weight;
        held += weight;
        pieces.push(piece);
      };
      const whole = () => {
        const [only] = pieces;
        const body =
          only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, length);
        end({ body, letGo });
      };
      const broken = () => end('broken-off');
      const own: Coming = { since: performance.now(), giveUp: () => end('overload') };
      const timer = setTimeout(() => end('too-slow'), limits.wholeMs);
      coming.add(own);
      request.on('data', take).on('end', whole).on('error', broken).on('close', broken);
    });
  }

  return { read };
}
