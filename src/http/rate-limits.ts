/**
 * How many requests a key may make in a minute, so that a program that runs wild does not take the service from the
 * others. Each process counts for itself: what is exact here is not worth a look at the database. Only who holds a key
 * is counted, so that what is kept is bounded; whom a route lets in without one has no limit.
 */
import rateLimit from '@fastify/rate-limit';
import { problem } from '../core/problem.ts';
import { sendProblem } from './problems.ts';
import type { HttpServer } from './typed-server.ts';

const WINDOW_MS = 60_000;

/** Adds the limit; behind the hook that finds out who calls. */
export async function limitRates(server: HttpServer, perMinute: number): Promise<void> {
  await server.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: WINDOW_MS,
    keyGenerator: ({ caller }) => caller?.id ?? '',
  });
  const count = server.createRateLimit();
  server.addHook('onRequest', async (request, reply) => {
    if (request.caller === undefined) return undefined;
    const counted = await count(request);
    if (counted.isAllowed) return undefined;
    const seconds = counted.ttlInSeconds;
    reply.headers({
      'ratelimit-limit': counted.max,
      'ratelimit-remaining': counted.remaining,
      'ratelimit-reset': seconds,
    });
    if (!counted.isExceeded) return undefined;
    reply.header('retry-after', seconds);
    return sendProblem(
      reply,
      problem(
        'TOO_MANY_REQUESTS',
        `${request.caller.person === undefined ? 'The key' : 'The user'} "${request.caller.name}" has made its ${perMinute} requests of this minute.`,
        {
          where: 'header Authorization',
          next: `Repeat the request in ${seconds} s. API_REQUESTS_PER_MINUTE is the limit.`,
        },
      ),
    );
  });
}
