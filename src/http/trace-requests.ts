/** Each request as a span, and what its handler does as the children of it. */
import type { FastifyRequest } from 'fastify';
import type { RequestTraces } from '../wiring/traces.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the hooks; before all others, so that what they ask the database is part of it. */
export function traceRequests(server: HttpServer, traces: RequestTraces): void {
  const begun = new WeakMap<FastifyRequest, ReturnType<RequestTraces['begin']>>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { method, headers } = request;
    begun.set(request, traces.begin({ method, headers }, done));
  });
  server.addHook('onResponse', (request, reply, done) => {
    begun.get(request)?.(request.routeOptions.url ?? '(none)', reply.statusCode);
    done();
  });
}
