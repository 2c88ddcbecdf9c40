/**
 * `GET /v1/events/stream` and `GET /v1/campaigns/{id}/events`: events as they come, by server-sent events. Whoever is cut off
 * goes on with the header `Last-Event-ID`, as browsers do by themselves.
 */

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ProblemError, problem } from '../core/problem.ts';
import { type EventStreams, eventStreams, type Piece, shownEvent } from '../events/stream.ts';
import { systemClock } from '../telemetry/clock.ts';
import type { App } from '../wiring.ts';
import { campaignStreamQuery, streamHeaders } from './event-schemas.ts';
import { findCampaign } from './find-campaign.ts';
import { campaignPath } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

/** Of one process; each holds a socket and a page of events at most. */
const MOST_READERS = 500;
/** How patient streams are, in ms. */
export interface StreamLimits {
  /** A reader that takes nothing for so long is cut off. */
  readonly stuckMs: number;
  /** A sign of life after so long in which nothing happened. */
  readonly beatMs: number;
}

/** Proxies end what is silent for a minute, as a rule. */
const STREAM_LIMITS: StreamLimits = { stuckMs: 60_000, beatMs: 15_000 };
/** How often it is looked whether a reader may still read: who was logged out, or whose key was revoked, may not. */
const LOOK_MS = 1_000;
/** When a reader that was cut off comes back, in ms. */
const RETRY_MS = 2_000;

/** Adds the streams. */
export function eventStreamRoutes(
  server: HttpServer,
  app: Pick<App, 'ledger' | 'log' | 'eventNews'>,
  { stuckMs, beatMs }: StreamLimits = STREAM_LIMITS,
): void {
  const streams = eventStreams({
    ...{ clock: systemClock, log: app.log, events: app.ledger.events },
    progress: (id) => app.ledger.campaigns.progress(id),
    beatMs,
  });
  const forget = app.eventNews.onRelayed(() => streams.wake());
  server.addHook('preClose', async () => {
    forget();
    streams.close();
  });
  const about = {
    tags: ['events'],
    headers: streamHeaders,
    response: {
      200: {
        description:
          'Server-sent events: `id`, `event` and `data` of each; comments keep the connection.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
    },
  };

  server.get(
    '/v1/events/stream',
    {
      config: { scope: 'read' },
      schema: { ...about, operationId: 'streamEvents', summary: 'All events as they come' },
    },
    async (request, reply) => send({ streams, stuckMs }, request, reply),
  );

  server.get(
    '/v1/campaigns/:id/events',
    {
      config: { scope: 'read' },
      schema: {
        ...{ ...about, operationId: 'streamCampaignEvents' },
        summary: 'Events and progress of a campaign as they come',
        params: campaignPath,
        querystring: campaignStreamQuery,
      },
    },
    async (request, reply) => {
      const { id } = await findCampaign(app, request.params.id);
      const campaign = { campaignId: id, onlyProgress: request.query.only === 'progress' };
      return send({ streams, stuckMs }, request, reply, campaign);
    },
  );
}

async function send(
  { streams, stuckMs }: { readonly streams: EventStreams; readonly stuckMs: number },
  request: FastifyRequest,
  reply: FastifyReply,
  campaign: { readonly campaignId?: string; readonly onlyProgress?: boolean } = {},
): Promise<FastifyReply> {
  if (streams.readers() >= MOST_READERS)
    throw new ProblemError(
      problem('TOO_MANY_REQUESTS', `${MOST_READERS} streams are read at this process.`),
    );
  reply.headers({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // A socket that is kept after the end would hold up the end of the process.
    connection: 'close',
    // nginx holds answers back else.
    'x-accel-buffering': 'no',
  });
  if (request.method === 'HEAD') return reply.send();
  const over = new AbortController();
  const lastEventId = request.headers['last-event-id'];
  const pieces = streams.read({
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
    ...campaign,
    signal: over.signal,
  });
  const stream = Readable.from(texts(pieces, { stuckMs, cut: () => stream.destroy() }), {
    highWaterMark: 1,
  });
  let isLooking = false;
  const looking = setInterval(async () => {
    // A ledger that is slow is asked once at a time.
    if (isLooking) return;
    isLooking = true;
    // While the ledger is away nobody knows; the stream has nothing to tell then.
    const isIn = await request.isStillIn?.().catch(() => true);
    isLooking = false;
    if (isIn !== false) return;
    // Else its end waits for the generator, and that for the next beat.
    over.abort();
    stream.destroy();
  }, LOOK_MS);
  looking.unref();
  stream.once('close', () => {
    clearInterval(looking);
    over.abort();
  });
  return reply.send(stream);
}

/** Its generator waits while the socket is full, for a time. */
async function* texts(
  pieces: AsyncGenerator<Piece, void>,
  { stuckMs, cut }: { readonly stuckMs: number; readonly cut: () => void },
): AsyncGenerator<string, void> {
  let stuck = setTimeout(cut, stuckMs);
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    for (;;) {
      clearTimeout(stuck);
      const { value, done } = await pieces.next();
      if (done || value === undefined) return;
      stuck = setTimeout(cut, stuckMs);
      yield textOf(value);
    }
  } finally {
    clearTimeout(stuck);
    await pieces.return();
  }
}

function textOf(piece: Piece): string {
  if (piece.kind === 'beat') return ':\n\n';
  // Without data it is no event to a reader, which keeps the id.
  if (piece.kind === 'place') return `id: ${piece.id}\n\n`;
  if (piece.kind === 'progress') {
    const { state, reason, counts, refusedLines } = piece.progress;
    const data = JSON.stringify({ state, reason, counts, refusedLines });
    return `event: progress\ndata: ${data}\n\n`;
  }
  return piece.events
    .map((event) => {
      const data = JSON.stringify(shownEvent(event));
      return `id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`;
    })
    .join('');
}
