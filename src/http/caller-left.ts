/** Work that takes long ends with its caller, and with the server. */
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Signals of an answer under way. */
export interface Ends {
  /** Aborted when the caller goes away, or the server closes: nobody waits any more, or may. */
  of(reply: FastifyReply): AbortSignal;
  /** Whether the server closes. */
  readonly isClosing: boolean;
}

/** Listens for the end of a server. */
export function endsOf(server: Pick<FastifyInstance, 'addHook'>): Ends {
  const closing = new AbortController();
  server.addHook('preClose', async () => closing.abort());
  return {
    of(reply) {
      const left = new AbortController();
      reply.raw.once('close', () => left.abort());
      return AbortSignal.any([closing.signal, left.signal]);
    },
    get isClosing() {
      return closing.signal.aborted;
    },
  };
}
