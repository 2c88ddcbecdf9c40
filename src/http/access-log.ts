/**
 * One line a request, without what could name a person or open a door: the route's pattern stands
 * for its address, the key's name for the key, and neither headers nor bodies are logged.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../telemetry/log.ts';
import type { Caller } from './callers.ts';

/** Who called, by the name of their key or their own. */
function nameOf(caller: Caller | undefined) {
  if (caller === undefined) return {};
  return caller.person === undefined ? { key: caller.name } : { user: caller.name };
}

/** Makes the hook that logs each answer; probes and the dashboard's polling only at level debug. */
export function accessLog(log: Logger) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      request: request.id,
      ...nameOf(request.caller),
    };
    const isNoise = request.routeOptions.config?.access !== undefined && reply.statusCode < 400;
    log[isNoise ? 'debug' : 'info'](line, 'request');
  };
}
