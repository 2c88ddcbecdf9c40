/** `POST /v1/requests`: one person asked now, ahead of every list. */
import { awaitOutcome } from '../campaign/await-outcome.ts';
import { freshStandings } from '../campaign/fresh-standing.ts';
import { targetOf } from '../campaign/hand-over-target.ts';
import { resultForPrograms } from '../campaign/option-names.ts';
import { makeRequest } from '../campaign/request-one.ts';
import { createLine } from '../core/line.ts';
import { isFinal } from '../core/single-request.ts';
import type { App } from '../wiring.ts';
import { endsOf } from './caller-left.ts';
import { senderOf } from './create-campaign.ts';
import { unwrap } from './find-campaign.ts';
import { madeRequest, newRequest, waitQuery } from './request-schemas.ts';
import { idempotencyHeader } from './schemas.ts';
import type { HttpServer } from './typed-server.ts';

/** Callers who wait look so many at a time: of three connections for people one is left for all that is asked beside. */
const LOOKS = 2;

/** Adds the making of single requests. */
export function requestRoutes(server: HttpServer, app: App): void {
  const tags = ['requests'];
  // A server that closes waits for the answers under way: they say how it stands, and end.
  const ends = endsOf(server);
  const freshStanding = freshStandings(app);
  const inLine = createLine(LOOKS);

  server.post(
    '/v1/requests',
    {
      config: { scope: 'send' },
      schema: {
        tags,
        operationId: 'createRequest',
        summary: 'Ask one person now, ahead of every list',
        description:
          'Answers 202 with the request in the ledger, or with `?wait=30` as soon as it is known ' +
          'what became of it: 200 where that is final, else 202, also where it can go on only ' +
          'later (`waits_for`, `due_at`) or is paused (`state`, `reason`). Running senders send it.',
        headers: idempotencyHeader,
        querystring: waitQuery,
        body: newRequest,
        response: { 200: madeRequest, 202: madeRequest },
      },
    },
    async (request, reply) => {
      const idempotencyKey = request.headers['idempotency-key'];
      const sender = senderOf(app.config, request.body.sender).phoneNumberId;
      const target = { ...targetOf(app, 'asked-for'), lists: app.lists };
      const made = unwrap(await makeRequest(target, { ...request.body, sender, idempotencyKey }));
      const { id, fresh } = made;
      const standing =
        fresh !== undefined && request.query.wait === 0
          ? await freshStanding({ id, fresh, senderId: sender })
          : await awaitOutcome(app, id, {
              inLine,
              waitMs: request.query.wait * 1_000,
              signal: ends.of(reply),
            });
      // A kept connection would hold the closing server up.
      if (ends.isClosing) reply.header('connection', 'close');
      return reply
        .code(isFinal(standing) ? 200 : 202)
        .header('location', `/v1/requests/${made.id}`)
        .send({
          ...resultForPrograms(standing),
          campaign: null,
          created: made.created,
          warnings: [...made.warnings],
        });
    },
  );
}
