/**
 * What a path does not do: 405 with the methods that it knows (RFC 9110, 15.5.6), and OPTIONS, which names them. No
 * page of another origin is allowed anything: there are no CORS headers, here or elsewhere.
 */
import type { RouteOptions } from 'fastify';
import { given } from '../core/given.ts';
import { problem } from '../core/problem.ts';
import { sendProblem } from './problems.ts';
import type { HttpServer } from './typed-server.ts';

/**
 * Listens to the routes that come; what it gives adds the rest, and is called once all of them were. Pages behind the
 * password are left out: what stands before them is a matter of their own.
 */
export function otherMethods(server: HttpServer): () => void {
  const paths = new Map<string, RouteOptions[]>();
  let isOver = false;
  server.addHook('onRoute', (route) => {
    if (!isOver) paths.set(route.url, [...(paths.get(route.url) ?? []), route]);
  });
  return () => {
    // A plugin, since it comes after those that routes are in.
    server.register((own, _options, done) => {
      isOver = true;
      for (const routes of paths.values()) refuseOthers(own, routes);
      done();
    });
  };
}

function refuseOthers(server: HttpServer, routes: readonly RouteOptions[]): void {
  const [first] = routes;
  // Hooks of its plugin may have closed a route after it was heard of.
  const access = first?.config?.access;
  if (first === undefined || access === 'password') return;
  const { url } = first;
  const allowed = [...new Set([...routes.flatMap(({ method }) => method), 'OPTIONS'])].sort();
  const allow = allowed.join(', ');
  // Whoever may look may know.
  const config = { scope: 'read', ...given({ access }) } as const;
  const schema = { hide: true };
  server.route({
    ...{ method: server.supportedMethods.filter((one) => !allowed.includes(one)), url },
    ...{ config, schema },
    // Before the body is read, whose type the path may not take.
    onRequest: async ({ method }, reply) => {
      reply.header('allow', allow);
      const message = `There is no ${method} on this path.`;
      const next = `It takes ${allow}.`;
      return sendProblem(reply, problem('METHOD_NOT_ALLOWED', message, { where: 'method', next }));
    },
    handler: async () => undefined,
  });
  server.route({
    ...{ method: 'OPTIONS', url, config, schema },
    onRequest: async (_request, reply) => reply.code(204).header('allow', allow).send(),
    handler: async () => undefined,
  });
}
