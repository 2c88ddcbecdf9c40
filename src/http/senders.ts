/** `/v1/senders`: how each business number stands. What steers it is the campaign's: its resume closes a breaker. */
import { z } from 'zod';
import { pausedQueues } from '../campaign/paused-queues.ts';
import { withStanding } from '../campaign/sender-standing.ts';
import type { AccountNews, SenderStatus, WebhookStanding } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { newsOfSenders } from '../replies/standing-news.ts';
import type { App } from '../wiring.ts';
import { onePage, readCursor } from './pages.ts';
import { sender, senderPath, senders, sendersQuery } from './sender-schemas.ts';
import type { HttpServer } from './typed-server.ts';

const CURSOR = z.tuple([z.string()]);

/** Adds the routes of senders. */
export function senderRoutes(server: HttpServer, app: App): void {
  const tags = ['senders'];

  server.get(
    '/v1/senders',
    {
      schema: {
        operationId: 'listSenders',
        tags,
        summary: 'Every sender that the ledger knows: sending or stopped, how fast, and why',
        querystring: sendersQuery,
        response: { 200: senders },
      },
    },
    async (request) => {
      const { limit, after } = request.query;
      const [last] = readCursor(after, CURSOR) ?? [];
      const known = (await app.ledger.senders.list()).toSorted((a, b) =>
        a.senderId < b.senderId ? -1 : 1,
      );
      const rest = known.filter(({ senderId }) => last === undefined || senderId > last);
      const { items, next } = onePage(rest, limit, ({ senderId }) => [senderId]);
      const standing = await app.ledger.webhooks.standing();
      return {
        senders: await view(app, items, standing),
        lastWebhookAt: standing.lastReceivedAt?.toISOString() ?? null,
        next,
      };
    },
  );

  server.get(
    '/v1/senders/:id',
    {
      schema: {
        operationId: 'getSender',
        tags,
        summary: 'One sender',
        params: senderPath,
        response: { 200: sender },
      },
    },
    async (request) => {
      const { id } = request.params;
      const found = (await app.ledger.senders.list()).filter(({ senderId }) => senderId === id);
      const [shown] = await view(app, found, await app.ledger.webhooks.standing());
      if (shown !== undefined) return shown;
      throw new ProblemError(
        problem('NOT_FOUND', `No sender ${id} has worked with this ledger yet.`, {
          where: 'params/id',
          next: 'GET /v1/senders lists them.',
        }),
      );
    },
  );
}

async function view(
  app: App,
  found: readonly SenderStatus[],
  standing: WebhookStanding,
): Promise<z.output<typeof sender>[]> {
  const paused = await pausedQueues(
    app.queue,
    found.map(({ senderId }) => senderId),
  );
  const news = await newsOfSenders(app.ledger.replies);
  return found.map((one) => {
    const { senderId, breakerSince, nextLookAt, silence, budget, ...stands } = withStanding(
      one,
      paused,
    );
    return {
      ...{ ...stands, sender: senderId, queuePaused: paused.includes(senderId) },
      breakerSince: breakerSince?.toISOString() ?? null,
      nextLookAt: nextLookAt?.toISOString() ?? null,
      silence: silence && { ...silence, since: silence.since?.toISOString() ?? null },
      budget: budget && { ...budget, freesAt: budget.freesAt?.toISOString() ?? null },
      news: (news.get(senderId) ?? []).map(viewNews),
      lastWebhookAt: lastOf(standing, senderId)?.toISOString() ?? null,
    };
  });
}

function viewNews({ senderId, what, value, detail, until, at }: AccountNews) {
  return {
    ...{ what, value, detail, ofAccount: senderId === '' },
    ...{ until: until?.toISOString() ?? null, at: at.toISOString() },
  };
}

function lastOf({ tallies }: WebhookStanding, senderId: string): Date | undefined {
  return tallies
    .filter((one) => one.senderId === senderId && one.about !== 'refused')
    .map(({ lastAt }) => lastAt)
    .toSorted((a, b) => b.getTime() - a.getTime())[0];
}
