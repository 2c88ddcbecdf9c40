/** `/metrics` on the server of the API: what Prometheus reads. Processes without one have `metrics-server.ts`. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AppMetrics } from '../wiring/metrics.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the route, for keys that may look and for this machine itself. */
export function metricsRoute(server: HttpServer, metrics: AppMetrics): void {
  server.get(
    '/metrics',
    {
      config: { access: 'key-or-near' },
      schema: {
        tags: ['health'],
        operationId: 'getMetrics',
        summary: 'Figures for Prometheus; from this machine itself without a key',
        response: {
          200: {
            description: "Prometheus' text format.",
            content: { 'text/plain': { schema: z.string() } },
          },
        },
      },
    },
    async (_request, reply) => {
      const text = await metrics.text();
      // Not by `content-type` alone: its serializer would make JSON of it.
      return reply.header('content-type', metrics.contentType).serializer(String).send(text);
    },
  );
}

/** Makes the hook that counts each answer, by its route's pattern. */
export function countAnswers(metrics: AppMetrics) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    metrics.answered({
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
    });
  };
}
